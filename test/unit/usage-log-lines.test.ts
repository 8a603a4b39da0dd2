import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogTally } from '../../src/core/usage/log-lines.js';
import { withLogs } from '../../src/core/usage/merge-usage.js';
import { parseShellDocument } from '../../src/core/usage/shell-text.js';
import { aUsage } from './usage-builders.js';

function read(...lines: readonly string[]): LogTally {
  const log = new LogTally();
  for (const line of lines) log.add(line);
  return log;
}

const slow = (attr: object): string =>
  JSON.stringify({
    t: { $date: '2024-01-01T00:00:00Z' },
    s: 'I',
    c: 'COMMAND',
    id: 51803,
    ctx: 'conn1',
    msg: 'Slow query',
    attr,
  });
const use = ({ kind, name }: { kind: string; name: string }): string => `${kind} ${name}`;

describe('lines of a log', () => {
  it('of a structured log are read', () => {
    const command = { find: 'orders', filter: { a: 1 }, $db: 'shop' };
    const log = read(
      slow({ type: 'command', ns: 'shop.orders', appName: 'webshop', command }),
      slow({ type: 'update', ns: 'shop.orders', command: { q: { a: 1 }, u: { $set: { b: 1 } }, multi: false } }),
      slow({ type: 'command', ns: 'shop.$cmd', command: { update: 'orders', txnNumber: 1 } }),
      slow({ type: 'command', ns: 'shop.orders', appName: 'mongo-cosmos-migration', command: { aggregate: 'orders', pipeline: [{ $indexStats: {} }] } }),
      JSON.stringify({ t: {}, s: 'I', c: 'NETWORK', id: 51800, msg: 'client metadata', attr: { doc: { driver: { name: 'PyMongo', version: '3.5' }, application: { name: 'jobs' } } } }),
      JSON.stringify({ t: {}, s: 'I', c: 'STORAGE', id: 1, msg: 'Checkpoint', attr: {} }),
    ); // prettier-ignore
    expect([log.lines, log.operations, log.unreadable]).toEqual([6, 2, 0]);
    // The statement and its command are one update.
    expect(log.tally.features.map((one) => `${use(one)} ${one.count}`)).toEqual([
      'command find 1',
      'command update 1',
      'update-operator $set 1',
      'option retryableWrite 1',
    ]);
    expect(log.clients.uses).toEqual([{ driver: 'PyMongo', version: '3.5', connections: 1, application: 'jobs' }]);
  });

  it('of the plain form before 4.4 are read', () => {
    const at = '2019-05-06T07:08:09.123+0000 I ';
    const log = read(
      `${at} COMMAND  [conn12] command shop.orders appName: "web \\"shop\\"" command: aggregate { aggregate: "orders", pipeline: [ { $match: { state: "a }", at: { $gt: new Date(1) }, id: ObjectId('5c'), re: /a\\/b/i } }, { $bucket: { groupBy: "$n", boundaries: [ 0.0, 5.0 ] } } ], cursor: {}, lsid: { id: UUID("1-2") }, $db: "shop" } planSummary: COLLSCAN keysExamined:0 protocol:op_msg 103ms`,
      `${at} WRITE    [conn12] update shop.orders command: { q: { a: 1.0 }, u: { $set: { b.c: BinData(0, 00FF) } }, multi: false, upsert: false } planSummary: IXSCAN 5ms`,
      `${at} NETWORK  [conn13] received client metadata from 10.0.0.1:50000 conn13: { driver: { name: "mongo-java-driver", version: "3.4.2" }, os: { type: "Linux" } }`,
      `${at} STORAGE  [thread1] createCollection: shop.orders`,
      `${at} COMMAND  [conn12] command shop.orders command: find { find: "orders", filter: { a: "cut off ...`,
    ); // prettier-ignore
    expect([log.lines, log.operations, log.unreadable]).toEqual([5, 2, 1]);
    expect(log.tally.features.map(use)).toEqual(
      expect.arrayContaining(['stage $bucket', 'query-operator $gt', 'option $regex.options', 'update-operator $set']),
    );
    expect(log.tally.fields.map(({ path }) => path).sort()).toEqual(['a', 'at', 'b.c', 'id', 're', 'state']);
    expect(log.clients.uses).toEqual([{ driver: 'mongo-java-driver', version: '3.4.2', connections: 1 }]);
  });

  it('that are none are counted, and end nothing', () => {
    const log = read(
      '',
      '   ',
      'hello',
      '{"t":{},"msg":"Slow query","attr":{',
      '{"t": cut',
      slow({ ns: 5, command: [] }),
    );
    expect([log.lines, log.operations, log.unreadable]).toEqual([4, 0, 3]);
  });

  it('whatever they hold, nothing is thrown', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      ': ',
      ', ',
      '/',
      '\\',
      '(',
      ')',
      '$a',
      '1',
      'new Date(',
      ' ',
    );
    const text = fc
      .array(fc.oneof(pieces, fc.string({ maxLength: 4 })), { maxLength: 40 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (body) => {
        parseShellDocument(`{${body}`);
        const log = read(
          `2019-05-06T07:08:09.123+0000 I  COMMAND  [conn1] command a.b command: find {${body}`,
          `{"msg":"Slow query",${body}`,
          body,
        );
        expect(log.lines).toBeGreaterThanOrEqual(2);
      }),
      { numRuns: 2000 },
    );
  });

  it('add to what else is known of the use, or are all that is known', () => {
    const client = { driver: 'nodejs', version: '6.0.0', connections: 3 };
    const log = read(slow({ ns: 'shop.orders', command: { find: 'orders', filter: { a: 1 } } }));
    const reading = {
      ...{ lines: 1, operations: log.operations, unreadable: 0, leftOut: 0, gaps: [] },
      ...{ features: log.tally.features, fields: log.tally.fields, sorts: log.tally.sorts },
      clients: [client, { ...client, version: '5.0.0' }],
    };
    const known = aUsage({
      clients: [{ ...client, connections: 9 }],
      looked: { profiled: 1, logged: 0, oplogEntries: 2 },
    });
    const both = withLogs(known, reading, 'unused');
    expect(both.clients.map(({ version, connections }) => [version, connections])).toEqual([['6.0.0', 9], ['5.0.0', 3]]); // prettier-ignore
    expect(both.looked).toEqual({ profiled: 1, logged: 1, oplogEntries: 2 });
    expect(both.readAt).toBe(known.readAt);
    const alone = withLogs(undefined, reading, '2026-01-01T00:00:00.000Z');
    expect([alone.readAt, alone.features.length, alone.gaps.map(({ reason }) => reason)]).toEqual(['2026-01-01T00:00:00.000Z', 1, ['not-asked']]); // prettier-ignore
  });
});
