import { Decimal128, Int32, Long, ObjectId, BSONRegExp } from 'bson';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNamespace } from '../../src/core/model/namespace.js';
import type { FeatureUse, FieldUse } from '../../src/core/model/usage.js';
import { readCommand, type CommandContext } from '../../src/core/usage/command-shape.js';
import { fieldPath, UsageTally } from '../../src/core/usage/usage-tally.js';

const NS = parseNamespace('shop.orders');

function read(command: unknown, context: Partial<CommandContext> = {}): UsageTally {
  const tally = new UsageTally('log');
  readCommand(command, { db: 'shop', ...context }, tally);
  return tally;
}

/** `stage $match`, `$lookup.from's stage` with its collection where it is another than `orders`. */
const names = (tally: UsageTally, kind?: FeatureUse['kind']): string[] =>
  tally.features
    .filter((use) => kind === undefined || use.kind === kind)
    .map(
      ({ name, ns, count }) =>
        `${name}${ns && ns.coll !== 'orders' ? `@${ns.coll}` : ''}${count > 1 ? ` ${count}` : ''}`,
    )
    .sort();
/** `path e1 o0 u0 s0` of what is not 0. */
const fields = (tally: UsageTally): string[] =>
  tally.fields
    .map((field) => `${field.ns.coll === 'orders' ? '' : `${field.ns.coll}:`}${field.path}${rolesOf(field)}`)
    .sort();
const rolesOf = ({ equality, otherwise, updated, sorted }: FieldUse): string =>
  [` e${equality}`, ` o${otherwise}`, ` u${updated}`, ` s${sorted}`].filter((role) => !role.endsWith('0')).join('');

describe('the shape of a query', () => {
  it('tells fields that are compared with one value from those that are not', () => {
    const filter = {
      customer: new Int32(1),
      state: { $in: ['a', 'b'] },
      total: { $gte: 5, $lt: 9 },
      'items.0.sku': 'x',
      $or: [{ name: 'a' }, { customer: 2 }],
      gone: { $not: { $eq: 1 } },
      lines: { $elemMatch: { price: { $gt: 1 }, kind: 'a' } },
      pattern: new BSONRegExp('^a', 'i'),
      $expr: { $gt: ['$paid', '$$limit'] },
    };
    const tally = read({ find: 'orders', filter });
    expect(fields(tally)).toEqual([
      'customer e1',
      'gone o1',
      'items.sku e1',
      'lines o1',
      'lines.kind o1',
      'lines.price o1',
      'name o1',
      'paid o1',
      'pattern o1',
      'state e1',
      'total o1',
    ]);
    expect(names(tally, 'query-operator')).toEqual(
      ['$elemMatch', '$eq', '$expr', '$gt', '$gte', '$in', '$lt', '$not', '$or', '$regex'].sort(),
    );
    expect(names(tally, 'option')).toEqual(['$regex.options']);
  });

  it('takes values for values, in BSON and in Extended JSON', () => {
    const id = new ObjectId();
    for (const value of [id, { $oid: id.toHexString() }, Long.fromNumber(1), { $numberLong: '1' }, { $date: '2020' }]) {
      const tally = read({ find: 'orders', filter: { customer: value } });
      expect(fields(tally)).toEqual(['customer e1']);
      expect(names(tally, 'query-operator')).toEqual([]);
    }
    const wrapped = { $regularExpression: { pattern: 'secret', options: 'm' } };
    expect(names(read({ find: 'orders', filter: { a: wrapped } }), 'option')).toEqual(['$regex.options']);
  });

  it('tells sorts, by several fields as a whole', () => {
    const sort = { state: { $numberInt: '1' }, at: new Decimal128('-1') };
    const tally = read({ find: 'orders', sort });
    expect(tally.sorts).toEqual([{ ns: NS, key: [['state', 1], ['at', -1]], count: 1 }]); // prettier-ignore
    expect(fields(tally)).toEqual(['at s1', 'state s1']);
    expect(read({ find: 'orders', sort: { state: 1 } }).sorts).toEqual([]);
    expect(names(read({ find: 'orders', sort: { score: { $meta: 'textScore' } } }), 'expression')).toEqual(['$meta']);
  });
});

