import { access, constants } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { ToolName } from '../../src/adapters/tools/location.js';

/** Absolute path of a real database tool. */
export async function findTestTool(name: ToolName): Promise<string> {
  const cache =
    process.env.MCM_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'mongo-cosmos-migration');
  const folders = [...(process.env.PATH ?? '').split(delimiter), join(cache, 'database-tools-100.9.5')];
  for (const folder of folders) {
    const path = join(folder, name);
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  throw new Error(`${name} was not found`);
}
