import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  displayCommand,
  dumpArguments,
  exportArguments,
  importArguments,
  restoreArguments,
} from '../../src/adapters/tools/command-lines.js';
import { exactPattern, renamePattern } from '../../src/adapters/tools/namespace-patterns.js';
import { planPasses, type SelectedCollection } from '../../src/adapters/tools/passes.js';
import { toolUri } from '../../src/adapters/tools/tool-uri.js';

const tuning = { batchSize: 24, insertionWorkers: 4, parallelCollections: 2 };
const connection = { uri: 'mongodb://u@127.0.0.1:1/', configFile: '/run/c.yaml' };
const collection = (db: string, coll: string, more: Partial<SelectedCollection> = {}): SelectedCollection => ({
  source: { db, coll },
  target: { db, coll },
  type: 'collection',
  ...more,
});

describe('command lines', () => {
  it('dump and restore several collections of one database, with a rename', () => {
    const renamed = collection('shop', 'a*b\\c', { target: { db: 'store', coll: 'd' } });
    const { passes } = planPasses(
      [collection('shop', 'orders'), renamed],
      new Map([['shop', ['orders', 'a*b\\c', 'old', '"q"']]]),
    );
    expect(passes).toHaveLength(1);
    const [pass] = passes;
    if (!pass) throw new Error('no pass');
    expect(dumpArguments({ connection, pass, readPreference: 'secondaryPreferred', parallelCollections: 2 })).toEqual([
      ...['--uri=mongodb://u@127.0.0.1:1/', '--config=/run/c.yaml', '--dialTimeout=20', '--db=shop'],
      ...['--excludeCollection=old', '--excludeCollection="\\"q\\""', '--excludeCollection=system.js'],
      ...['--readPreference=secondaryPreferred', '--numParallelCollections=2', '--archive'],
    ]);
    expect(restoreArguments({ connection, pass, tuning })).toEqual([
      ...['--uri=mongodb://u@127.0.0.1:1/', '--config=/run/c.yaml', '--dialTimeout=20'],
      ...['--nsInclude=shop.orders', '--nsInclude=shop.a\\*b\\\\c', '--nsFrom=shop.a\\*b\\\\c', '--nsTo=store.d'],
      ...['--noIndexRestore', '--noOptionsRestore', '--numParallelCollections=2'],
      ...['--numInsertionWorkersPerCollection=4', '--batchSize=24', '--archive'],
    ]);
  });

  it('let mongorestore make a time-series collection itself, since it refuses one that is there', () => {
    const pass = { kind: 'collection', collection: collection('shop', 'ts', { type: 'timeseries' }) } as const;
    const argv = restoreArguments({ connection, pass, tuning, bypassDocumentValidation: true });
    expect(argv).not.toContain('--noOptionsRestore');
    expect(argv).toContain('--bypassDocumentValidation');
  });

  it('export and import canonical JSON', () => {
    expect(exportArguments({ connection, source: { db: 'a', coll: 'b' }, readPreference: 'primary' })).toEqual([
      ...['--uri=mongodb://u@127.0.0.1:1/', '--config=/run/c.yaml', '--dialTimeout=20', '--db=a', '--collection=b'],
      ...['--readPreference=primary', '--type=json', '--jsonFormat=canonical'],
    ]);
    expect(
      importArguments({ connection, target: { db: 'a', coll: 'b' }, tuning, mode: 'upsert', file: 'x.json' }),
    ).toEqual([
      ...[
        '--uri=mongodb://u@127.0.0.1:1/',
        '--config=/run/c.yaml',
        '--dialTimeout=20',
        '--db=a',
        '--collection=b',
        '--type=json',
      ],
      ...['--mode=upsert', '--numInsertionWorkers=4', '--batchSize=24', '--file=x.json'],
    ]);
  });

  it('export CSV with its fields, and import it with what its header says', () => {
    const fields = ['_id', 'day', 'total'];
    const exporting = exportArguments({
      connection,
      source: { db: 'a', coll: 'b' },
      readPreference: 'secondary',
      format: { kind: 'csv', fields },
      file: '/files/a.b.csv.part',
    });
    expect(exporting.slice(-4)).toEqual([
      '--readPreference=secondary',
      '--type=csv',
      '--fields=_id,day,total',
      '--out=/files/a.b.csv.part',
    ]);
    const target = { db: 'a', coll: 'b' };
    const csv = importArguments({ connection, target, tuning, format: 'csv', hasTypes: true });
    expect(csv).toEqual(expect.arrayContaining(['--type=csv', '--headerline', '--ignoreBlanks', '--columnsHaveTypes']));
    expect(csv).toContain('--mode=insert');
    const array = importArguments({ connection, target, tuning, isArray: true, bypassDocumentValidation: true });
    expect(array).toEqual(expect.arrayContaining(['--type=json', '--jsonArray', '--bypassDocumentValidation']));
    expect(importArguments({ connection, target, tuning }).join(' ')).not.toMatch(/jsonArray|headerline|drop|upsert/);
  });

  it('never hide errors, drop collections or carry a secret, whatever is asked', () => {
    const name = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(name, name, fc.constantFrom('collection', 'timeseries'), (from, to, type) => {
        const one = collection('db', from, { target: { db: 'db2', coll: to }, type });
        const { passes, refused } = planPasses([one], new Map([['db', [from]]]));
        expect(passes.length + refused.length).toBe(1);
        for (const pass of passes) {
          const argv = [
            ...dumpArguments({ connection, pass, readPreference: 'primary', parallelCollections: 1 }),
            ...restoreArguments({ connection, pass, tuning }),
          ];
          const names = argv.map((argument) => argument.replace(/=.*/s, ''));
          for (const never of ['--drop', '--preserveUUID', '--oplogReplay', '--writeConcern', '--password']) {
            expect(names).not.toContain(never);
          }
        }
      }),
    );
  });

  it('are shown so that bash reads the same arguments again', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme' }).filter((text) => !/[\0\ud800-\udfff]/.test(text))),
        (argv) => {
          const words = ['first', ...argv.map((text) => `=${text}`)];
          const shown = displayCommand('printf', ['%s\\0', ...words]);
          const options = { encoding: 'utf8', env: { LC_ALL: 'C.UTF-8' } } as const;
          expect(execFileSync('bash', ['--norc', '-c', shown], options)).toBe(
            words.map((word) => `${word}\0`).join(''),
          );
        },
      ),
      { numRuns: 40 },
    );
  });

  it('are shown without a password that a user put into a connection string', () => {
    expect(displayCommand('mongodump', ['--uri=mongodb://u:geheim@h/'])).not.toContain('geheim');
  });
});

