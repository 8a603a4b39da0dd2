import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli, type Cli, type RunningCli } from '../support/cli.js';
import { someDocuments, startMigrationPair, type MigrationPair } from '../support/migration-pair.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';
import { findTestTool } from '../support/tools.js';

let cli: Cli;
let pair: MigrationPair;
let folder: TempFolder;

beforeAll(async () => {
  cli = await buildCli('relay');
  pair = await startMigrationPair('relay-password', { ruPerSecond: 2000 });
  folder = await makeTempFolder('cli-relay');
});

afterAll(async () => {
  await folder.remove();
  await pair.stop();
  await cli.remove();
});

async function startRelay(...more: readonly string[]): Promise<{ running: RunningCli; address: string }> {
  const env = { MCM_TARGET_URI: pair.target.secretUri };
  const running = await cli.start(['relay', ...more], { cwd: folder.path, env });
  await running.waitFor('Ctrl-C ends the relay.');
  const address = /address\s+(\S+)/.exec(running.text())?.[1] ?? '';
  expect(address).toMatch(/^mongodb:\/\/mover@127\.0\.0\.1:\d+\//);
  expect(running.text()).not.toContain('relay-password');
  return { running, address };
}

const withPassword = (address: string): string => address.replace('mover@', 'mover:relay-password@');

/** Ends it as a user does. */
async function stop(running: RunningCli) {
  running.child.kill('SIGINT');
  return running.ended;
}

describe('the relay for any other tool', () => {
  it('makes mongoimport throttle-safe, and tells exactly what arrived', async () => {
    const { running, address } = await startRelay();
    const file = join(folder.path, 'documents.json');
    await writeFile(
      file,
      someDocuments(1500)
        .map((d) => JSON.stringify(d))
        .join('\n'),
    );
    const config = join(folder.path, 'config.yaml');
    await writeFile(config, 'password: relay-password\n', { mode: 0o600 });
    const args = ['--uri', address, '--config', config, '--db=tools', '--collection=imported', '--file', file];
    const tool = spawn(await findTestTool('mongoimport'), [...args, '--numInsertionWorkers=4'], { stdio: 'ignore' });
    const [status] = (await once(tool, 'close')) as [number];
    expect(status).toBe(0);
    const { code, stdout } = await stop(running);
    expect(stdout).toMatch(/tools\.imported\s+1,500/);
    expect(stdout).toContain('no document was lost to throttling');
    expect(code).toBe(0);
    expect(await pair.backendClient.db('tools').collection('imported').countDocuments()).toBe(1500);
    expect(await readdir(folder.path)).not.toContain('dead-letters');
  });

  it('keeps what the target refuses for good, and says so: status 3', async () => {
    const { running, address } = await startRelay('--dead-letters', 'refused', '--json');
    const client = await MongoClient.connect(withPassword(address));
    const large = { _id: 'large', text: 'x'.repeat(3 * 1024 * 1024) };
    const mixed = client.db('tools').collection<{ _id: string }>('mixed');
    // An error that the tools go on after: they count the document as failed.
    await expect(mixed.insertMany([large, { _id: 'small' }], { ordered: false })).rejects.toMatchObject({ code: 121 });
    await client.close();
    const { code, stdout } = await stop(running);
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string });
    expect(events[0]).toMatchObject({ event: 'listening' });
    expect(events.at(-1)).toMatchObject({
      event: 'end',
      exitCode: 3,
      counters: [{ ns: 'tools.mixed', acknowledged: 1, deadLettered: 1 }],
    });
    expect(code).toBe(3);
    expect((await readdir(join(folder.path, 'refused'))).some((name) => name.endsWith('.bson'))).toBe(true);
  });

  it('tells a tool of a duplicate as the server would', async () => {
    await pair.backendClient
      .db('tools')
      .collection('twice')
      .insertOne({ _id: 1, mine: true } as never);
    const { running, address } = await startRelay();
    const client = await MongoClient.connect(withPassword(address));
    await expect(
      client
        .db('tools')
        .collection('twice')
        .insertOne({ _id: 1 } as never),
    ).rejects.toMatchObject({ code: 11000 });
    await client.close();
    await stop(running);
    expect(
      await pair.backendClient
        .db('tools')
        .collection('twice')
        .findOne({ _id: 1 } as never),
    ).toMatchObject({ mine: true });
  });

  it('says which port it could not have', async () => {
    const taken = createServer();
    taken.listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const env = { MCM_TARGET_URI: pair.target.secretUri };
    const { code, stderr } = await cli.run(['relay', '--port', String(port)], { cwd: folder.path, env });
    taken.close();
    expect(code).toBe(1);
    expect(stderr).toContain(String(port));
  });
});
