import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createConnection } from 'node:net';
import { MongoClient } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { startMongod } from '../support/mongod.js';
import { makeTempFolder } from '../support/temp.js';

describe('the mongod of the tests', () => {
  it('takes connections as soon as it is returned, and is gone after stop', async () => {
    const server = await startMongod();
    const client = new MongoClient(server.uri);
    await client.db('t').collection('c').insertOne({ a: 1 });
    expect(await client.db('t').collection('c').countDocuments()).toBe(1);
    await client.close();
    await server.stop();
    expect(() => process.kill(server.pid, 0)).toThrow();
  });

  it('does not outlive the process that started it, not even when that is killed', async () => {
    const script = `
      import { startMongod } from './test/support/mongod.ts';
      const server = await startMongod();
      process.stdout.write(JSON.stringify({ port: server.port, dbPath: server.dbPath }));
      setInterval(() => undefined, 1000);`;
    const argv = ['--import', 'tsx', '--input-type=module', '--eval', script];
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    const { port, dbPath } = JSON.parse(said.toString()) as { port: number; dbPath: string };
    const connection = createConnection(port, '127.0.0.1');
    await once(connection, 'connect');
    connection.resume();
    const closed = once(connection, 'close');
    child.kill('SIGKILL');
    await closed;
    await expect.poll(() => existsSync(dbPath), { timeout: 10_000 }).toBe(false);
  });

  it('is primary when a replica set is asked for, with a user, and keeps its data over a kill', async () => {
    const folder = await makeTempFolder('mongod-test');
    const auth = { user: 'root', password: 'p@ss:w%rd' };
    const first = await startMongod({ replSet: 'rs', auth, dbPath: folder.path });
    const connect = (uri: string) => new MongoClient(uri, { auth: { username: auth.user, password: auth.password } });
    const client = connect(first.uri);
    expect((await client.db('admin').command({ hello: 1 })).isWritablePrimary).toBe(true);
    await client
      .db('t')
      .collection('c')
      .insertOne({ a: 1 }, { writeConcern: { w: 1, journal: true } });
    await client.close();
    await first.kill();
    await using second = await startMongod({ replSet: 'rs', auth, dbPath: folder.path, port: first.port });
    const again = connect(second.uri);
    expect(await again.db('t').collection('c').countDocuments()).toBe(1);
    await again.close();
    const stranger = new MongoClient(second.uri);
    await expect(stranger.db('t').collection('c').countDocuments()).rejects.toThrow(/auth/i);
    await stranger.close();
    await second.stop();
    await folder.remove();
  });
});
