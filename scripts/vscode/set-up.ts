/** Finds or installs the VS Code and the browser that tests and the demo use. */
import { pathToFileURL } from 'node:url';
import { setUpChromium, type Chromium } from './chromium.js';
import { setUpCodeServer, type CodeServer, type PartMissing } from './code-server.js';

export interface Workbench {
  readonly codeServer: CodeServer;
  readonly chromium: Chromium;
}

/** Lines for people: where a part is, or what was tried. */
export function partLines(name: string, part: CodeServer | Chromium | PartMissing): string[] {
  if (part.kind === 'missing') return [`${name} is missing. Tried:`, ...part.tried.map((line) => `  ${line}`)];
  return [`${name} ${part.version}  ${'entry' in part ? part.entry : part.path}`];
}

/** Both, or nothing where one is missing; `print` has been told which and why. */
export async function setUpWorkbench(print: (line: string) => void): Promise<Workbench | undefined> {
  const onInstall = (what: string): void => print(`installing ${what} ...`);
  const [codeServer, browser] = await Promise.all([setUpCodeServer(onInstall), setUpChromium(onInstall)]);
  for (const line of [...partLines('code-server', codeServer), ...partLines('chromium', browser)]) print(line);
  if (codeServer.kind === 'missing' || browser.kind === 'missing') return undefined;
  return { codeServer, chromium: browser };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const parts = await setUpWorkbench((line) => console.log(line));
  process.exitCode = parts === undefined ? 1 : 0;
}
