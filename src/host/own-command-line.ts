/** The command of the command line, as people call it. */
const PROGRAM = 'mongo-cosmos-migration';

/** What carries a saved plan out in a terminal; the path is quoted for a shell. */
export function runCommandLine(path: string): string {
  const isPlain = /^[\w@%+=:,./-]+$/.test(path);
  return `${PROGRAM} run ${isPlain ? path : `'${path.replaceAll("'", `'\\''`)}'`}`;
}