describe('passes', () => {
  it('give a collection with a dollar, a time series and a lone collection a pass of their own', () => {
    const selected = [
      ...[collection('a', 'x'), collection('a', 'y'), collection('a', 'with$dollar')],
      ...[
        collection('a', 'ts', { type: 'timeseries' }),
        collection('b', 'only'),
        collection('a', 'v', { type: 'view' }),
      ],
    ];
    const present = new Map([
      ['a', ['x', 'y', 'with$dollar', 'ts', 'v', 'other']],
      ['b', ['only', 'more']],
    ]);
    const { passes, refused } = planPasses(selected, present);
    expect(passes.map((pass) => (pass.kind === 'database' ? pass.excluded : pass.collection.source.coll))).toEqual([
      ['ts', 'v', 'other', 'system.js'],
      'only',
      'with$dollar',
      'ts',
    ]);
    expect(refused.map((refusal) => refusal.why)).toEqual(['view']);
  });

  it('fall back to one pass per collection when the names do not fit into a command line', () => {
    const names = Array.from({ length: 1_000 }, (_, i) => `collection_${i}`);
    const selected = names.slice(0, 500).map((name) => collection('a', name));
    const present = new Map([['a', names]]);
    expect(planPasses(selected, present, 100_000).passes).toHaveLength(1);
    expect(planPasses(selected, present, 10_000).passes).toHaveLength(500);
  });
});

describe('names in the patterns of mongorestore', () => {
  it('escape stars and backslashes', () => {
    expect(exactPattern({ db: 'a', coll: 'b*\\c' })).toBe('a.b\\*\\\\c');
  });

  it('rename a dollar name by a variable, and refuse what the tool cannot write', () => {
    const ns = (coll: string, db = 'a') => ({ db, coll });
    expect(renamePattern(ns('b'), ns('b'))).toEqual({ kind: 'none' });
    expect(renamePattern(ns('b$c'), ns('d'))).toEqual({ kind: 'pattern', from: '$db$.$coll$', to: 'a.d' });
    expect(renamePattern(ns('b$c'), ns('b$c', 'z'))).toEqual({ kind: 'pattern', from: '$db$.$coll$', to: 'z.$coll$' });
    expect(renamePattern(ns('b'), ns('d$e'))).toEqual({ kind: 'impossible' });
  });
});

describe('the connection string for a tool', () => {
  it('has no password and no database, and keeps where the user is', () => {
    expect(
      toolUri('mongodb://u:p%40ss@h:1,i:2/shop?replicaSet=rs&readPreference=secondary&serverSelectionTimeoutMS=5000'),
    ).toEqual({
      uri: 'mongodb://u@h:1,i:2/?replicaSet=rs&authSource=shop',
      password: 'p@ss',
    });
    expect(toolUri('mongodb://u:x@h').uri).toBe('mongodb://u@h/?authSource=admin');
    expect(toolUri('mongodb://h/?authMechanism=MONGODB-X509&tls=true').uri).not.toContain('authSource');
    expect(toolUri('mongodb+srv://cluster.example/shop').uri).toBe('mongodb+srv://cluster.example/');
    expect(toolUri('mongodb://u:x@h/shop?authSource=admin').uri).toBe('mongodb://u@h/?authSource=admin');
  });
});
