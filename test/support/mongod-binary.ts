/** Finds the mongod that tests and the demo run against; it is no part of the product. */
import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { ToolLocation } from '../../src/adapters/tools/location.js';

export const MONGOD_VERSION = '6.0.5';

export async function locateMongod(): Promise<ToolLocation> {
  const cache =
    process.env.MCM_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'mongo-cosmos-migration');
  const places = [
    process.env.MCM_MONGOD,
    ...(process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'mongod')),
    join(cache, `mongod-${MONGOD_VERSION}`, 'mongod'),
  ].filter((place) => place !== undefined);
  for (const path of places) {
    const runs = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (!runs) continue;
    const { stdout } = await promisify(execFile)(path, ['--version']);
    return {
      kind: 'found',
      name: 'mongod',
      path,
      version: /v(\d[\d.]*)/.exec(stdout)?.[1] ?? '',
      origin: 'cache',
      tried: [],
    };
  }
  return { kind: 'missing', name: 'mongod', tried: [], remedy: 'install-mongod' };
}
