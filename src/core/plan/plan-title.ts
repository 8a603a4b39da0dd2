import { formatNamespace } from '../model/namespace.js';
import type { Plan } from '../model/plan.js';

/** Databases named one by one; more are counted. */
const NAMED = 3;

/** What a plan moves, made of names alone: `shop.orders: old → new`, `shop, crm: old → new`. */
export function planTitle(plan: Plan): string {
  const sources = plan.collections.map((c) => c.source);
  const databases = [...new Set(sources.map((ns) => ns.db))];
  const [only] = sources;
  const what =
    only && sources.length === 1
      ? formatNamespace(only)
      : [...databases.slice(0, NAMED), ...(databases.length > NAMED ? [`+${databases.length - NAMED}`] : [])].join(
          ', ',
        );
  const where = `${plan.source.name} → ${plan.target.name}`;
  return what === '' ? where : `${what}: ${where}`;
}
