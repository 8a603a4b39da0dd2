/** Finds or installs the real parts that tests and the demo need, and says where each was found. */
import { pathToFileURL } from 'node:url';
import { locateTools, toolVariable } from '../src/adapters/tools/locate-tool.js';
import type { ToolLocation, ToolName } from '../src/adapters/tools/location.js';
import { locationLines } from '../src/words/tools.js';
import { locateMongod } from '../test/support/mongod-binary.js';

export interface SetUpParts {
  readonly complete: boolean;
  /** The environment variables that name the binaries, so that a child process need not look again. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Makes mongod and the four database tools available. What is missing is explained, never thrown. */
export async function setUp(print: (line: string) => void): Promise<SetUpParts> {
  const onInstall = (step: string, name: string): void => print(`installing ${name} (${step}) ...`);
  const locations: ToolLocation[] = [await locateMongod({ onInstall })];
  locations.push(...(await locateTools(undefined, { onInstall })).values());
  const environment: Record<string, string> = {};
  for (const location of locations) {
    for (const line of locationLines(location)) print(line);
    if (location.kind === 'found') environment[toolVariable(location.name as ToolName)] = location.path;
  }
  return { complete: locations.every((location) => location.kind === 'found'), environment };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { complete } = await setUp((line) => console.log(line));
  process.exitCode = complete ? 0 : 1;
}
