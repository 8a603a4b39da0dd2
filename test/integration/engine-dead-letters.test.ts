import { appendFile, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Binary, serialize, Timestamp } from 'bson';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDeadLetters } from '../../src/adapters/files/dead-letter-files.js';
import { deadLetterIds, listDeadLetters, readDeadLetters } from '../../src/adapters/files/dead-letter-reader.js';
import { namespaceFileName } from '../../src/adapters/files/namespace-file-name.js';
import { rawId } from '../../src/core/bson/raw-document.js';
import { formatNamespace } from '../../src/core/model/namespace.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

const clock = { now: () => Date.UTC(2026, 10, 23), sleep: () => Promise.resolve() };
const ns = { db: 'shop', coll: 'orders' };
const document = (id: unknown, content: unknown = 1): Buffer => Buffer.from(serialize({ _id: id, content }));
const why = { code: 16, codeName: 'TooLarge', message: 'Request size is too large', attempts: 2 };

let temp: TempFolder;
let folders = 0;
beforeAll(async () => {
  temp = await makeTempFolder('dead-letters');
});
afterAll(() => temp.remove());
const freshFolder = (): string => join(temp.path, String(folders++));

async function all(folder: string, of?: string): Promise<{ id: unknown; document: Buffer }[]> {
  const found: { id: unknown; document: Buffer }[] = [];
  for await (const { entry, document: bytes } of readDeadLetters(folder, of))
    found.push({ id: entry.id, document: bytes });
  return found;
}

