import { writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TextTravel } from '../../src/core/model/plan.js';
import { migrate } from '../support/migrate.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { makeTempFolder } from '../support/temp.js';

let source: RunningMongod;
let from: MongoClient;
let root: Awaited<ReturnType<typeof makeTempFolder>>;
let files: string;

beforeAll(async () => {
  source = await startMongod();
  from = new MongoClient(source.uri);
  const documents = Array.from({ length: 3_000 }, (_, i) => ({
    _id: i as never,
    when: new Date(i),
    n: i / 4,
    nested: { 10: 'a', 2: [1, null] },
  }));
  await from.db('shop').collection('orders').insertMany(documents);
  await from.db('shop').collection('Ümlaut Items').insertMany(documents.slice(0, 5));
  await from.db('shop').createCollection('empty');
});
afterAll(async () => {
  await from.close();
  await source.stop();
});
beforeEach(async () => {
  root = await makeTempFolder('export-files');
  files = join(root.path, 'my files');
});
afterEach(() => root.remove());

const text = (use: 'export' | 'import' | 'both', format: 'json' | 'csv' = 'json'): TextTravel => ({
  format,
  files: { use, folder: files },
});

const runs = () => ({ runsRoot: join(root.path, 'runs'), selection: { include: ['shop'] } });
const exportAll = () =>
  migrate({ ...runs(), sourceUri: source.uri, plan: { method: 'export-import', text: text('export') } });
const importInto = (targetUri: string, more: Partial<Parameters<typeof migrate>[0]> = {}) =>
  migrate({ ...runs(), targetUri, plan: { method: 'export-import', text: text('import') }, ...more });

const ORDERS = 'shop.orders.json';

describe('a run into files', () => {
  it('proves that every document is in them, byte for byte, and leaves them private', async () => {
    const { verdict, status } = await exportAll();
    expect(verdict).toEqual({ state: 'completed', reasons: [], proves: 'files-written' });
    expect((await readdir(files)).sort()).toEqual(
      ['shop.%c3%9cmlaut%20%49tems.json', 'shop.empty.json', ORDERS].sort(),
    );
    expect((await stat(join(files, ORDERS))).mode & 0o777).toBe(0o600);
    expect((await stat(files)).mode & 0o777).toBe(0o700);
    const [line = ''] = (await readFile(join(files, ORDERS), 'utf8')).split('\n');
    expect(JSON.parse(line)).toMatchObject({ _id: { $numberInt: '0' }, when: { $date: { $numberLong: '0' } } });
    expect(status.collections['shop.orders']?.verification).toMatchObject({
      kind: 'equal',
      evidence: { source: { documents: 3_000 }, target: { documents: 3_000 } },
    });
    expect(status.textFiles['shop.orders']).toMatchObject({ phase: 'done', documents: 3_000 });
  });

  it('never writes over a file that is not its own', async () => {
    expect((await exportAll()).verdict.state).toBe('completed');
    const before = await readFile(join(files, ORDERS));
    const again = await exportAll();
    expect(again.verdict).toMatchObject({
      state: 'failed-resumable',
      reasons: [{ id: 'error:bad-file', params: { reason: 'exists' } }],
    });
    expect(await readFile(join(files, ORDERS))).toEqual(before);
  });

  it('never writes over a file of somebody else’s that has the name of a half-written one', async () => {
    await mkdir(files);
    const part = join(files, `${ORDERS}.part`);
    await writeFile(part, 'mine');
    expect((await exportAll()).verdict).toMatchObject({
      state: 'failed-resumable',
      reasons: [{ id: 'error:bad-file', params: { reason: 'exists', path: part } }],
    });
    expect(await readFile(part, 'utf8')).toBe('mine');
  });

  it('never writes over a file that comes up while it writes', async () => {
    const job = { ...runs(), sourceUri: source.uri, plan: { method: 'export-import' as const, text: text('export') } };
    const { verdict } = await migrate({
      ...job,
      onEvent: (event) => {
        if (event.kind === 'command' && event.display.includes('orders')) writeFileSync(join(files, ORDERS), 'mine');
      },
    });
    expect(verdict).toMatchObject({
      state: 'failed-resumable',
      reasons: [{ id: 'error:bad-file', params: { reason: 'exists' } }],
    });
    expect(await readFile(join(files, ORDERS), 'utf8')).toBe('mine');
  });

  it('that was stopped leaves no half of a file under its name, and goes on', { timeout: 60_000 }, async () => {
    const stop = new AbortController();
    const job = { ...runs(), sourceUri: source.uri, plan: { method: 'export-import' as const, text: text('export') } };
    const first = await migrate({
      ...job,
      signal: stop.signal,
      onEvent: (event) => {
        if (event.kind === 'command' && event.display.includes('orders')) stop.abort('paused');
      },
    });
    expect(first.verdict.state).toBe('paused');
    expect(await readdir(files)).not.toContain(ORDERS);
    expect((await readdir(files)).filter((name) => name.endsWith('.part'))).toEqual([]);
    const second = await migrate({ ...job, resume: first.folder });
    expect(second.verdict).toEqual({ state: 'completed', reasons: [], proves: 'files-written' });
  });

  it('sees a document that text has changed', async () => {
    const coll = from.db('odd').collection<{ _id: number }>('numbers');
    await coll.insertMany([{ _id: 1, looks: { $numberInt: '5' } }, { _id: 2 }] as never);
    const job = { ...runs(), sourceUri: source.uri, selection: { include: ['odd'] } };
    const { verdict } = await migrate({ ...job, plan: { method: 'export-import', text: text('export') } });
    expect(verdict).toMatchObject({
      state: 'completed-with-findings',
      reasons: [{ id: 'verification-differs', params: { different: 1, missing: 0 } }],
      proves: 'files-written',
    });
  });
});

