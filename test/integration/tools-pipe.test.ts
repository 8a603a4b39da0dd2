import { BSON, MongoClient, type Document } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  dumpArguments,
  exportArguments,
  importArguments,
  restoreArguments,
} from '../../src/adapters/tools/command-lines.js';
import type { ToolEvent } from '../../src/adapters/tools/output-parser.js';
import { planPasses, type Pass, type SelectedCollection } from '../../src/adapters/tools/passes.js';
import {
  runPiped,
  type PipedOutcome,
  type PipeTransport,
  type RunToolOptions,
  type ToolCommand,
} from '../../src/adapters/tools/run-tool.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import { findTestTool } from '../support/tools.js';

const tuning = { batchSize: 500, insertionWorkers: 2, parallelCollections: 2 };
let source: RunningMongod;
let target: RunningMongod;
let from: MongoClient;
let to: MongoClient;
let paths: { dump: string; restore: string; export: string; import: string };

beforeAll(async () => {
  const [dump, restore, exportTool, importTool] = await Promise.all(
    (['mongodump', 'mongorestore', 'mongoexport', 'mongoimport'] as const).map(findTestTool),
  );
  paths = { dump: dump ?? '', restore: restore ?? '', export: exportTool ?? '', import: importTool ?? '' };
  [source, target] = await Promise.all([startMongod(), startMongod()]);
  from = new MongoClient(source.uri);
  to = new MongoClient(target.uri);
});

afterAll(async () => {
  await Promise.all([from.close(), to.close()]);
  await Promise.all([source.stop(), target.stop()]);
});

function dumpCommand(pass: Pass): ToolCommand {
  const request = { connection: { uri: source.uri }, pass, readPreference: 'primary', parallelCollections: 2 } as const;
  return { tool: 'mongodump', path: paths.dump, argv: dumpArguments(request) };
}

function restoreCommand(pass: Pass): ToolCommand {
  return {
    tool: 'mongorestore',
    path: paths.restore,
    argv: restoreArguments({ connection: { uri: target.uri }, pass, tuning }),
  };
}

function pipe(
  pass: Pass,
  options: Partial<RunToolOptions> = {},
  transport: PipeTransport = 'direct',
): Promise<PipedOutcome> {
  return runPiped(dumpCommand(pass), restoreCommand(pass), { clock: systemClock, secrets: [], ...options }, transport);
}

function expectGood(outcome: PipedOutcome): void {
  const good = { kind: 'ended', exitCode: 0, signal: null, stopped: false };
  for (const end of [outcome.to, outcome.from]) {
    expect(end, end.kind === 'ended' ? end.summary.lastLines.join('\n') : end.code).toMatchObject(good);
  }
}

async function migrate(selected: readonly SelectedCollection[]): Promise<PipedOutcome[]> {
  const present = new Map<string, string[]>();
  for (const db of new Set(selected.map((one) => one.source.db))) {
    present.set(
      db,
      (await from.db(db).listCollections({}, { nameOnly: true }).toArray()).map((one) => one.name),
    );
  }
  const { passes, refused } = planPasses(selected, present);
  expect(refused).toEqual([]);
  const outcomes: PipedOutcome[] = [];
  for (const pass of passes) outcomes.push(await pipe(pass));
  return outcomes;
}

const select = (db: string, coll: string, target?: { db: string; coll: string }): SelectedCollection => ({
  source: { db, coll },
  target: target ?? { db, coll },
  type: 'collection',
});

const ODD_NAMES = [
  ...[
    'plain',
    'with.dots.in.it',
    'with space ',
    'st*r',
    '*',
    'back\\slash',
    'back\\*both',
    'ends\\',
    '"quoted"',
    '"half',
    "it's",
  ],
  ...['--drop', '-v', 'umläut 空 😀', 'new\nline', 'tab\there', '[br](ack)?+^|', '%24', '`tick`', '~', '#', '{x}'],
  'x to archive on stdout',
];

