import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseConnectionString } from '../../src/adapters/mongo/connection-string.js';
import { throughRelay } from '../../src/adapters/mongo/relay-target.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import { createNativeTools } from '../../src/adapters/tools/native-tools.js';
import type { ToolExit } from '../../src/engine/native-ports.js';
import { makeTempFolder } from '../support/temp.js';
import { planOf, plannedCollection } from '../unit/engine-builders.js';

/** Above the highest process id that Linux gives (PID_MAX_LIMIT, 2^22). */
const NOBODY = 99_999_999;
const NS = { db: 'shop', coll: 'orders' };
let root: Awaited<ReturnType<typeof makeTempFolder>>;

beforeEach(async () => {
  root = await makeTempFolder('secrets');
});
afterEach(() => root.remove());

async function copy(onSecretFile: (path: string, present: boolean) => Promise<void>): Promise<readonly ToolExit[]> {
  const collection = plannedCollection(NS, NS);
  const absent = join(root.path, 'no-such-tool');
  const tools = createNativeTools({
    tools: { mongodump: absent, mongorestore: absent },
    sourceUri: 'mongodb://me:source-password@127.0.0.1:1/',
    restoreUri: (port) => `mongodb://me:target-password@127.0.0.1:${port}/`,
    secretsFolder: join(root.path, 'this-run', 'secrets'),
    onSecretFile,
    clock: systemClock,
  });
  return tools.copy({
    plan: planOf([collection]),
    collections: [collection],
    present: () => Promise.resolve(new Map<string, readonly string[]>()),
    relayPort: 1,
    signal: new AbortController().signal,
    onLine: () => undefined,
    onCommand: () => undefined,
    onExit: () => Promise.resolve(),
  });
}

const left = (run: string): Promise<string[]> => readdir(join(root.path, run, 'secrets'));

describe('password files of the tools', () => {
  it('that a crash left are swept at the start of a run, those of other runs, too, and live ones are not', async () => {
    const live = `tool-config-${process.pid}-0-bb.yaml`;
    for (const run of ['this-run', 'other-run']) {
      await mkdir(join(root.path, run, 'secrets'), { recursive: true });
      await writeFile(join(root.path, run, 'secrets', `tool-config-${NOBODY}-0-aa.yaml`), 'password: x\n');
    }
    await writeFile(join(root.path, 'other-run', 'secrets', live), 'password: x\n');
    await writeFile(join(root.path, 'a-file'), '');
    const exits = await copy(() => Promise.resolve());
    expect(exits.map((e) => e.exitCode)).toEqual([null, null]);
    expect(await left('this-run')).toEqual([]);
    expect(await left('other-run')).toEqual([live]);
  });

  it.each([1, 2])('are gone when file %i cannot be recorded', async (nth) => {
    let told = 0;
    const recording = copy(() => {
      told += 1;
      return told === nth ? Promise.reject(new Error('disk full')) : Promise.resolve();
    });
    await expect(recording).rejects.toThrow('disk full');
    expect(await left('this-run')).toEqual([]);
  });

  it('are all gone when the removal of the first cannot be recorded', async () => {
    let removals = 0;
    const recording = copy((_path, present) => {
      if (!present) removals += 1;
      return removals === 1 && !present ? Promise.reject(new Error('disk full')) : Promise.resolve();
    });
    await expect(recording).rejects.toThrow('disk full');
    expect(await left('this-run')).toEqual([]);
  });
});

describe('the connection string through the relay', () => {
  it('asks for acknowledgements, whatever the original says, and keeps a write concern that has them', () => {
    const through = (text: string): string => throughRelay(parseConnectionString(text), 4_000).reveal();
    expect(through('mongodb://db.example/?w=0')).not.toMatch(/[?&]w=/);
    expect(through('mongodb://db.example/?w=2')).toMatch(/[?&]w=2/);
  });
});
