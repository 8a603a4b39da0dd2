/** Bundles the command line into one file, dist/cli.cjs. `vscode` is not external: if it leaks in, the build fails. */
import { build } from 'esbuild';
import { chmod } from 'node:fs/promises';

/** Native or optional peers that the driver asks for only when they are used; they are not ours to ship. */
const OPTIONAL_PEERS = [
  ...['kerberos', 'mongodb-client-encryption', '@mongodb-js/zstd', 'snappy', 'socks', 'aws4', 'gcp-metadata'],
  '@aws-sdk/credential-providers',
];

const outfile = 'dist/cli.cjs';
await build({
  entryPoints: ['src/cli/main.ts'],
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
  logLevel: 'info',
});
await chmod(outfile, 0o755);
