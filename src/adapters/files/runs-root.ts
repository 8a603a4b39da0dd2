/** Apart from the rest of the run folders: whoever only wants to know whether there is a run loads nothing else. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** `MCM_RUNS`, else `mongo-cosmos-migration/runs` under the user's state folder (XDG base directory specification). */
export function defaultRunsRoot(env: Readonly<Record<string, string | undefined>> = process.env): string {
  if (env['MCM_RUNS']) return resolve(env['MCM_RUNS']);
  const state = env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state');
  return join(resolve(state), 'mongo-cosmos-migration', 'runs');
}
