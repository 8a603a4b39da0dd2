/** Bundles what is shipped: the extension, its adapters, the runner (the command line) and the webview pages. */
import { createHash } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions, type Plugin } from 'esbuild';
import { bundleWebview } from './bundle-webview.js';
import { planValidator } from './plan-validator.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = join(ROOT, 'dist');

/** Native or optional peers that the driver asks for only when they are used; they are not ours to ship. */
const OPTIONAL_PEERS = [
  ...['kerberos', 'mongodb-client-encryption', '@mongodb-js/zstd', 'snappy', 'socks', 'aws4', 'gcp-metadata'],
  '@aws-sdk/credential-providers',
];

/**
 * The connection-string package brings a URL of its own, with tables of all names in the world (a sixth of the bundle, read at each start). Node's follows the same standard;
 * that both read connection strings alike is tested.
 */
export const platformUrl: Plugin = {
  name: 'platform-url',
  setup(building) {
    building.onResolve({ filter: /^whatwg-url$/ }, ({ path }) => ({ path, namespace: 'platform-url' }));
    building.onLoad({ filter: /.*/, namespace: 'platform-url' }, () => ({
      contents: 'export const { URL, URLSearchParams } = globalThis;',
    }));
  },
};

const OLDER_DRIVER = 'older-driver.cjs';

/** Hardly any cluster needs the older driver: it is a file of its own, for all who may, and read by nobody else. */
const olderDriverApart: Plugin = {
  name: 'older-driver-apart',
  setup(building) {
    building.onResolve({ filter: /^mongodb-legacy$/ }, ({ kind }) =>
      kind === 'entry-point' ? undefined : { path: `./${OLDER_DRIVER}`, external: true },
    );
  },
};

interface BundleSettings {
  /** For the package: small, and without source maps. */
  readonly minify?: boolean;
}

function nodeBundle(settings: BundleSettings): BuildOptions {
  const minify = settings.minify ?? false;
  return {
    bundle: true,
    platform: 'node',
    // Node of VS Code 1.100, the oldest that the extension supports.
    target: 'node20',
    format: 'cjs',
    minify,
    // Reading comments and blanks costs more at each start than anybody gains from them.
    minifyWhitespace: true,
    // The driver tells some things apart by their classes' names.
    keepNames: minify,
    sourcemap: !minify,
    legalComments: 'none',
    external: OPTIONAL_PEERS,
    // CommonJS has no import.meta; the tools' Go module is looked for from here upwards.
    define: { 'import.meta.url': 'importMetaUrl' },
    logLevel: 'warning',
    logOverride: { 'unsupported-require-call': 'silent' },
    plugins: [planValidator, platformUrl, olderDriverApart],
  };
}

const META_URL = "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;";

async function bundleOlderDriver(folder: string, settings: BundleSettings): Promise<void> {
  await build({
    ...nodeBundle(settings),
    entryPoints: ['mongodb-legacy'],
    absWorkingDir: ROOT,
    outfile: join(folder, OLDER_DRIVER),
  });
}

/** All that touches the world: a function that `cli.cjs` and `adapters.cjs` call, in a form that V8's compiled code can be kept for. */
const PROGRAM_FILE = 'program.cjs';

/** Resolves with the beginning of its SHA-256. */
async function bundleProgram(folder: string, settings: BundleSettings): Promise<string> {
  const { outputFiles } = await build({
    ...nodeBundle(settings),
    entryPoints: [join(ROOT, 'src', 'program.ts')],
    outfile: join(folder, PROGRAM_FILE),
    banner: { js: `(function (require, __filename) {const module = { exports: {} };${META_URL}` },
    footer: { js: 'return module.exports;})' },
    // One byte a character: read without a look at each.
    charset: 'ascii',
    // Only what Node loads as a file of its own may import.
    supported: { 'dynamic-import': false },
    write: false,
  });
  await mkdir(folder, { recursive: true });
  await Promise.all(outputFiles.map(({ path, contents }) => writeFile(path, contents)));
  const text = outputFiles.find(({ path }) => path.endsWith(PROGRAM_FILE));
  if (!text) throw new Error('the bundler made no program');
  return createHash('sha256').update(text.contents).digest('hex').slice(0, 16);
}

/** Writes the command line to `outfile`, executable, and what it loads beside it, with `adapters.cjs`. `vscode` is not external: if it leaks in, the build fails. */
export async function bundleCli(outfile: string = join(DIST, 'cli.cjs'), settings: BundleSettings = {}): Promise<void> {
  const folder = dirname(outfile);
  const [id] = await Promise.all([bundleProgram(folder, settings), bundleOlderDriver(folder, settings)]);
  const loader: BuildOptions = {
    ...nodeBundle(settings),
    define: { PROGRAM_FILE: JSON.stringify(PROGRAM_FILE), PROGRAM_ID: JSON.stringify(id) },
  };
  const [start, adapters] = ['cli/start.ts', 'extension-program.ts'].map((entry) => join(ROOT, 'src', entry)) as [
    string,
    string,
  ];
  await Promise.all([
    build({ ...loader, entryPoints: [start], outfile, banner: { js: '#!/usr/bin/env node' } }),
    build({ ...loader, entryPoints: [adapters], outfile: join(folder, 'adapters.cjs') }),
  ]);
  await chmod(outfile, 0o755);
}

/** Adapters and features are required when they are first used, each from its own bundle beside this one. */
const partsApart: Plugin = {
  name: 'parts-apart',
  setup(building) {
    building.onResolve({ filter: /\/extension-(adapters|features|assess)\.js$/ }, ({ path }) => ({
      path: path.replace(/extension-(\w+)\.js$/, '$1.cjs'),
      external: true,
    }));
  },
};

/** The extension's own code: `extension.cjs` is read at activation, `features.cjs` soon after or with the first command, `assess.cjs` with the first plan file or assessment. */
export function ownBundles(settings: BundleSettings = {}): BuildOptions {
  return {
    ...nodeBundle(settings),
    entryPoints: {
      extension: join(ROOT, 'src', 'extension.ts'),
      features: join(ROOT, 'src', 'extension-features.ts'),
      assess: join(ROOT, 'src', 'extension-assess.ts'),
    },
    outdir: DIST,
    outExtension: { '.js': '.cjs' },
    external: ['vscode'],
    plugins: [partsApart, planValidator, platformUrl, olderDriverApart],
    // The parser of plan files comes as modules and in a form that no bundler can follow; the latter is what Node takes by default.
    mainFields: ['module', 'main'],
    // Names cost time at activation, and nothing here is told apart by them.
    keepNames: false,
    supported: { 'dynamic-import': false },
  };
}

/** Everything that is shipped. */
export async function bundleAll(settings: BundleSettings = {}): Promise<void> {
  await Promise.all([bundleCli(undefined, settings), build(ownBundles(settings)), bundleWebview()]);
}
