/** Bundles the browser code of the webviews, one script and one style sheet for each page. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Writes `wizard` and `run-page`, `.js` and `.css`, to `outdir`. Rejects with the bundler's own words where the sources do not build. */
export async function bundleWebview(outdir: string = join(ROOT, 'dist', 'webview')): Promise<void> {
  const pages = ['wizard', 'run-page'];
  await build({
    entryPoints: pages.flatMap((page) => [
      { in: join(ROOT, 'webview-ui', page, 'main.ts'), out: page },
      { in: join(ROOT, 'webview-ui', page, `${page}.css`), out: page },
    ]),
    outdir,
    bundle: true,
    platform: 'browser',
    // Chromium of the oldest VS Code that the extension supports (1.100 carries Electron 34).
    target: 'chrome132',
    format: 'iife',
    minify: true,
    legalComments: 'none',
    conditions: ['production'],
    // Class fields would be defined over the accessors that lit's decorators make; vscode-elements ships compiled code, ours has none.
    tsconfigRaw: {},
    logLevel: 'warning',
  });
}
