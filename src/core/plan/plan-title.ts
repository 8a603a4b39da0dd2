import { formatNamespace } from '../model/namespace.js';
import type { Plan } from '../model/plan.js';

/** Databases named one by one; more are counted. */
const NAMED = 3;

/** What a plan moves, by its namespaces: `shop.orders`, `shop, crm`; empty for a plan of nothing. */
export function planSubject(plan: Plan): string {
  const sources = plan.collections.map((c) => c.source);
  const databases = [...new Set(sources.map((ns) => ns.db))];
  const [only] = sources;
  if (only && sources.length === 1) return formatNamespace(only);
  const more = databases.length > NAMED ? [`+${databases.length - NAMED}`] : [];
  return [...databases.slice(0, NAMED), ...more].join(', ');
}

/** The same with its clusters: `shop.orders: old → new`, `shop, crm: old → new`. */
export function planTitle(plan: Plan): string {
  const what = planSubject(plan);
  const where = `${plan.source.name} → ${plan.target.name}`;
  return what === '' ? where : `${what}: ${where}`;
}