describe('mongodump piped into mongorestore', () => {
  it('carries every odd name, and nothing that was not selected', async () => {
    for (const [i, name] of ODD_NAMES.entries())
      await from
        .db('odd')
        .collection(name)
        .insertOne({ _id: i as never, name });
    await from.db('odd').collection('not this one').insertOne({ a: 1 });
    await from.db('odd').createCollection('a view', { viewOn: 'plain', pipeline: [] });
    const outcomes = await migrate(ODD_NAMES.map((name) => select('odd', name)));
    outcomes.forEach(expectGood);
    for (const [i, name] of ODD_NAMES.entries()) {
      expect(await to.db('odd').collection(name).find().toArray(), name).toEqual([{ _id: i, name }]);
    }
    const arrived = await to.db('odd').listCollections({}, { nameOnly: true }).toArray();
    expect(arrived.map((one) => one.name).sort()).toEqual([...ODD_NAMES].sort());
  });

  it('renames every odd name, to a plain one and back to an odd one', async () => {
    const renames = ODD_NAMES.map((name, i) => select('odd', name, { db: 'renamed', coll: `c.${i}` }));
    const backwards = ODD_NAMES.map((name, i) => ({ name, i }));
    for (const { i } of backwards)
      await from
        .db('source2')
        .collection(`s${i}`)
        .insertOne({ _id: i as never });
    const odd = backwards.map(({ name, i }) => select('source2', `s${i}`, { db: 'odd-2_ü', coll: name }));
    (await migrate([...renames, ...odd])).forEach(expectGood);
    for (const [i, name] of ODD_NAMES.entries()) {
      expect(await to.db('renamed').collection(`c.${i}`).find().toArray(), name).toEqual([{ _id: i, name }]);
    }
    for (const { name, i } of backwards) {
      expect(await to.db('odd-2_ü').collection(name).find().toArray(), name).toEqual([{ _id: i }]);
    }
    const names = (await to.db('renamed').listCollections({}, { nameOnly: true }).toArray()).map((one) => one.name);
    expect(names).toHaveLength(ODD_NAMES.length);
  });

  it('never meets a dollar in the name of a collection: the server itself refuses one', async () => {
    await expect(from.db('odd').createCollection('dollar$inside')).rejects.toThrow(/invalid/i);
  });

  it.each(['direct', 'through-node'] as const)('brings every byte through, %s', async (transport) => {
    const coll = `bulk ${transport}`;
    const documents = Array.from({ length: 20_000 }, (_, i) => ({
      _id: i as never,
      text: String(i).padEnd(1_000, 'x'),
    }));
    await from.db('bulk').collection(coll).insertMany(documents);
    const events: ToolEvent[] = [];
    const pass = { kind: 'collection', collection: select('bulk', coll) } as const;
    const outcome = await pipe(pass, { onEvent: (event) => events.push(event) }, transport);
    expectGood(outcome);
    expect(outcome.to).toMatchObject({ summary: { total: { documents: 20_000, failures: 0 }, collections: 1 } });
    expect(outcome.from).toMatchObject({ summary: { documents: 20_000, collections: 1 } });
    const hash = async (client: MongoClient): Promise<Document> =>
      client.db('bulk').command({ dbHash: 1, collections: [coll] });
    expect((await hash(to)).md5).toBe((await hash(from)).md5);
    const ns = `bulk.${coll}`;
    expect(events).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'dump-started', ns, to: 'archive on stdout' }),
        expect.objectContaining({ kind: 'dumped', ns, documents: 20_000 }),
        expect.objectContaining({ kind: 'restore-started', ns, from: 'archive on stdin' }),
        expect.objectContaining({ kind: 'restored', ns, documents: 20_000, failures: 0 }),
      ]),
    );
  });

  it('leaves options and indexes of the target alone and takes an empty collection along', async () => {
    const a = from.db('options').collection('a');
    await a.insertMany([
      { _id: 1 as never, n: 'no number' },
      { _id: 2 as never, n: 5 },
    ]);
    await a.createIndex({ n: 1 });
    await from.db('options').command({ collMod: 'a', validator: { n: { $type: 'number' } } });
    await from.db('options').createCollection('empty', { capped: true, size: 4096 });
    await to.db('options').createCollection('a', { collation: { locale: 'de' } });
    (await migrate([select('options', 'a'), select('options', 'empty')])).forEach(expectGood);
    const arrived = await to.db('options').listCollections({ name: 'a' }).toArray();
    expect(arrived[0]).toMatchObject({ options: { collation: { locale: 'de' } } });
    expect((arrived[0] as { options?: Document }).options?.validator).toBeUndefined();
    expect(await to.db('options').collection('a').indexes()).toHaveLength(1);
    expect(await to.db('options').collection('a').countDocuments()).toBe(2);
    expect(await to.db('options').listCollections({ name: 'empty' }).toArray()).toHaveLength(1);
  });

  it('takes a time-series collection with its buckets into a target that has none', async () => {
    await from.db('ts').createCollection('weather', { timeseries: { timeField: 't', metaField: 'm' } });
    const documents = Array.from({ length: 500 }, (_, i) => ({
      t: new Date(1_700_000_000_000 + i * 60_000),
      m: i % 3,
      v: i,
    }));
    await from.db('ts').collection('weather').insertMany(documents);
    const weather = { ...select('ts', 'weather'), type: 'timeseries' } as const;
    (await migrate([weather, select('ts', 'other')].slice(0, 1))).forEach(expectGood);
    expect(await to.db('ts').collection('weather').countDocuments()).toBe(500);
    expect((await to.db('ts').listCollections({ name: 'weather' }).toArray())[0]).toMatchObject({ type: 'timeseries' });
  });
});

