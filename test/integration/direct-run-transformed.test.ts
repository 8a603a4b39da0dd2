import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Int32, ObjectId, serialize } from 'bson';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listDeadLetters } from '../../src/adapters/files/dead-letter-reader.js';
import { findRun } from '../../src/adapters/files/run-folder.js';
import { elementName, elements, rawDocument, rawId } from '../../src/core/bson/raw-document.js';
import type { Plan } from '../../src/core/model/plan.js';
import type { RunReport } from '../../src/engine/journal/report.js';
import { buildCli, type Cli, type CliResult } from '../support/cli.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

const DOCUMENTS = 24_000;
const CLASHES = 3;
const CHANGES = [
  ...['--filter', 'shop.orders={"open":true,"total":{"$gte":{"$numberInt":"0"}}}'],
  ...['--drop-field', 'shop.orders:secret'],
  ...['--rename-field', 'shop.orders:old=name'],
  ...['--set-field', 'shop.orders:region="eu"'],
  ...['--copy-field', 'shop.orders:tenant=customer'],
];

let cli: Cli;
let folder: TempFolder;
let source: RunningMongod;
let target: RunningMongod;
let from: MongoClient;
let to: MongoClient;

beforeAll(async () => {
  [cli, folder, source, target] = await Promise.all([
    buildCli('direct-transformed'),
    makeTempFolder('direct-transformed'),
    startMongod(),
    startMongod(),
  ]);
  from = await MongoClient.connect(source.uri);
  to = await MongoClient.connect(target.uri);
  const orders = from.db('shop').collection<{ _id: unknown }>('orders');
  const pad = 'x'.repeat(1_500);
  const idOf = (i: number): unknown => [i, `n${i}`, { a: i }, new Date(i * 1e6), new ObjectId(i)][i % 5];
  for (let start = 0; start < DOCUMENTS; start += 8_000) {
    const some = Array.from({ length: 8_000 }, (_, i) => start + i);
    await orders.insertMany(
      some.map((i) => ({
        _id: idOf(i),
        old: `name ${i}`,
        secret: i / 3,
        open: i % 7 !== 0,
        customer: i % 2 === 0 ? i : `c${i}`,
        total: i,
        pad,
        ...(i % 11 === 0 ? { region: 'us' } : {}),
        ...(i > 1_001 && i <= 1_001 + CLASHES ? { name: 'taken' } : {}),
      })),
      { ordered: false },
    );
  }
  await orders.createIndex({ old: 1 });
  await orders.createIndex({ secret: 1 });
  await orders.createIndex({ total: 1 });
});
afterAll(async () => {
  await Promise.all([from.close(), to.close()]);
  await Promise.all([source.stop(), target.stop(), folder.remove(), cli.remove()]);
});

const env = (): Record<string, string> => ({ MCM_SOURCE_URI: source.uri, MCM_TARGET_URI: target.uri });
const mcm = (...args: readonly string[]): Promise<CliResult> => cli.run(args, { cwd: folder.path, env: env() });

async function planned(name: string, ...more: readonly string[]): Promise<{ path: string; plan: Plan; text: string }> {
  const path = join(folder.path, `${name}.migration.json`);
  const made = await mcm('plan', '--method', 'direct-copy', '--out', path, ...more);
  expect(made, made.stderr).toMatchObject({ code: 0 });
  return { path, plan: JSON.parse(await readFile(path, 'utf8')) as Plan, text: made.stdout };
}

async function rawDocuments(client: MongoClient, filter = {}): Promise<Buffer[]> {
  const found = await client.db('shop').collection('orders').find(filter, { raw: true }).toArray();
  return found.map((document) => Buffer.from(document as unknown as Uint8Array));
}

const byId = (documents: readonly Buffer[]): Record<string, string> =>
  Object.fromEntries(documents.map((d) => [rawId(d)?.toString('hex') ?? '', d.toString('hex')]));

