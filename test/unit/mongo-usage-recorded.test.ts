import { describe, expect, it } from 'vitest';
import { connect } from '../../src/adapters/mongo/connect.js';
import { parseConnectionString } from '../../src/adapters/mongo/connection-string.js';
import { readUsage } from '../../src/adapters/mongo/read-usage.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import type { SourceUsage } from '../../src/core/model/usage.js';
import { RECORDINGS, startRecordedServer, type Recording } from '../support/recorded-server.js';

const refused = (command: string): object => ({
  ok: 0,
  code: 115,
  codeName: 'CommandNotSupported',
  errmsg: `Command '${command}' not supported.`,
});
const rows = (firstBatch: readonly object[]): object => ({ cursor: { id: 0, ns: 'admin.$cmd', firstBatch }, ok: 1 });

async function read(recording: Recording): Promise<{ usage: SourceUsage; commands: string[]; gaps: string[] }> {
  await using server = await startRecordedServer(recording);
  await using cluster = await connect({
    connectionString: parseConnectionString(`mongodb://127.0.0.1:${server.port}/`),
    clock: systemClock,
  });
  const before = server.commands.length;
  const usage = await readUsage(cluster);
  const commands = server.commands.slice(before).filter((name) => !/^(hello|ismaster|isMaster|ping)$/.test(name));
  return { usage, commands, gaps: usage.gaps.map(({ purpose, reason }) => `${purpose} ${reason}`) };
}

describe('the use of other sources', () => {
  it('vCore refuses its counters: a gap, and what it does tell is there', async () => {
    const { usage, commands, gaps } = await read({
      ...RECORDINGS['cosmos-vcore'],
      serverStatus: refused('serverStatus'),
      top: refused('top'),
      hostInfo: { system: { numCores: 2 }, ok: 1 },
      aggregate: rows([]),
      usersInfo: { users: [{ user: 'a' }, { user: 'b' }], ok: 1 },
    });
    expect(commands).toEqual(['serverStatus', 'top', 'hostInfo', 'aggregate', 'usersInfo']);
    expect(gaps).toEqual([
      'server-counters not-supported',
      'namespace-rates not-supported',
      'oplog-window not-supported',
      'profiler not-asked',
    ]);
    expect(usage).toMatchObject({ users: 2, machine: { logicalCores: 2 }, features: [], openChangeStreams: 0 });
  });

  it('an RU account knows next to nothing of it', async () => {
    const { usage, gaps } = await read(RECORDINGS['cosmos-ru-4.2']);
    expect(gaps).toEqual([
      'server-counters not-supported',
      'namespace-rates not-supported',
      'machine not-supported',
      'oplog-window not-supported',
      'clients not-supported',
      'users not-supported',
      'profiler not-asked',
    ]);
    expect(usage.features).toEqual([]);
  });

  it('a router has counters and shards, and no machine, oplog or namespaces of its own', async () => {
    const { usage, commands, gaps } = await read({
      ...RECORDINGS['mongodb-sharded'],
      serverStatus: {
        process: 'mongos',
        uptime: 10,
        opcounters: { insert: 20, query: 0, update: 0, delete: 0, getmore: 0, command: 5 },
        metrics: { aggStageCounters: { $graphLookup: 3 } },
        ok: 1,
      },
      listShards: { shards: [{ _id: 'a' }, { _id: 'b' }], ok: 1 },
      aggregate: rows([{ connectionId: 1, clientMetadata: { driver: { name: 'PyMongo', version: '4.6.0' } } }]),
      usersInfo: { users: [], ok: 1 },
    });
    expect(commands).toEqual(['serverStatus', 'listShards', 'aggregate', 'usersInfo']);
    expect(gaps).toEqual([
      'namespace-rates not-supported',
      'machine not-supported',
      'oplog-window not-supported',
      'profiler not-asked',
    ]);
    expect(usage).toMatchObject({ countersOf: 'router', shards: 2, rates: { insert: 2 } });
    expect(usage.features.map(({ name, count }) => `${name} ${count}`)).toEqual(['$graphLookup 3']);
    expect(usage.clients).toEqual([{ driver: 'PyMongo', version: '4.6.0', connections: 1 }]);
  });
});
