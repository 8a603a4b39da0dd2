/** Runs an extension's tests in the extension host of a served VS Code, from the arguments that the desktop's binary takes. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setUpWorkbench } from '../../../scripts/vscode/set-up.js';
import { makeTempFolder } from '../temp.js';
import { launchBrowser } from './browser.js';
import { remoteFolder, withDevelopmentOptions } from './development-options.js';
import { startServer, windowUrl } from './server.js';

/** Where pictures and logs of a failure go; the caller sets it. */
export const FAILURES_VARIABLE = 'MCM_TEST_FAILURES';
const LIMIT_VARIABLE = 'MCM_HOST_TEST_LIMIT_MS';
/** A whole suite of host tests; one that hangs has its own, shorter limit. */
const DEFAULT_LIMIT_MS = 5 * 60_000;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** The extension host's last word: 0 where the tests' `run()` resolved. */
type Ending = { readonly kind: 'exit'; readonly code: number } | { readonly kind: 'timeout' };

/** Resolves with the exit status: 0 only where the tests' `run()` resolved. */
export async function launch(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    strict: false,
    allowPositionals: true,
    options: { extensionDevelopmentPath: { type: 'string' }, extensionTestsPath: { type: 'string' } },
  });
  const { extensionDevelopmentPath: extension, extensionTestsPath: tests } = values;
  if (typeof extension !== 'string' || typeof tests !== 'string') {
    say('--extensionDevelopmentPath and --extensionTestsPath are needed.');
    return 2;
  }
  const parts = await setUpWorkbench((line) => say(line));
  if (parts === undefined) return 2;
  const folder = await makeTempFolder('vscode');
  try {
    await using server = await startServer(parts.codeServer, { folder: folder.path });
    await using browser = await launchBrowser(parts.chromium.path);
    const { page } = browser;
    let settle: (ending: Ending) => void = () => undefined;
    const ended = new Promise<Ending>((resolve) => (settle = resolve));
    await page.exposeFunction('codeAutomationExit', (code: number) => settle({ kind: 'exit', code }));
    const said: string[] = [];
    await page.exposeFunction('codeAutomationLog', (_type: string, args: readonly unknown[]) =>
      said.push(args.join(' ')),
    );
    const remote = (path: string): object => remoteFolder(server.port, path);
    const options = { extensions: [remote(extension)], extensionTestsPath: remote(tests) };
    await page.addInitScript({ content: withDevelopmentOptions(options) });
    await page.goto(windowUrl(server, positionals[0]), { waitUntil: 'domcontentloaded' });
    const limit = Number(process.env[LIMIT_VARIABLE] ?? DEFAULT_LIMIT_MS);
    const timer = setTimeout(() => settle({ kind: 'timeout' }), limit);
    const ending = await ended;
    clearTimeout(timer);
    if (ending.kind === 'exit' && ending.code === 0) return 0;
    const failures = process.env[FAILURES_VARIABLE];
    if (failures !== undefined) {
      await page.screenshot({ path: join(failures, 'host-tests.png') });
      await writeFile(join(failures, 'host-tests.log'), said.join('\n'));
      say(`See ${join(failures, 'host-tests.{png,log}')}`);
    }
    say(ending.kind === 'timeout' ? `The tests did not end within ${limit} ms.` : 'The tests failed.');
    return 1;
  } finally {
    await folder.remove();
  }
}
