import { BSON, EJSON, type Document } from 'bson';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indexTranslations } from '../../src/core/assess/index-translations.js';
import type { IndexFacts } from '../../src/core/model/facts.js';
import { createIndexStatement } from '../../src/core/plan/index-script.js';
import { shellLiteral, shellString } from '../../src/core/plan/shell-literal.js';
import { describeTarget } from '../../src/core/plan/target.js';
import { createSpec } from '../../src/engine/prepare/index-spec.js';
import { indexScript } from '../../src/words/index-script.js';
import { shellValue } from '../support/shell.js';
import { MONGODB, of, RU, VCORE } from './assess-builders.js';
import { aCluster, aCollection, anIndex } from './core-builders.js';

/** Without half of a surrogate pair, which BSON cannot hold. */
const isWellFormed = (text: string): boolean => !/\p{Surrogate}/u.test(text);
const name = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
  fc.constantFrom('__proto__', '10', '1', 'constructor', '$or', 'a.b', "it's", '"', '\\', '\n// x', '\u2028', '`${x}`'),
);
const noNull = name.filter((text) => !text.includes('\0') && isWellFormed(text));

const leaf: fc.Arbitrary<unknown> = fc.oneof(
  fc.string({ unit: 'binary' }).filter((text) => isWellFormed(text)),
  fc.boolean(),
  fc.constant(null),
  fc.integer().map((value) => new BSON.Int32(value)),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => BSON.Long.fromBigInt(value)),
  fc.oneof(fc.double(), fc.constantFrom(1, -0, 2 ** 40, NaN)).map((value) => new BSON.Double(value)),
  fc.date({ noInvalidDate: true }),
  fc.constant(BSON.Decimal128.fromString('1.50')),
  fc.uint8Array({ minLength: 12, maxLength: 12 }).map((bytes) => new BSON.ObjectId(bytes)),
  fc
    .tuple(fc.uint8Array(), fc.constantFrom(0, 5, 128))
    .map(([bytes, kind]) => new BSON.Binary(Buffer.from(bytes), kind)),
  fc.tuple(noNull, fc.constantFrom('', 'i', 'im')).map(([pattern, options]) => new BSON.BSONRegExp(pattern, options)),
  fc.tuple(fc.nat(), fc.nat()).map(([t, i]) => new BSON.Timestamp({ t, i })),
  fc.constantFrom(
    new BSON.MinKey(),
    new BSON.MaxKey(),
    new BSON.Code('f()'),
    new BSON.Code('f()', { a: 1 }),
    new BSON.BSONSymbol('s'),
  ),
);
/** Names in a Map, so that `__proto__` is one. */
const value = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('any'), { maxLength: 3 }),
    fc
      .uniqueArray(
        fc.tuple(
          noNull.filter((text) => !text.startsWith('$')),
          tie('any'),
        ),
        { maxLength: 3, selector: ([key]) => key },
      )
      .map((pairs) => new Map(pairs)),
  ),
})).any;

const plainOf = (one: unknown): Document =>
  JSON.parse(
    EJSON.stringify(BSON.deserialize(BSON.serialize({ one }), { promoteValues: false, bsonRegExp: true }), {
      relaxed: false,
    }),
  ) as Document;

