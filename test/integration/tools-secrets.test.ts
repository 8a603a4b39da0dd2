import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/system-clock.js';
import { dumpArguments } from '../../src/adapters/tools/command-lines.js';
import type { ToolEvent } from '../../src/adapters/tools/output-parser.js';
import { sweepStaleConfigs, writePrivateConfig } from '../../src/adapters/tools/private-config.js';
import { cleanEnvironment, runTool, type ToolOutcome } from '../../src/adapters/tools/run-tool.js';
import { toolUri } from '../../src/adapters/tools/tool-uri.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';
import { findTestTool } from '../support/tools.js';

const ODD_PASSWORDS = [
  ...[
    '#%, @:"\\\'ä空',
    ' leading and trailing ',
    '# comment',
    '%41%',
    '- a list',
    '{a: b}',
    '!tag',
    '&anchor *alias',
    '""',
    "''",
  ],
  ...[
    '\\n',
    'null',
    'yes',
    '1e3',
    '𠀀',
    '@/?&=+',
    '$HOME `id` $(id)',
    '\\u0041',
    'key: value',
    '???',
    'mongodb://a:b@c',
  ],
];

let server: RunningMongod;
let folder: TempFolder;
let mongodump: string;

beforeAll(async () => {
  [server, folder, mongodump] = await Promise.all([
    startMongod({ auth: { user: 'root', password: 'root' } }),
    makeTempFolder('secrets'),
    findTestTool('mongodump'),
  ]);
  const client = new MongoClient(server.uri, { auth: { username: 'root', password: 'root' } });
  for (const [i, pwd] of ODD_PASSWORDS.entries()) {
    await client.db('admin').command({ createUser: `user ${i}`, pwd, roles: ['root'] });
  }
  await client.db('shop').collection('orders').insertOne({ a: 1 });
  await client.close();
});

afterAll(async () => {
  await server.stop();
  await folder.remove();
});

const pass = {
  kind: 'collection',
  collection: { source: { db: 'shop', coll: 'orders' }, target: { db: 'shop', coll: 'orders' }, type: 'collection' },
} as const;

async function dump(connectionString: string): Promise<{ outcome: ToolOutcome; printed: string; argv: string[] }> {
  const { uri, password = '' } = toolUri(connectionString);
  const config = await writePrivateConfig(join(folder.path, 'private'), password);
  try {
    // A login that fails is tried again until this is over.
    const connection = { uri, configFile: config.path, serverSelectionSeconds: 3 };
    const argv = dumpArguments({ connection, pass, readPreference: 'primary', parallelCollections: 1 });
    const events: ToolEvent[] = [];
    const onEvent = (event: ToolEvent) => void events.push(event);
    const command = { tool: 'mongodump', path: mongodump, argv } as const;
    const outcome = await runTool(command, { clock: systemClock, secrets: [password], onEvent });
    return { outcome, printed: JSON.stringify([events, outcome]), argv };
  } finally {
    await config.remove();
  }
}

describe('a password for a tool', () => {
  it.each(ODD_PASSWORDS.map((password, i) => ({ password, user: `user ${i}` })))(
    'arrives as it is: $password',
    async ({ password, user }) => {
      const credentials = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
      const { outcome, argv } = await dump(server.uri.replace('//', `//${credentials}@`));
      expect(outcome).toMatchObject({ kind: 'ended', exitCode: 0, summary: { documents: 1 } });
      expect(argv.join('\n')).not.toContain(password);
      expect(await readdir(join(folder.path, 'private'))).toEqual([]);
    },
  );

  it('is not printed when the tool cannot connect or log in', async () => {
    const secret = 'a-very-secret-password';
    const refused = await dump(server.uri.replace('//', `//root:${secret}@`));
    expect(refused.outcome).toMatchObject({ kind: 'ended', exitCode: 1 });
    expect(refused.printed).toContain('auth');
    const nobody = await dump(`mongodb://root:${secret}@127.0.0.1:1/?serverSelectionTimeoutMS=30000`);
    expect(nobody.outcome).toMatchObject({ kind: 'ended', exitCode: 1 });
    expect(nobody.printed).toContain('127.0.0.1:1');
    for (const { printed } of [refused, nobody]) expect(printed).not.toContain(secret);
  });

  it('does not reach a tool by the environment', () => {
    const env = { PATH: '/bin', HOME: '/home/hush-hush', MONGODB_PASSWORD: 'x', LANG: 'C', npm_config_token: 'y' };
    expect(cleanEnvironment(env, ['hush-hush'])).toEqual({ PATH: '/bin', LANG: 'C' });
  });
});

describe('the private file', () => {
  it('is for its owner only, holds the password only, and names its process', async () => {
    const path = join(folder.path, 'modes');
    const config = await writePrivateConfig(path, 'p: "q"');
    expect((await stat(path)).mode & 0o777).toBe(0o700);
    expect((await stat(config.path)).mode & 0o777).toBe(0o600);
    expect(await readFile(config.path, 'utf8')).toBe('password: "p: \\"q\\""\n');
    expect(config.path).toContain(`-${process.pid}-`);
    await config.remove();
    await config.remove();
    expect(await readdir(path)).toEqual([]);
  });

  it('is swept away when its process is gone or its pid is another one now, and kept while it runs', async () => {
    const path = join(folder.path, 'sweep');
    const kept = await writePrivateConfig(path, 'mine');
    const child = spawn(process.execPath, ['-e', '']);
    const { pid } = child;
    await once(child, 'exit');
    await writeFile(join(path, `tool-config-${pid}-0-00ff.yaml`), 'password: "gone"\n');
    await writeFile(join(path, 'something-else.yaml'), 'not ours\n');
    const reused = process.platform === 'linux';
    if (reused) await writeFile(join(path, `tool-config-${process.pid}-1-00ff.yaml`), 'password: "older"\n');
    expect(await sweepStaleConfigs(path)).toBe(reused ? 2 : 1);
    expect(await readdir(path)).toHaveLength(2);
    expect(await readFile(kept.path, 'utf8')).toContain('mine');
    expect(await sweepStaleConfigs(join(folder.path, 'no such folder'))).toBe(0);
  });
});