/** What the options say, done to the list of a document's fields. */
function changed(document: Buffer): Buffer | undefined {
  const fields = [...elements(document)].map((e) => ({
    name: elementName(document, e),
    type: e.type,
    value: document.subarray(e.valueStart, e.valueEnd),
  }));
  if (fields.some(({ name }) => name === 'name')) return undefined;
  const customer = fields.find(({ name }) => name === 'customer');
  const kept = fields
    .filter(({ name }) => name !== 'secret' && name !== 'region')
    .map((f) => (f.name === 'old' ? { ...f, name: 'name' } : f));
  const parts = [...kept, ...(customer ? [{ ...customer, name: 'tenant' }] : [])].map(({ name, type, value }) =>
    Buffer.concat([Buffer.of(type), Buffer.from(`${name}\0`), value]),
  );
  const region = Buffer.from(serialize({ region: 'eu' })).subarray(4, -1);
  // Fields that are set come in the order of the plan: values first, then copies.
  return rawDocument([...parts.slice(0, -1), region, ...parts.slice(-1)]);
}

describe('a direct copy that filters and changes documents', { timeout: 120_000 }, () => {
  it('brings them changed, every one once, over a kill, and proves it by the sums it took', async () => {
    const matching = { open: true, total: { $gte: 0 } };
    const { path, plan, text } = await planned('orders', '--include', 'shop.orders', ...CHANGES);
    const [collection] = plan.collections;
    const total = await from.db('shop').collection('orders').countDocuments(matching);
    expect(collection?.documents).toBe(total);
    expect(text).toContain('shop.orders: old becomes name');
    expect(text).toContain('secret_1: not created: the plan leaves a field of it behind');

    const running = await cli.start(['run', path, '--json', '--max-mb-per-second', '2'], {
      cwd: folder.path,
      env: env(),
    });
    const arrived = to.db('shop').collection('orders');
    while ((await arrived.countDocuments()) < 1_000) expect(running.child.exitCode).toBeNull();
    running.child.kill('SIGKILL');
    expect((await running.ended).code).toBeNull();
    expect(await arrived.countDocuments()).toBeLessThan(total - CLASHES);

    const resumed = await mcm('run', '--resume', 'latest');
    expect(resumed, resumed.stderr).toMatchObject({ code: 3 });
    const folderOfRun = await findRun(join(folder.path, 'runs'), 'latest');
    const report = JSON.parse(await readFile(folderOfRun.reportPath('json'), 'utf8')) as RunReport;
    expect(report.verdict).toEqual({
      state: 'completed-with-findings',
      reasons: [{ id: 'dead-letters', params: { documents: CLASHES } }],
    });
    expect(report.collections[0]?.transform).toEqual(collection?.transform);
    expect(report.collections[0]?.verification).toMatchObject({
      kind: 'equal',
      evidence: { means: 'streamed', source: { documents: total - CLASHES } },
    });
    expect(await readFile(folderOfRun.reportPath('md'), 'utf8')).toContain('Changed on the way');

    const expected = (await rawDocuments(from, matching)).flatMap((document) => changed(document) ?? []);
    expect(expected).toHaveLength(total - CLASHES);
    expect(byId(await rawDocuments(to))).toEqual(byId(expected));
    const indexes = await arrived.indexes();
    // Several are built at a time: which is listed first is not said.
    const keys = indexes.map(({ name, key }) => [name ?? '', Object.keys(key as object)] as const);
    expect(keys.sort(([a], [b]) => (a < b ? -1 : 1))).toEqual([
      ['_id_', ['_id']],
      ['old_1', ['name']],
      ['total_1', ['total']],
    ]);
  });

  it('keeps what cannot be changed as it was, says why, and never sends it so', async () => {
    const { deadLettersPath } = await findRun(join(folder.path, 'runs'), 'latest');
    expect(await listDeadLetters(deadLettersPath)).toMatchObject([{ ns: 'shop.orders', documents: CLASHES }]);
    const before = await to.db('shop').collection('orders').countDocuments();
    const again = await mcm('run', '--retry-dead-letters', 'latest', '--json');
    expect(again.code, again.stderr).toBe(3);
    expect(await to.db('shop').collection('orders').countDocuments()).toBe(before);
    const report = await mcm('report', 'latest');
    expect(report.stdout).toContain(
      'not sent: it has a field name already, which old was to be renamed to (code 0, CannotBeTransformed)',
    );
  });

  it('is verified against what documents are to be: what is planted on the target is found', async () => {
    const orders = to.db('shop').collection('orders');
    expect((await mcm('verify', 'latest')).code).toBe(3);
    await orders.updateOne({ _id: 10 as never }, { $set: { region: 'us' } });
    await orders.deleteOne({ _id: 20 as never });
    // On the source, but not open: the filter leaves it out.
    await orders.insertOne({ _id: 35 as never, open: false });
    const { code, stdout } = await mcm('verify', 'latest', '--json');
    expect(code).toBe(4);
    const { results } = JSON.parse(stdout) as { results: readonly unknown[] };
    expect(results).toMatchObject([{ kind: 'different', differences: { missing: 1, extra: 1, different: 1 } }]);
  });

  it('does not begin with a filter that the source refuses, nor write a plan with one', async () => {
    const out = join(folder.path, 'refused.migration.json');
    const args = ['plan', '--method', 'direct-copy', '--out', out, '--include', 'shop.orders'];
    for (const filter of ['{"a":{"$near":1}}', '{"$text":{"$search":"x"}}', '{"$nonsense":1}']) {
      const refused = await mcm(...args, '--filter', `shop.orders=${filter}`);
      expect(refused.code).toBe(2);
      expect(refused.stderr).toContain('The source refuses the filter of shop.orders.');
      await expect(access(out)).rejects.toThrow();
    }
    const { path, plan } = await planned('edited', '--include', 'shop.orders', '--rename', 'shop.orders=edited.orders');
    const collections = plan.collections.map((c) => ({ ...c, transform: { filter: { $nonsense: 1 } } }));
    await writeFile(path, JSON.stringify({ ...plan, collections }));
    for (const dry of [['--dry-run'], []]) {
      const refused = await mcm('run', path, ...dry);
      expect(refused.code).not.toBe(0);
      expect(refused.stdout + refused.stderr).toContain('The source refuses the filter of shop.orders.');
      expect((await to.db('edited').listCollections().toArray()).length).toBe(0);
    }
  });

  it('says what is wrong with an option before it connects, and with a name that the source does not have', async () => {
    const refused = async (...options: readonly string[]): Promise<string> => {
      const { code, stderr } = await mcm('plan', '--method', 'direct-copy', '--out', 'none.json', ...options);
      expect(code).toBe(2);
      return stderr;
    };
    expect(await refused('--drop-field', 'shop.order:a')).toContain('Did you mean shop.orders?');
    expect(await refused('--drop-field', 'shop.orders')).toContain('It has to be db.coll:field, not "shop.orders".');
    expect(await refused('--drop-field', 'shop.orders:_id')).toContain('The _id of shop.orders cannot be dropped');
    expect(await refused('--rename-field', 'shop.orders:a=_id')).toContain('The _id of shop.orders cannot be');
    expect(await refused('--set-field', 'shop.orders:a=eu')).toContain('What follows the = is not JSON');
    expect(await refused('--filter', 'shop.orders=[1]')).toContain('A filter is a query in braces');
    expect(await refused('--rename-field', 'shop.orders:total=open')).toContain('Not one of the documents');
    const native = await mcm('plan', '--method', 'dump-restore', '--out', 'none.json', '--drop-field', 'shop.orders:a');
    expect(native.stderr).toContain('Make the plan with --method direct-copy');
  });

  it('reads with the read concern that the plan says, to copy and to verify', async () => {
    const docs = from.db('concern').collection('docs');
    await docs.insertMany(Array.from({ length: 100 }, (_, i) => ({ _id: new Int32(i) as never, a: i })));
    await from.db('concern').command({ profile: 2 });
    const { path } = await planned('concern', '--include', 'concern.docs', '--read-concern', 'majority');
    expect(await mcm('run', path)).toMatchObject({ code: 0 });
    expect((await mcm('verify', 'latest')).code).toBe(0);
    await from.db('concern').command({ profile: 0 });
    const reads = await from
      .db('concern')
      .collection('system.profile')
      .find({ 'command.find': 'docs', 'command.projection': { $exists: false } })
      .toArray();
    const levels = reads.map((r) => (r['command'] as { readConcern?: { level: string } }).readConcern?.level);
    expect(levels.length).toBeGreaterThanOrEqual(2);
    expect(new Set(levels)).toEqual(new Set(['majority']));
  });
});