describe('a tool that dies in the middle of the pipe', () => {
  async function killDuring(victim: 'mongodump' | 'mongorestore', transport: PipeTransport): Promise<PipedOutcome> {
    const pass = { kind: 'collection', collection: select('bulk', 'bulk direct') } as const;
    let pid = 0;
    return pipe(
      pass,
      {
        graceMs: 2_000,
        onStarted: (tool, started) => {
          if (tool === victim) pid = started;
        },
        onEvent: (event) => {
          if (event.kind === (victim === 'mongodump' ? 'dump-started' : 'restore-started'))
            process.kill(pid, 'SIGKILL');
        },
      },
      transport,
    );
  }

  it.each(['direct', 'through-node'] as const)(
    'the writer: the reader meets the end and says so, %s',
    async (transport) => {
      const outcome = await killDuring('mongodump', transport);
      expect(outcome.from).toMatchObject({ signal: 'SIGKILL' });
      expect(outcome.to).toMatchObject({ kind: 'ended', exitCode: 1 });
    },
  );

  it.each(['direct', 'through-node'] as const)('the reader: the writer does not stay, %s', async (transport) => {
    const outcome = await killDuring('mongorestore', transport);
    expect(outcome.to).toMatchObject({ signal: 'SIGKILL' });
    expect(outcome.from.kind === 'ended' && outcome.from.exitCode !== 0).toBe(true);
  });

  it('both are stopped when the caller says so', async () => {
    const stop = new AbortController();
    const pass = { kind: 'collection', collection: select('bulk', 'bulk direct') } as const;
    const outcome = await pipe(pass, {
      signal: stop.signal,
      graceMs: 3_000,
      onEvent: (event) => {
        if (event.kind === 'restore-started') stop.abort();
      },
    });
    expect(outcome.to).toMatchObject({ kind: 'ended', stopped: true });
    expect(outcome.to.kind === 'ended' && (outcome.to.exitCode !== 0 || outcome.to.signal !== null)).toBe(true);
  });

  it('a tool that is not there is a value, and leaves no process behind', async () => {
    const pass = { kind: 'collection', collection: select('bulk', 'bulk direct') } as const;
    const options = { clock: systemClock, secrets: [], graceMs: 500 };
    const gone = { tool: 'mongorestore', path: '/no/such/tool', argv: [] } as const;
    const readerGone = await runPiped(dumpCommand(pass), gone, options);
    expect(readerGone.to).toEqual({ kind: 'not-started', code: 'ENOENT' });
    expect(readerGone.from.kind).toBe('ended');
    const writerGone = await runPiped({ ...gone, tool: 'mongodump' }, restoreCommand(pass), options);
    expect(writerGone).toEqual({
      from: { kind: 'not-started', code: 'ENOENT' },
      to: { kind: 'not-started', code: 'no-input' },
    });
  });
});

describe('mongoexport piped into mongoimport', () => {
  it('keeps the BSON types by canonical JSON', async () => {
    const { Binary, Decimal128, Double, Int32, Long, ObjectId, Timestamp } = BSON;
    const document = {
      ...{
        _id: 'every type' as never,
        double: new Double(1),
        int: new Int32(1),
        long: Long.fromNumber(1),
        date: new Date(0),
      },
      ...{
        decimal: Decimal128.fromString('1.10'),
        id: new ObjectId(),
        binary: new Binary(Buffer.from('ab'), 5),
        regex: /a/i,
      },
      ...{ timestamp: new Timestamp({ t: 1, i: 2 }), nested: { list: [1, 'two', null] } },
    };
    await from.db('json').collection('dots.and space *').insertOne(document);
    const namespace = { db: 'json', coll: 'dots.and space *' };
    const argv = exportArguments({ connection: { uri: source.uri }, source: namespace, readPreference: 'primary' });
    const importing = importArguments({ connection: { uri: target.uri }, target: namespace, tuning });
    const outcome = await runPiped(
      { tool: 'mongoexport', path: paths.export, argv },
      { tool: 'mongoimport', path: paths.import, argv: importing },
      { clock: systemClock, secrets: [] },
    );
    expectGood(outcome);
    expect(outcome.from).toMatchObject({ summary: { total: { documents: 1 } } });
    expect(outcome.to).toMatchObject({ summary: { total: { documents: 1, failures: 0 } } });
    const raw = async (client: MongoClient) => client.db('json').collection(namespace.coll).findOne({}, { raw: true });
    expect(await raw(to)).toEqual(await raw(from));
  });
});
