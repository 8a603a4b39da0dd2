/** Bundles what is shipped: the extension, its adapters, the runner (the command line) and the webview pages. */
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
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
    plugins: [planValidator],
  };
}

const META_URL = "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;";

/** Writes the command line to `outfile`, executable. `vscode` is not external: if it leaks in, the build fails. */
export async function bundleCli(outfile: string = join(DIST, 'cli.cjs'), settings: BundleSettings = {}): Promise<void> {
  await build({
    ...nodeBundle(settings),
    entryPoints: [join(ROOT, 'src', 'cli', 'main.ts')],
    outfile,
    banner: { js: `#!/usr/bin/env node\n${META_URL}` },
  });
  await chmod(outfile, 0o755);
}

/** Adapters and features are required when they are first used, each from its own bundle beside this one. */
const partsApart: Plugin = {
  name: 'parts-apart',
  setup(building) {
    building.onResolve({ filter: /\/extension-(adapters|features)\.js$/ }, ({ path }) => ({
      path: path.replace(/extension-(\w+)\.js$/, '$1.cjs'),
      external: true,
    }));
  },
};

/** How the two bundles of the extension's own code are made. */
export function ownBundles(settings: BundleSettings = {}): BuildOptions {
  return {
    ...nodeBundle(settings),
    entryPoints: {
      extension: join(ROOT, 'src', 'extension.ts'),
      features: join(ROOT, 'src', 'extension-features.ts'),
    },
    outdir: DIST,
    outExtension: { '.js': '.cjs' },
    external: ['vscode'],
    plugins: [partsApart, planValidator],
    // Names cost time at activation, and nothing here is told apart by them.
    keepNames: false,
    supported: { 'dynamic-import': false },
  };
}

/** `extension.cjs` is read at activation, `features.cjs` soon after or with the first command; `adapters.cjs`, which holds the driver, on first use. */
export async function bundleExtension(settings: BundleSettings = {}): Promise<void> {
  await Promise.all([
    build(ownBundles(settings)),
    build({
      ...nodeBundle(settings),
      entryPoints: [join(ROOT, 'src', 'extension-adapters.ts')],
      outfile: join(DIST, 'adapters.cjs'),
      banner: { js: META_URL },
    }),
  ]);
}

/** Everything that is shipped. */
export async function bundleAll(settings: BundleSettings = {}): Promise<void> {
  await Promise.all([bundleCli(undefined, settings), bundleExtension(settings), bundleWebview()]);
}
