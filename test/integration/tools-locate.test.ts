import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod, copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TOOLS_VERSION } from '../../src/adapters/tools/build-tools.js';
import { cacheRoot, checkCached, installAtomically } from '../../src/adapters/tools/install-cache.js';
import { locateTool, type LocateOptions } from '../../src/adapters/tools/locate-tool.js';
import { TOOL_NAMES, type ToolLocation } from '../../src/adapters/tools/location.js';
import { runCommand } from '../../src/adapters/tools/run-command.js';
import { findArchive, vendorPlatform } from '../../src/adapters/tools/vendor-tools.js';
import { locationLines } from '../../src/words/tools.js';
import { locateMongod } from '../support/mongod-binary.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';
import { findTestTool } from '../support/tools.js';

let folder: TempFolder;
let real: string;

beforeAll(async () => {
  [folder, real] = await Promise.all([makeTempFolder('locate'), findTestTool('mongodump')]);
});
afterAll(() => folder.remove());

/** A program that says this version and nothing else. */
async function program(path: string, output: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\nprintf '%s\\n' '${output}'\n`);
  await chmod(path, 0o755);
  return path;
}

const fresh = (name: string, env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  MCM_CACHE: join(folder.path, name),
  PATH: join(folder.path, 'nothing'),
  ...env,
});

const locate = (env: NodeJS.ProcessEnv, more: LocateOptions = {}): Promise<ToolLocation> =>
  locateTool('mongodump', { env, mayInstall: false, ...more });

const steps = (location: ToolLocation): string[] => location.tried.map((miss) => `${miss.step} ${miss.reason}`);

describe('finding a tool', () => {
  it('asks the setting first, then the variable, then PATH', async () => {
    const bin = join(folder.path, 'bin');
    const onPath = await program(join(bin, 'mongodump'), 'mongodump version: 100.1.0');
    const named = await program(join(folder.path, 'named'), 'mongodump version: 100.2.0');
    const env = fresh('order', { MCM_MONGODUMP: named, PATH: bin });
    const setting = await locate(env, { settings: { mongodump: real } });
    expect(setting).toMatchObject({ kind: 'found', origin: 'setting', path: real, version: TOOLS_VERSION });
    expect(await locate(env)).toMatchObject({ origin: 'environment', path: named, version: '100.2.0' });
    expect(await locate({ ...env, MCM_MONGODUMP: '' })).toMatchObject({
      origin: 'path',
      path: onPath,
      version: '100.1.0',
    });
  });

  it('passes over what is too old, does not run, says no version or cannot be executed, and keeps the reason', async () => {
    const old = await program(join(folder.path, 'old', 'mongodump'), 'mongodump version: r4.2.8');
    const mute = await program(join(folder.path, 'mute', 'mongodump'), 'hello');
    const broken = await program(join(folder.path, 'broken', 'mongodump'), 'x');
    await writeFile(broken, '#!/bin/sh\necho cannot load library >&2\nexit 127\n');
    const good = await program(join(folder.path, 'good', 'mongodump'), 'mongodump version: 100.5.0');
    const PATH = [old, mute, broken, good].map((path) => dirname(path)).join(':');
    const found = await locate(fresh('reasons', { PATH, MCM_MONGODUMP: '/no/such/file' }), {
      settings: { mongodump: folder.path },
    });
    expect(found).toMatchObject({ kind: 'found', path: good });
    expect(steps(found)).toEqual([
      ...['setting not-executable', 'environment not-there', 'path too-old', 'path no-version', 'path does-not-run'],
    ]);
    const text = locationLines(found).join('\n');
    expect(text).toContain('too old');
    expect(text).toContain('cannot load library');
  });

  it('says everything that was tried, and how to mend it, when there is none', async () => {
    const missing = await locate(fresh('none'), { mayInstall: true, vendorFeed: 'http://127.0.0.1:1/feed.json' });
    expect(missing).toMatchObject({ kind: 'missing', remedy: 'install-database-tools' });
    expect(steps(missing)).toEqual([
      ...['setting not-set', 'environment not-set', 'path not-there', 'cache not-there', 'cache not-there'],
      ...['registry prerequisite-missing', 'vendor install-failed'],
    ]);
    expect(locationLines(missing).join('\n')).toMatch(/MCM_MONGODUMP.*Go 1\.21/s);
    expect(await readdir(cacheRoot(fresh('none')))).toEqual([]);
  });

  it('says for mongod what was tried when neither pip nor a download may be used', async () => {
    const missing = await locateMongod({ env: fresh('no-mongod'), mayInstall: false });
    expect(missing.kind).toBe('missing');
    expect(steps(missing)).toContain('registry switched-off');
    expect(locationLines(missing).join('\n')).toContain('MCM_MONGOD');
  });
});

describe('the cache', () => {
  it('is believed only as long as the checksum is right', async () => {
    const env = fresh('cache');
    const home = join(cacheRoot(env), `database-tools-${TOOLS_VERSION}`);
    const install = async (into: string) => {
      await copyFile(real, join(into, 'mongodump'));
      return { kind: 'installed', files: ['mongodump'] } as const;
    };
    await installAtomically(home, install, () => Promise.resolve(false));
    const path = join(home, 'mongodump');
    expect(await locate(env)).toMatchObject({ kind: 'found', origin: 'cache', path });
    await writeFile(
      path,
      await program(join(folder.path, 'evil'), 'mongodump version: 100.9.5').then((p) => readFile(p)),
    );
    const refused = await locate(env);
    expect(refused.kind).toBe('missing');
    expect(steps(refused)).toContain('cache checksum-mismatch');
    await installAtomically(home, install, async () => (await checkCached(home, 'mongodump')).kind === 'valid');
    expect(await locate(env)).toMatchObject({ kind: 'found', origin: 'cache' });
  });

  it('is where XDG says, or where MCM_CACHE says', () => {
    expect(cacheRoot({ XDG_CACHE_HOME: '/x' })).toBe('/x/mongo-cosmos-migration');
    expect(cacheRoot({ XDG_CACHE_HOME: '/x', MCM_CACHE: '/y' })).toBe('/y');
    expect(cacheRoot({})).toMatch(/\.cache\/mongo-cosmos-migration$/);
  });

  it('ends whole and valid when several install at once, and leaves nothing behind', async () => {
    const home = join(folder.path, 'race', 'thing-1');
    const isValid = async () => (await checkCached(home, 'a')).kind === 'valid';
    const install = (i: number) => async (into: string) => {
      await writeFile(join(into, 'a'), `contents ${i}`);
      return { kind: 'installed', files: ['a'] } as const;
    };
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, i) => installAtomically(home, install(i), isValid)),
    );
    expect(results.every((result) => result.kind === 'installed')).toBe(true);
    expect(await isValid()).toBe(true);
    expect(await readdir(dirname(home))).toEqual(['thing-1']);
    const failing = await installAtomically(`${home}-b`, () => Promise.reject(new Error('disk full')), isValid);
    expect(failing).toEqual({ kind: 'refused', reason: 'install-failed', detail: 'disk full' });
    expect(await readdir(dirname(home))).toEqual(['thing-1']);
  });
});

describe("the vendor's download", () => {
  let server: Server;
  let feed: string;
  let archive: Buffer;
  let sha256: string;

  beforeAll(async () => {
    const top = join(folder.path, 'archive', 'mongodb-database-tools-here');
    for (const name of TOOL_NAMES) await program(join(top, 'bin', name), `${name} version: ${TOOLS_VERSION}`);
    const tgz = join(folder.path, 'tools.tgz');
    const argv = ['-czf', tgz, '-C', dirname(top), 'mongodb-database-tools-here'];
    expect(await runCommand('tar', argv, { timeoutMs: 20_000 })).toMatchObject({ exitCode: 0 });
    archive = await readFile(tgz);
    sha256 = createHash('sha256').update(archive).digest('hex');
    server = createServer((request, response) => {
      if (request.url === '/feed.json') response.end(JSON.stringify(offer(sha256)));
      else if (request.url === '/wrong.json') response.end(JSON.stringify(offer('0'.repeat(64))));
      else if (request.url === '/tools.tgz') response.end(archive);
      else response.writeHead(404).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    feed = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  function offer(checksum: string): unknown {
    const url = `${feed}/tools.tgz`;
    const names = [
      'debian12',
      'debian11',
      'ubuntu2204',
      'amazon2023',
      'rhel93',
      'rhel88',
      'suse15',
      'macos',
      'windows',
    ];
    const downloads = names.flatMap((name) =>
      ['x86_64', 'arm64', 'aarch64'].map((arch) => ({ name, arch, archive: { url, sha256: checksum } })),
    );
    return {
      versions: [
        { version: '1.0.0', downloads: [] },
        { version: TOOLS_VERSION, downloads },
      ],
    };
  }

  it('is taken when its checksum is the published one, and comes from the cache the next time', async () => {
    const env = fresh('vendor');
    const first = await locate(env, { mayInstall: true, vendorFeed: `${feed}/feed.json` });
    expect(first).toMatchObject({ kind: 'found', origin: 'vendor', version: TOOLS_VERSION });
    expect(await locate(env)).toMatchObject({ kind: 'found', origin: 'cache' });
  });

  it('is refused when its checksum is another one, or when there is no such thing', async () => {
    const wrong = await locate(fresh('wrong'), { mayInstall: true, vendorFeed: `${feed}/wrong.json` });
    expect(steps(wrong).at(-1)).toBe('vendor checksum-mismatch');
    const absent = await locate(fresh('absent'), { mayInstall: true, vendorFeed: `${feed}/nothing.json` });
    expect(absent.tried.at(-1)).toMatchObject({ reason: 'install-failed', detail: `${feed}/nothing.json: status 404` });
  });

  it('is chosen by the name that the vendor has for this platform', () => {
    const os = (text: string) => vendorPlatform('linux', 'x64', text)?.name;
    expect(os('ID=debian\nVERSION_ID="12"\n')).toBe('debian12');
    expect(os('ID=ubuntu\nID_LIKE=debian\nVERSION_ID="22.04"\n')).toBe('ubuntu2204');
    expect(os('ID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.3"\n')).toBe('rhel93');
    expect(os('ID="amzn"\nID_LIKE="fedora"\nVERSION_ID="2023"\n')).toBe('amazon2023');
    expect(os('ID=alpine\n')).toBeUndefined();
    expect(vendorPlatform('darwin', 'arm64', '')).toEqual({ name: 'macos', arch: 'arm64' });
    expect(vendorPlatform('win32', 'arm64', '')).toBeUndefined();
    for (const odd of [null, 1, {}, { versions: 'x' }, { versions: [{ version: TOOLS_VERSION, downloads: [{}] }] }]) {
      expect(findArchive(odd, { name: 'macos', arch: 'arm64' })).toBeUndefined();
    }
  });
});
