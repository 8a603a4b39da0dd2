/** Short and telling: the account's name of Azure and Atlas, else the first host. */
export function suggestedName(hosts: readonly string[]): string {
  const host = hosts[0] ?? '';
  const managed = /^([^.]+)\..*(?:azure\.[a-z]+|mongodb\.net)(?::\d+)?$/.exec(host);
  return managed?.[1] ?? host;
}

/** The wanted name, with a number where another connection has it. */
export function freeName(wanted: string, others: readonly { readonly name: string }[]): string {
  const taken = new Set(others.map(({ name }) => name));
  let name = wanted;
  for (let n = 2; taken.has(name); n++) name = `${wanted} ${n}`;
  return name;
}
