/** RU/s provisioned for these namespaces. `provisioned`: by budget, which is a namespace or, shared, a database with a dot behind it. */
export function budgetOf(active: ReadonlySet<string>, provisioned: ReadonlyMap<string, number>): number {
  const names = new Set([...active].map((ns) => (provisioned.has(ns) ? ns : `${ns.slice(0, ns.indexOf('.'))}.`)));
  return [...names].reduce((sum, name) => sum + (provisioned.get(name) ?? 0), 0);
}
