/** The command of the command line, as people call it. */
const PROGRAM = 'mongo-cosmos-migration';

/** What carries a saved plan out in a terminal; the path is quoted for a shell. */
export function runCommandLine(path: string): string {
  return `${PROGRAM} run ${quoted(path)}`;
}

/** What writes the files for the system that carries it out. */
export function handoffCommandLine(path: string): string {
  return `${PROGRAM} handoff ${quoted(path)} --out handoff`;
}

function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