describe('dead letters', () => {
  it('are letters no more once they have arrived, over a restart as well, and leave the others whole', async () => {
    const folder = freshFolder();
    const sink = await openDeadLetters(folder, { clock });
    const letters = [1, 2, 3, 4].map((id) => document(id, 'x'.repeat(id)));
    for (const letter of letters) await sink.add(ns, letter, why);
    const hex = (index: number): string => rawId(letters[index] ?? Buffer.alloc(0))?.toString('hex') ?? '';
    await sink.remove('shop.orders', new Set([hex(1), hex(3)]));
    expect(sink.count(ns)).toBe(2);
    expect(await all(folder)).toMatchObject([{ document: letters[0] }, { document: letters[2] }]);
    const again = await openDeadLetters(folder, { clock });
    expect(again.count(ns)).toBe(2);
    const late = document(5, 'late');
    await again.add(ns, late, why);
    // One that comes back is a letter again.
    await again.add(ns, letters[1] ?? late, why);
    expect((await all(folder)).map((one) => one.document)).toEqual([letters[0], letters[2], late, letters[1]]);
    await again.remove('shop.orders', new Set([hex(0), hex(1), hex(2), rawId(late)?.toString('hex') ?? '']));
    expect(await listDeadLetters(folder)).toEqual([]);
    expect((await stat(join(folder, 'shop.orders.bson'))).size).toBe(0);
    await again.add(ns, late, why);
    expect(await all(folder)).toMatchObject([{ document: late }]);
  });

  it('keep whole documents of any namespace, byte for byte, with the reason', async () => {
    const folder = freshFolder();
    const sink = await openDeadLetters(folder, { clock });
    const odd = { db: 'Shop', coll: '../Ünï "x"/$a.b c' };
    const timestamp = document(7, new Timestamp({ t: 0, i: 0 }));
    const binary = document(new Binary(Buffer.from([1, 2, 3])));
    await Promise.all([sink.add(ns, timestamp, why), sink.add(ns, binary, why), sink.add(odd, timestamp, why)]);
    expect(await all(folder, 'shop.orders')).toEqual([
      { id: { $numberInt: '7' }, document: timestamp },
      { id: { $binary: { base64: 'AQID', subType: '00' } }, document: binary },
    ]);
    expect(await all(folder, formatNamespace(odd))).toMatchObject([{ document: timestamp }]);
    expect(await all(folder)).toHaveLength(3);
    expect([sink.count(), sink.count(ns), sink.count(odd), sink.count({ db: 'x', coll: 'y' })]).toEqual([3, 2, 1, 0]);
    expect(await listDeadLetters(folder)).toEqual(
      expect.arrayContaining([
        {
          ns: 'shop.orders',
          documents: 2,
          bytes: timestamp.length + binary.length,
          indexPath: join(folder, 'shop.orders.jsonl'),
          reasons: [{ code: 16, codeName: 'TooLarge', message: 'Request size is too large', documents: 2 }],
        },
      ]),
    );
    expect(await deadLetterIds(folder, 'shop.orders')).toEqual(
      new Set([timestamp, binary].map((one) => rawId(one)?.toString('hex'))),
    );
    for (const name of await readdir(folder)) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    const line = JSON.parse((await readFile(join(folder, 'shop.orders.jsonl'), 'utf8')).split('\n')[0] ?? '') as object;
    expect(line).toMatchObject({
      ns: 'shop.orders',
      ...why,
      bytes: timestamp.length,
      offset: 0,
      at: '2026-11-23T00:00:00.000Z',
    });
  });

  it('are on disk when add resolves', async () => {
    const folder = freshFolder();
    const sink = await openDeadLetters(folder, { clock });
    await sink.add(ns, document(1), why);
    expect(await all(folder)).toHaveLength(1);
  });

  it('keep the same document once, in one process and over several, and a changed one as it was last', async () => {
    const folder = freshFolder();
    const first = await openDeadLetters(folder, { clock });
    await Promise.all([
      first.add(ns, document(1), why),
      first.add(ns, document(1), why),
      first.add(ns, document(2), why),
    ]);
    await first.close();
    const second = await openDeadLetters(folder, { clock });
    expect(second.count(ns)).toBe(2);
    await second.add(ns, document(1), why);
    await second.add(ns, document(2, 'changed on the source'), why);
    await second.close();
    expect(second.count()).toBe(2);
    expect(await all(folder)).toMatchObject([
      { document: document(1) },
      { document: document(2, 'changed on the source') },
    ]);
  });

  it('redact secrets in messages and keep what the caller’s buffer held at the time', async () => {
    const folder = freshFolder();
    const sink = await openDeadLetters(folder, { clock, secrets: ['CANARY'] });
    const reused = document(1, 'as it was');
    const adding = sink.add(ns, reused, { ...why, message: 'at mongodb://u:pw@host/ with CANARY' });
    reused.fill(0);
    await adding;
    expect(await all(folder)).toMatchObject([{ document: document(1, 'as it was') }]);
    const index = await readFile(join(folder, 'shop.orders.jsonl'), 'utf8');
    expect(index).not.toMatch(/CANARY|u:pw/);
  });

  it('survive a crash at any moment: what add had promised is there, and the rest is cut off', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean(), async (where, indexTorn) => {
        const folder = freshFolder();
        const sink = await openDeadLetters(folder, { clock });
        for (const id of [1, 2]) await sink.add(ns, document(id), why);
        const paths = { bson: join(folder, 'shop.orders.bson'), jsonl: join(folder, 'shop.orders.jsonl') };
        const promised = { bson: (await stat(paths.bson)).size, jsonl: (await stat(paths.jsonl)).size };
        await sink.add(ns, document(3), why);
        // The crash: the document is written first, then its line.
        const cutIn = indexTorn ? paths.jsonl : paths.bson;
        const from = indexTorn ? promised.jsonl : promised.bson;
        await truncate(cutIn, from + Math.floor(where * ((await stat(cutIn)).size - from - 1)));
        if (!indexTorn) await truncate(paths.jsonl, promised.jsonl);
        const again = await openDeadLetters(folder, { clock });
        expect(again.count(ns)).toBe(2);
        await again.add(ns, document(3), why);
        expect((await all(folder)).map(({ document: bytes }) => bytes)).toEqual([1, 2, 3].map((id) => document(id)));
      }),
      { numRuns: 30 },
    );
  });

  it('say so when their index is damaged or their documents are gone', async () => {
    const folder = freshFolder();
    const sink = await openDeadLetters(folder, { clock });
    await sink.add(ns, document(1), why);
    await truncate(join(folder, 'shop.orders.bson'), 3);
    await expect(openDeadLetters(folder, { clock })).rejects.toMatchObject({
      code: 'file-failed',
      facts: { code: 'cut-short' },
    });
    const other = freshFolder();
    await (await openDeadLetters(other, { clock })).add(ns, document(1), why);
    const index = join(other, 'shop.orders.jsonl');
    await writeFile(index, `rubbish\n${await readFile(index, 'utf8')}`);
    await expect(openDeadLetters(other, { clock })).rejects.toMatchObject({
      code: 'file-failed',
      facts: { code: 'damaged' },
    });
    await appendFile(index, 'x');
  });

  it('refuse everything after a write that failed, instead of promising what is not there', async () => {
    const folder = freshFolder();
    const sink = await openDeadLetters(folder, { clock });
    await writeFile(join(folder, 'blocker'), '');
    const impossible = { db: 'shop', coll: 'x' };
    const { mkdir } = await import('node:fs/promises');
    await mkdir(join(folder, `${namespaceFileName(impossible)}.bson`));
    await expect(sink.add(impossible, document(1), why)).rejects.toMatchObject({ code: 'file-failed' });
    await expect(sink.add(impossible, document(1), why)).rejects.toMatchObject({ code: 'file-failed' });
    await sink.add(ns, document(1), why);
  });
});

describe('file names of namespaces', () => {
  const part = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }).filter((text) => !text.includes('\0'));

  it('are safe, short and different for different namespaces, on file systems that ignore case too', () => {
    fc.assert(
      fc.property(
        part.filter((db) => !db.includes('.')),
        part,
        part,
        (db, one, other) => {
          const a = namespaceFileName({ db, coll: one });
          const b = namespaceFileName({ db, coll: other });
          expect(a).toMatch(/^[a-z0-9_%-][a-z0-9._%~-]*$/);
          expect(a.length).toBeLessThanOrEqual(220);
          if (Buffer.from(one).equals(Buffer.from(other))) expect(a).toBe(b);
          else expect(a.toLowerCase()).not.toBe(b.toLowerCase());
        },
      ),
    );
    const long = 'ü'.repeat(120);
    expect(namespaceFileName({ db: 'd', coll: `${long}a` })).not.toBe(namespaceFileName({ db: 'd', coll: `${long}b` }));
    expect(namespaceFileName({ db: 'con', coll: 'x' })).toBe('%63on.x');
    expect(namespaceFileName({ db: 'shop', coll: 'Orders' })).toBe('shop.%4frders');
  });
});