describe('a run out of files', () => {
  beforeEach(async () => {
    expect((await exportAll()).verdict.state).toBe('completed');
  });

  it('proves that the target holds what the files hold, where there is no source', async () => {
    await using target = await startMongod();
    const { verdict, status } = await importInto(target.uri);
    expect(verdict).toEqual({ state: 'completed', reasons: [], proves: 'files-on-target' });
    expect(status.collections['shop.orders']?.copy.acknowledged).toBe(3_000);
    const to = await MongoClient.connect(target.uri);
    const hash = async (client: MongoClient) =>
      JSON.stringify((await client.db('shop').command({ dbHash: 1 }))['collections']);
    expect(await hash(to)).toBe(await hash(from));
    await to.close();
  });

  it('compares with the source where that answers', async () => {
    await using target = await startMongod();
    const { verdict } = await importInto(target.uri, { sourceUri: source.uri });
    expect(verdict).toEqual({ state: 'completed', reasons: [] });
  });

  it('takes one JSON array, pretty-printed documents and a byte order mark', async () => {
    await using target = await startMongod();
    const lines = (await readFile(join(files, ORDERS), 'utf8')).trim().split('\n');
    await writeFile(join(files, ORDERS), `\uFEFF[${lines.join(',\n')}]`);
    const pretty = lines.slice(0, 20).map((line) => JSON.stringify(JSON.parse(line), undefined, 2));
    await writeFile(join(files, 'shop.pretty.json'), `\uFEFF${pretty.join('\n\n')}`);
    const { verdict, status } = await importInto(target.uri);
    expect(verdict).toEqual({ state: 'completed', reasons: [], proves: 'files-on-target' });
    expect(status.collections['shop.pretty']?.copy.acknowledged).toBe(20);
  });

  it.each([
    ['ends in the middle of a document', (all: string) => all.slice(0, -20), 'unfinished', 3_000],
    ['has a line that is no document', (all: string) => all.replace('\n', '\nhello\n'), 'not-json', 2],
    [
      'has a type written wrongly',
      (all: string) => all.replace('{"$numberInt":"7"}', '{"$numberInt":"x"}'),
      'bad-number',
      8,
    ],
  ])('refuses a file that %s, before the target is touched', async (_what, damage, reason, line) => {
    await using target = await startMongod();
    const { folder } = await importInto(target.uri, { signal: AbortSignal.abort('paused') });
    await writeFile(join(files, ORDERS), damage(await readFile(join(files, ORDERS), 'utf8')));
    const { verdict } = await importInto(target.uri, { resume: folder });
    expect(verdict).toMatchObject({
      state: 'failed-resumable',
      reasons: [{ id: 'error:bad-file', params: { reason, line } }],
    });
    const to = await MongoClient.connect(target.uri);
    expect(await to.db('shop').listCollections().toArray()).toEqual([]);
    await to.close();
    // The plan cannot be made of such files either.
    await expect(importInto(target.uri)).rejects.toMatchObject({ code: 'bad-file', facts: { reason, line } });
  });

  it('refuses documents without an _id', async () => {
    await using target = await startMongod();
    await writeFile(join(files, 'shop.nameless.json'), '{"a":1}\n');
    await expect(importInto(target.uri)).rejects.toMatchObject({ code: 'bad-file', facts: { reason: 'no-id' } });
  });

  it('that was stopped brings no document twice', { timeout: 60_000 }, async () => {
    await using target = await startMongod();
    const stop = new AbortController();
    const first = await importInto(target.uri, {
      signal: stop.signal,
      onEvent: (event) => {
        if (event.kind === 'tool-line' && event.line.text.includes('imported')) stop.abort('paused');
      },
    });
    expect(first.verdict.state).toBe('paused');
    const second = await importInto(target.uri, { resume: first.folder });
    expect(second.verdict).toEqual({ state: 'completed', reasons: [], proves: 'files-on-target' });
  });
});

