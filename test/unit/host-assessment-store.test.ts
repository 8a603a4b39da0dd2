import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AssessmentStore } from '../../src/host/assess/assessment-store.js';
import type { Assessment } from '../../src/core/model/assessment.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

const made = {
  version: 1,
  madeAt: '2026-01-02T03:04:05.000Z',
  inventory: { collections: [] },
  scans: [],
  targets: [{ target: { kind: 'cosmos-ru' }, findings: [], shardKeys: [] }],
} as unknown as Assessment;

function storeIn(folder: string, logged: unknown[] = []): AssessmentStore {
  return new AssessmentStore({ folder, changed: () => undefined, log: (error) => logged.push(error) });
}

let folder: TempFolder;
let count = 0;
beforeAll(async () => {
  folder = await makeTempFolder('assessments');
});
afterAll(() => folder.remove());

async function freshFolder(): Promise<string> {
  const path = join(folder.path, String(count++));
  await mkdir(path);
  return path;
}

describe('the assessments of a machine', () => {
  it('are there again in the next window, by a file for the user alone', async () => {
    const place = join(await freshFolder(), 'kept');
    await storeIn(place).put('a/b*', made);
    expect(await storeIn(place).load('a/b*')).toEqual(made);
    const { mode } = await stat(join(place, 'a%2Fb%2A.json'));
    expect(mode & 0o077).toBe(0);
  });

  const whole = JSON.stringify(made);
  const damaged: readonly (readonly [string, string | Buffer])[] = [
    ['nothing', ''],
    ['half a file', whole.slice(0, whole.length / 2)],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0x80])],
    ['another kind of value', '[1]'],
    ['null', 'null'],
    ['another version', JSON.stringify({ ...made, version: 2 })],
    ...(['madeAt', 'inventory', 'scans', 'targets'] as const).flatMap((key) => [
      [`no ${key}`, JSON.stringify({ ...made, [key]: undefined })] as const,
      [`null for ${key}`, JSON.stringify({ ...made, [key]: null })] as const,
    ]),
    ['a target without findings', JSON.stringify({ ...made, targets: [{ target: {}, shardKeys: [] }] })],
    ['null for a target', JSON.stringify({ ...made, targets: [null] })],
  ];

  it.each(damaged)('are as if never made where the file holds %s, and can be made again', async (_, content) => {
    const place = await freshFolder();
    const path = join(place, 'source.json');
    await writeFile(path, content);
    const store = storeIn(place);
    expect(await store.load('source')).toBeUndefined();
    expect(store.latest('source')).toBeUndefined();
    await store.put('source', made);
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(made);
    expect(await store.load('source')).toEqual(made);
  });

  it('stay in this window where the folder cannot be written to, and that is logged', async () => {
    const inTheWay = join(await freshFolder(), 'file');
    await writeFile(inTheWay, '');
    const logged: unknown[] = [];
    const store = storeIn(inTheWay, logged);
    await store.put('source', made);
    expect(store.latest('source')).toEqual(made);
    expect(logged).toHaveLength(1);
  });
});
