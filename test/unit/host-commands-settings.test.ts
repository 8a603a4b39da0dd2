import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import manifest from '../../package.json';
import { DisposableStore } from '../../src/host/disposables.js';
import { SETTINGS, SETTINGS_SECTION } from '../../src/host/ids.js';
import { BOUNDS, readSettings } from '../../src/host/settings.js';

const declared = manifest.contributes.configuration.properties as Readonly<Record<string, Record<string, unknown>>>;
const read = (values: Readonly<Record<string, unknown>>) => readSettings((key) => values[key]);

describe('the settings', () => {
  it('have the defaults and bounds that package.json tells the user', () => {
    for (const [key, bounds] of Object.entries(BOUNDS)) {
      expect(declared[`${SETTINGS_SECTION}.${key}`], key).toMatchObject(bounds);
    }
    const said = readSettings((key) => declared[`${SETTINGS_SECTION}.${key}`]?.['default']);
    expect(said).toEqual(read({}));
  });

  it('stay within their bounds whatever the file says', () => {
    expect(read({ [SETTINGS.analysisParallelism]: 1e9 }).analysisParallelism).toBe(64);
    expect(read({ [SETTINGS.analysisParallelism]: -3 }).analysisParallelism).toBe(1);
    expect(read({ [SETTINGS.analysisParallelism]: '8' }).analysisParallelism).toBe(8);
    expect(read({ [SETTINGS.nativeToolsUpToGb]: Number.NaN }).nativeToolsUpToGb).toBe(10);
    expect(read({ [SETTINGS.insertionWorkers]: 6.4 }).insertionWorkers).toBe(6);
    expect(read({ [SETTINGS.regions]: 3 }).regions).toBe(3);
    // Somebody who says one means one, whatever the account has.
    expect(read({ [SETTINGS.regions]: 1 }).regions).toBe(1);
    expect(read({ [SETTINGS.regions]: 0 })).not.toHaveProperty('regions');
    expect(read({ [SETTINGS.notifications]: 'loud' }).notifications).toBe('all');
    expect(read({ [SETTINGS.connections]: 'mongodb://h' }).connections).toEqual([]);
  });

  it('are absent where they are empty, so that what is found out counts', () => {
    const empty = read({ [SETTINGS.toolMongodump]: ' ', [SETTINGS.runsFolder]: '', [SETTINGS.insertionWorkers]: 0 });
    expect(empty.tools).toEqual({});
    expect(empty).not.toHaveProperty('runsFolder');
    expect(empty).not.toHaveProperty('insertionWorkers');
    expect(read({ [SETTINGS.toolMongodump]: ' /opt/mongodump ' }).tools).toEqual({ mongodump: '/opt/mongodump' });
  });

  it('mean one place, whoever reads them', () => {
    const folder = (text: string) => read({ [SETTINGS.runsFolder]: text }).runsFolder;
    expect(folder('~/runs')).toBe(join(homedir(), 'runs'));
    expect(folder('~')).toBe(homedir());
    expect(folder('runs')).toBe(join(homedir(), 'runs'));
    expect(folder('/data/~/runs')).toBe(resolve('/data/~/runs'));
    expect(read({ [SETTINGS.toolMongorestore]: '~/bin/mongorestore' }).tools).toEqual({
      mongorestore: join(homedir(), 'bin', 'mongorestore'),
    });
  });

  it('that a foreign workspace could misuse are not taken from it before it is trusted', () => {
    const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    const risky = [
      SETTINGS.connections,
      SETTINGS.toolMongodump,
      SETTINGS.toolMongorestore,
      SETTINGS.toolMongoexport,
      SETTINGS.toolMongoimport,
      SETTINGS.runsFolder,
      SETTINGS.pricesFile,
    ];
    expect([...restrictedConfigurations].sort()).toEqual(risky.map((key) => `${SETTINGS_SECTION}.${key}`).sort());
  });
});

describe('a store of disposables', () => {
  const item = (name: string, said: string[]) => ({ dispose: () => said.push(name) });

  it('lets go in reverse order, once', () => {
    const said: string[] = [];
    const store = new DisposableStore();
    store.add(item('a', said));
    store.add(item('b', said));
    store.dispose();
    store.dispose();
    expect(said).toEqual(['b', 'a']);
  });

  it('lets go at once of what is added too late', () => {
    const said: string[] = [];
    const store = new DisposableStore();
    store.dispose();
    store.add(item('late', said));
    expect(said).toEqual(['late']);
  });
});