describe('a run through files', () => {
  it('keeps them and proves the target against the source', async () => {
    await using target = await startMongod();
    const { verdict, status } = await migrate({
      ...runs(),
      sourceUri: source.uri,
      targetUri: target.uri,
      plan: { method: 'export-import', text: text('both') },
    });
    expect(verdict).toEqual({ state: 'completed', reasons: [] });
    expect(await readdir(files)).toHaveLength(3);
    expect(status.collections['shop.orders']?.copy.acknowledged).toBe(3_000);
  });

  it('as CSV says that it is not what was there, however well the numbers agree', async () => {
    await using target = await startMongod();
    const { verdict, status, plan } = await migrate({
      ...runs(),
      sourceUri: source.uri,
      targetUri: target.uri,
      selection: { include: ['shop.orders'] },
      plan: { method: 'export-import', text: text('both', 'csv'), fields: { 'shop.orders': ['n', 'when'] } },
    });
    expect(plan.verification.depth).toBe('counts');
    expect(verdict.state).toBe('completed-with-findings');
    expect(verdict.reasons.map(({ id }) => id).sort()).toEqual(['csv-not-equal', 'not-verified']);
    expect(status.collections['shop.orders']?.verification).toMatchObject({
      why: 'counts-only',
      evidence: { means: 'counts', target: { documents: 3_000 } },
    });
    const header = (await readFile(join(files, 'shop.orders.csv'), 'utf8')).split('\n')[0];
    expect(header).toBe('_id,n,when');
    const to = await MongoClient.connect(target.uri);
    // What the dates came back as is the loss that is told.
    expect(
      await to
        .db('shop')
        .collection('orders')
        .findOne({ _id: 3 as never }),
    ).toEqual({
      _id: 3,
      n: 0.75,
      when: '1970-01-01T00:00:00.003Z',
    });
    await to.close();
  });
});

describe('CSV files', () => {
  it('are written and counted, and imported with the types that their header says', async () => {
    await using target = await startMongod();
    const exported = await migrate({
      ...runs(),
      sourceUri: source.uri,
      selection: { include: ['shop.orders', 'shop.empty'] },
      plan: {
        method: 'export-import',
        text: text('export', 'csv'),
        fields: { 'shop.orders': ['n'], 'shop.empty': ['n'] },
      },
    });
    expect(exported.verdict).toMatchObject({ state: 'completed-with-findings', proves: 'files-written' });
    expect(exported.status.textFiles['shop.orders']).toMatchObject({ documents: 3_000 });
    await writeFile(join(files, 'shop.typed.csv'), '_id.int64(),note.string()\n1,"two\nlines, ""quoted"""\n2,007\n');
    const imported = await importInto(target.uri, {
      selection: { include: ['shop.typed'] },
      plan: { method: 'export-import', text: text('import', 'csv') },
    });
    expect(imported.verdict).toMatchObject({ state: 'completed-with-findings', proves: 'files-on-target' });
    const to = await MongoClient.connect(target.uri);
    const documents = await to
      .db('shop')
      .collection('typed')
      .find({}, { sort: { _id: 1 } })
      .toArray();
    expect(documents).toEqual([
      { _id: 1, note: 'two\nlines, "quoted"' },
      { _id: 2, note: '007' },
    ]);
    await to.close();
  });

  it.each([
    ['a,b\n1,2\n', 'csv-no-id'],
    ['', 'csv-no-header'],
    ['_id,a\n1,"never ended\n', 'csv-unfinished'],
  ])('that cannot be imported are refused: %j', async (content, reason) => {
    await using target = await startMongod();
    await exportAll();
    await writeFile(join(files, 'shop.odd.csv'), content);
    const job = { plan: { method: 'export-import' as const, text: text('import', 'csv') } };
    await expect(importInto(target.uri, job)).rejects.toMatchObject({ code: 'bad-file', facts: { reason } });
  });
});