describe('the shape of a pipeline', () => {
  it('follows sub-pipelines, each into the collection that it reads', () => {
    const tally = read({
      aggregate: 'orders',
      pipeline: [
        { $match: { customer: 1 } },
        { $lookup: { from: 'people', localField: 'customer', foreignField: 'number', as: 'who' } },
        {
          $lookup: {
            from: 'stock',
            let: { sku: '$sku' },
            pipeline: [{ $match: { $expr: { $eq: ['$sku', '$$sku'] }, open: true } }, { $sort: { at: -1, n: 1 } }],
            as: 'stock',
          },
        },
        { $unionWith: { coll: 'archive', pipeline: [{ $match: { customer: 1 } }] } },
        { $facet: { a: [{ $sortByCount: '$x' }], b: [{ $bucket: { groupBy: '$y', boundaries: [1, 2], output: { n: { $sum: 1 } } } }] } },
      ],
    }); // prettier-ignore
    expect(names(tally, 'stage')).toEqual(
      ['$bucket', '$facet', '$lookup 2', '$match', '$match@archive', '$match@stock', '$sort@stock', '$sortByCount', '$unionWith'].sort(),
    ); // prettier-ignore
    expect(names(tally, 'option')).toEqual(['$lookup.let']);
    expect(names(tally, 'accumulator')).toEqual(['$sum']);
    expect(fields(tally)).toEqual(
      ['archive:customer e1', 'customer e1', 'people:number e1', 'stock:at s1', 'stock:n s1', 'stock:open e1', 'stock:sku o1'].sort(),
    ); // prettier-ignore
    expect(tally.sorts.map(({ ns }) => ns.coll)).toEqual(['stock']);
  });

  it('does not take what a stage has made for a field of the collection', () => {
    const pipeline = [
      { $set: { made: { $add: ['$a', 1] } } },
      { $match: { made: 1, kept: 1 } },
      { $sort: { made: 1, kept: 1 } },
      { $group: { _id: '$kept', n: { $sum: 1 } } },
      { $match: { n: 1 } },
      { $sort: { n: 1, _id: 1 } },
    ];
    const tally = read({ aggregate: 'orders', pipeline });
    expect(fields(tally)).toEqual(['kept e1 s1']);
    expect(tally.sorts).toEqual([]);
  });

  it('knows expressions from accumulators, and literals from both', () => {
    const pipeline = [
      { $project: { a: { $cond: [{ $eq: ['$a', ['x']] }, { $literal: { $notAnOperator: 1 } }, '$$CLUSTER_TIME'] } } },
      { $group: { _id: null, top: { $top: { sortBy: { a: 1 }, output: '$a' } } } },
      { $setWindowFields: { sortBy: { a: 1 }, output: { r: { $rank: {}, window: { documents: [-1, 1] } } } } },
    ];
    const tally = read({ aggregate: 'orders', pipeline });
    expect(names(tally, 'expression')).toEqual(['$$CLUSTER_TIME', '$cond', '$eq', '$literal']);
    expect(names(tally, 'accumulator')).toEqual(['$rank', '$top']);
    expect(names(tally, 'option')).toEqual(['comparison.arrayLiteral']);
  });
});

describe('the shape of a write', () => {
  it('tells what an update changes, whichever way it is written', () => {
    const update = {
      $set: { 'address.city': 'x', 'items.0.n': 1, 'items.1.n': 2 },
      $inc: { 'lines.$[late].n': 1 },
      $setOnInsert: { made: 1 },
      $rename: { old: 'new' },
      $push: { log: { $each: [1], $slice: -3, $sort: 1 } },
      $pull: { tags: { $in: ['a'] } },
    };
    const whole = read({
      update: 'orders',
      updates: [{ q: { customer: 1 }, u: update, arrayFilters: [{ 'late.n': 1 }] }],
    });
    const apart = read({ q: { customer: 1 }, u: update, arrayFilters: [{ 'late.n': 1 }] }, { ns: NS });
    for (const tally of [whole, apart]) {
      expect(fields(tally)).toEqual(
        ['address.city u1', 'customer e1', 'items.n u1', 'lines.n u1', 'log u1', 'new u1', 'old u1', 'tags u1'].sort(),
      );
      expect(names(tally, 'update-operator')).toEqual(
        [
          '$set',
          '$inc',
          '$setOnInsert',
          '$rename',
          '$push',
          '$each',
          '$slice',
          '$sort',
          '$pull',
          '$[identifier]',
        ].sort(),
      );
      expect(names(tally, 'option')).toEqual(['arrayFilters']);
      expect(names(tally, 'command')).toEqual(['update']);
    }
    const piped = read({
      update: 'orders',
      updates: [{ q: {}, u: [{ $set: { a: { $add: ['$b', 1] } } }, { $unset: ['c'] }] }],
    });
    expect(fields(piped)).toEqual(['a u1', 'c u1']);
    expect(names(piped, 'option')).toEqual(['update.pipeline']);
    const replaced = read({ update: 'orders', updates: [{ q: { _id: 1 }, u: { a: 1, b: 2 } }] });
    expect(fields(replaced)).toEqual(['_id e1']);
    expect(names(replaced, 'option')).toEqual(['update.replacement']);
  });

  it('tells of a findAndModify that sorts by several fields, and of one that does not', () => {
    const command = (sort: object): object => ({
      findandmodify: 'orders',
      query: { a: 1 },
      sort,
      update: { $inc: { n: 1 } },
    });
    expect(names(read(command({ a: 1, b: 1 })), 'option')).toEqual(['findAndModify.sort']);
    expect(names(read(command({ a: 1 })), 'option')).toEqual([]);
    expect(names(read(command({ a: 1 })), 'command')).toEqual(['findAndModify']);
  });

  it('tells transactions from writes that may be repeated, and write concerns that were asked for', () => {
    const insert = { insert: 'orders', documents: [{ $secret: 1 }], txnNumber: 1 };
    expect(names(read(insert), 'option')).toEqual(['retryableWrite']);
    expect(names(read({ ...insert, autocommit: false }), 'option')).toEqual(['transaction']);
    expect(names(read({ insert: 'orders', writeConcern: { w: 1 } }), 'option')).toEqual(['writeConcern']);
    const implied = { w: 1, provenance: 'implicitDefault' };
    expect(names(read({ insert: 'orders', writeConcern: implied }), 'option')).toEqual([]);
    expect(names(read({ insert: 'orders', writeConcern: { w: 'majority' } }), 'option')).toEqual([]);
  });
});

