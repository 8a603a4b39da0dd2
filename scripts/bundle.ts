/** Bundles the command line into one file. `vscode` is not external: if it leaks in, the build fails. */
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Native or optional peers that the driver asks for only when they are used; they are not ours to ship. */
const OPTIONAL_PEERS = [
  ...['kerberos', 'mongodb-client-encryption', '@mongodb-js/zstd', 'snappy', 'socks', 'aws4', 'gcp-metadata'],
  '@aws-sdk/credential-providers',
];

/** Writes the bundle to `outfile`, executable. Rejects with the bundler's own words where the sources do not build. */
export async function bundleCli(outfile: string = join(ROOT, 'dist', 'cli.cjs')): Promise<void> {
  await build({
    entryPoints: [join(ROOT, 'src', 'cli', 'main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    sourcemap: true,
    external: OPTIONAL_PEERS,
    banner: {
      js: "#!/usr/bin/env node\nconst importMetaUrl = require('node:url').pathToFileURL(__filename).href;",
    },
    // CommonJS has no import.meta; the tools' Go module is looked for from here upwards.
    define: { 'import.meta.url': 'importMetaUrl' },
    logLevel: 'warning',
    logOverride: { 'unsupported-require-call': 'silent' },
  });
  await chmod(outfile, 0o755);
}