describe('a value in a script for mongosh', () => {
  it('is the value of the Extended JSON that it was written from, whatever its type and names', () => {
    fc.assert(
      fc.property(value, (one) => {
        const plain = plainOf(one);
        const read = shellValue(shellLiteral(plain));
        const expected = BSON.serialize(EJSON.deserialize(plain, { relaxed: false }) as Document);
        expect(Buffer.from(BSON.serialize(read as Document)).toString('hex')).toBe(
          Buffer.from(expected).toString('hex'),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('is a string that ends nowhere but at its end, in code and in a comment', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(shellValue(shellString(text))).toBe(text);
        expect(shellValue(`1 // ${shellString(text)}\n`)).toBe(1);
      }),
    );
  });
});

const index: fc.Arbitrary<IndexFacts> = fc.record(
  {
    name: noNull,
    key: fc.uniqueArray(fc.tuple(noNull, fc.constantFrom<number | string>(1, -1, 2.5, 'text', 'hashed')), {
      minLength: 1,
      maxLength: 4,
      selector: ([path]) => path,
    }),
    unique: fc.boolean(),
    sparse: fc.boolean(),
    hidden: fc.boolean(),
    otherOptions: value.map((one) => ({ bits: (plainOf(one) as { one: unknown }).one })),
    expireAfterSeconds: fc.nat(),
    partialFilterExpression: value.map(plainOf),
    collation: fc.constant({ locale: 'fr', strength: { $numberInt: '2' } }),
    wildcardProjection: fc.constant({ a: { $numberInt: '1' } }),
  },
  { requiredKeys: ['name', 'key', 'unique', 'sparse', 'hidden', 'otherOptions'] },
);

describe('the statement of an index', () => {
  it('sends what a migration sends, for every target', () => {
    const kinds = fc.constantFrom('cosmos-ru' as const, 'cosmos-vcore' as const, 'mongodb' as const);
    fc.assert(
      fc.property(index, kinds, noNull, noNull, fc.boolean(), (one, kind, db, coll, collated) => {
        const statement = createIndexStatement({ db, coll }, one, kind, collated);
        const call = statement.replace('db.getSiblingDB(', '((d) => ({ runCommand: (c) => [d, c] }))(').slice(0, -1);
        const [database, command] = shellValue(call) as [string, Document];
        expect(database).toBe(db);
        const expected = { createIndexes: coll, indexes: [createSpec(one, kind, collated)] };
        expect(Buffer.from(BSON.serialize(command)).toString('hex')).toBe(
          Buffer.from(BSON.serialize(expected)).toString('hex'),
        );
      }),
      { numRuns: 300 },
    );
  });
});

describe('the script of indexes', () => {
  const orders = aCollection('shop.orders', {
    shardKey: [['region', 1]],
    indexes: [
      anIndex({ name: 'by_region', key: [['region', 1], ['number', 1]], unique: true }), // prettier-ignore
      anIndex({ name: '_ts_1', key: [['_ts', 1]], expireAfterSeconds: 60 }),
      anIndex({ name: 'it "ends"\n} process.exit() //', key: [['10', 1], ['1', -1]], sparse: true }), // prettier-ignore
      anIndex({ name: 'flat', key: [['at', '2d']] }),
    ],
  });

  it('says of every index what becomes of it, and makes it in its time', () => {
    const input = {
      ...of(RU, orders),
      selection: { include: [], exclude: [], rename: [{ from: 'shop.orders', to: 'store.orders' }] },
    };
    expect(indexScript(indexTranslations(input), RU)).toBe(
      `// Indexes for an Azure Cosmos DB for MongoDB account (RU).
// Run it with mongosh, connected to the target: load("indexes.js"), or mongosh "<connection string>" --file indexes.js
// It stops at the first index that the server refuses. Run it again afterwards: what is made already is left alone.
// A collection that is not there yet is made with the least throughput, 400 RU/s.
{
  // Take a part out of this list to leave it for later.
  const parts = ["before-data", "after-data", "after-verification"];

  // Before the data: unique indexes, while the collections are empty.
  if (parts.includes("before-data")) {
    // "store.orders", on the source "shop.orders"
    // Its shard key, which cannot be changed later.
    {
      const names = db.getSiblingDB("store").getCollectionNames();
      if (!names.includes("orders")) db.getSiblingDB("store").runCommand({ customAction: "CreateCollection", collection: "orders", shardKey: "region" });
    }
    // "by_region": created before the data.
    db.getSiblingDB("store").runCommand({ createIndexes: "orders", indexes: [{ key: { region: 1, number: 1 }, name: "by_region", unique: true }] });
  }

  // After the data.
  if (parts.includes("after-data")) {
    // "store.orders", on the source "shop.orders"
    // "it \\"ends\\"\\n} process.exit() //": created with changes, after the data: the target has no sparse indexes; it covers all documents.
    db.getSiblingDB("store").runCommand({ createIndexes: "orders", indexes: [{ key: new Map([["10", 1], ["1", -1]]), name: "it \\"ends\\"\\n} process.exit() //" }] });
  }

  // Last of all: indexes that delete old documents. Made earlier, they delete what was just copied.
  if (parts.includes("after-verification")) {
    // "store.orders", on the source "shop.orders"
    // "_ts_1": created last of all, after the check, so that nothing expires before it was checked.
    db.getSiblingDB("store").runCommand({ createIndexes: "orders", indexes: [{ key: { _ts: 1 }, name: "_ts_1", expireAfterSeconds: 60 }] });
  }

  // Not made.
  // "store.orders", on the source "shop.orders"
  // "flat": not created: the target has no 2d indexes, only 2dsphere.
}
`,
    );
  });

  it('shards a collection of a sharded MongoDB by its own command, and one of vCore not at all', () => {
    const sharded = describeTarget(aCluster({ topology: 'sharded' }));
    const of1 = (target: typeof RU): string => indexScript(indexTranslations(of(target, orders)), target);
    expect(of1(sharded)).toContain('db.getSiblingDB("admin").runCommand({ enableSharding: "shop" });');
    expect(of1(sharded)).toContain(
      'db.getSiblingDB("admin").runCommand({ shardCollection: "shop.orders", key: { region: 1 } });',
    );
    for (const target of [MONGODB, VCORE]) expect(of1(target)).not.toContain('shard');
  });
});