describe('what is passed over', () => {
  it.each([
    ['what keeps a connection up', { hello: 1 }, {}],
    ['work between servers', { _configsvrMoveChunk: 1 }, {}],
    ['the server own collections', { find: 'system.sessions', filter: { a: 1 } }, { db: 'config' }],
    ['monitoring of the whole server', { aggregate: 1, pipeline: [{ $currentOp: {} }] }, { db: 'admin' }],
    ['what was cut off', { $truncated: "{ find: 'orders' }" }, {}],
    ['what is no command', 'find', {}],
  ] as const)('%s', (_, command, context) => {
    const tally = read(command, context);
    expect([tally.features, tally.fields, tally.sorts]).toEqual([[], [], []]);
  });
});

describe('names', () => {
  it.each([
    ['items.0.sku', 'items.sku'],
    ['items.$.sku', 'items.sku'],
    ['items.$[].n.$[late].m', 'items.n.m'],
    ['0.a', '0.a'],
    ['seen.64abc0ffee64abc0ffee64ab.at', 'seen'],
    ['by.3f2504e0-4f89-11d3-9a0c-0305e82c3301', 'by'],
    ['mail.jo@example.org', 'mail'],
  ])('of %s are %s', (path, kept) => {
    expect(fieldPath(path)).toBe(kept);
  });

  it('fill no more memory than they are given', () => {
    const tally = new UsageTally('log', { features: 3, fields: 3, sorts: 1 });
    for (let i = 0; i < 100; i++) {
      readCommand({ find: `c${i}`, filter: { [`f${i}`]: 1 }, sort: { a: 1, [`g${i}`]: 1 } }, { db: 'shop' }, tally);
    }
    expect([tally.features.length, tally.fields.length, tally.sorts.length]).toEqual([3, 3, 1]);
    expect(tally.leftOut).toBeGreaterThan(300);
  });
});

/** Documents as a server could have them, with operators where they belong and where not. */
const OPERATORS = [
  '$match',
  '$group',
  '$lookup',
  '$and',
  '$expr',
  '$in',
  '$not',
  '$elemMatch',
  '$set',
  '$push',
  '$literal',
];
const anyValue = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null), fc.constant(undefined), fc.bigInt(), fc.date()),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...OPERATORS), fc.string({ maxLength: 8 })), tie('value'), { maxKeys: 4 }),
  ),
})).value;
const COMMANDS = [
  'find',
  'aggregate',
  'update',
  'delete',
  'findAndModify',
  'mapReduce',
  'count',
  'distinct',
  'q',
  'create',
];
const PARTS = ['filter', 'query', 'pipeline', 'sort', 'projection', 'updates', 'deletes', 'update', 'u', 'let', 'fields', 'readConcern', 'writeConcern']; // prettier-ignore
const anyCommand = fc
  .tuple(
    fc.constantFrom(...COMMANDS),
    fc.oneof(fc.constant('orders'), anyValue),
    fc.dictionary(fc.constantFrom(...PARTS), anyValue),
  )
  .map(([name, on, parts]) => ({ [name]: on, ...parts }));

describe('whatever a command is made of', () => {
  it('nothing is thrown, and all counts are whole', () => {
    fc.assert(
      fc.property(fc.oneof(anyCommand, anyValue), (command) => {
        const tally = read(command, { ns: NS });
        for (const { count } of [...tally.features, ...tally.sorts])
          expect(Number.isInteger(count) && count > 0).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('none of its values is kept', () => {
    // Values that cannot come about by themselves, in every place where a value may stand.
    const canary = 'Zq7-canary';
    const poisoned = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom<unknown>(canary, `${canary} and more`, `$$${canary} x`, { $oid: canary }, { $regularExpression: { pattern: canary, options: canary } }),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...OPERATORS, 'a', 'b.c'), tie('value'), { maxKeys: 4 }),
      ),
    })).value; // prettier-ignore
    const command = fc
      .tuple(fc.constantFrom(...COMMANDS), fc.dictionary(fc.constantFrom(...PARTS), poisoned))
      .map(([name, parts]) => ({ [name]: 'orders', ...parts }));
    fc.assert(
      fc.property(command, (document) => {
        const tally = read(document, { ns: NS });
        // A collection is named by a value; it is a name for all that.
        const kept = JSON.stringify([tally.features, tally.fields, tally.sorts]).replaceAll(/"coll":"[^"]*"/g, '');
        expect(kept).not.toContain('canary');
      }),
      { numRuns: 2000 },
    );
  });
});
