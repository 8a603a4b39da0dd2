/** Checks package.json against the code and the strings. `--write` writes what the shell says to l10n/bundle.l10n.json. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { COMMANDS, CONTEXT_KEYS, PANELS, SETTINGS, SETTINGS_SECTION, VIEW_CONTAINER, VIEWS } from '../src/host/ids.js';
import { collectStrings, type CollectedStrings } from './contributions/l10n-strings.js';
import type { Manifest } from './contributions/manifest.js';
import { contributionProblems, type Facts } from './contributions/rules.js';
import { viewItemProblems, viewItems } from './contributions/view-items.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BUNDLE = join(ROOT, 'l10n', 'bundle.l10n.json');

async function readJson<T>(...path: readonly string[]): Promise<T> {
  return JSON.parse(await readFile(join(ROOT, ...path), 'utf8')) as T;
}

async function sourcesIn(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
  return new Map(paths.map((path, index) => [relative(ROOT, path).replaceAll(sep, '/'), texts[index] ?? '']));
}

/** What is true of the work tree as it stands. */
export async function readFacts(): Promise<Facts> {
  const sources = await hostSources();
  return {
    manifest: await readJson<Manifest>('package.json'),
    strings: await readJson('package.nls.json'),
    commands: Object.values(COMMANDS),
    views: Object.values(VIEWS),
    viewContainer: VIEW_CONTAINER,
    panels: Object.values(PANELS),
    settings: Object.values(SETTINGS).map((key) => `${SETTINGS_SECTION}.${key}`),
    contextKeys: Object.values(CONTEXT_KEYS),
    viewItems: viewItems(),
    hostSource: [...sources.values()].join('\n'),
    fileExists: (path) => existsSync(join(ROOT, path)),
  };
}

/** Everything that speaks through `l10n`: the shell and its web pages. */
async function speakingSources(): Promise<Map<string, string>> {
  return new Map([...(await hostSources()), ...(await sourcesIn('webview-ui'))]);
}

async function hostSources(): Promise<Map<string, string>> {
  const host = await sourcesIn(join('src', 'host'));
  return host.set('src/extension.ts', await readFile(join(ROOT, 'src', 'extension.ts'), 'utf8'));
}

/** The bundle of translatable texts has exactly what the code says. */
export function bundleProblems(
  { strings, problems }: CollectedStrings,
  bundle: Readonly<Record<string, string>>,
): string[] {
  const missing = [...strings]
    .filter((text) => !(text in bundle))
    .map((text) => `l10n: "${text}" is not in the bundle (npm run l10n)`);
  const old = Object.keys(bundle)
    .filter((text) => !strings.has(text))
    .map((text) => `l10n: nobody says "${text}" any more (npm run l10n)`);
  return [...problems, ...missing, ...old];
}

/** Everything that does not hold, as sentences. */
export async function checkContributions(): Promise<string[]> {
  const collected = collectStrings(await speakingSources());
  const bundle = existsSync(BUNDLE) ? await readJson<Record<string, string>>('l10n', 'bundle.l10n.json') : {};
  const rows = viewItemProblems(viewItems(), await sourcesIn(join('src', 'host', 'tree')));
  return [...contributionProblems(await readFacts()), ...bundleProblems(collected, bundle), ...rows];
}

async function writeBundle(): Promise<void> {
  const { strings } = collectStrings(await speakingSources());
  const sorted = [...strings].sort((a, b) => (a < b ? -1 : 1));
  await mkdir(join(BUNDLE, '..'), { recursive: true });
  await writeFile(BUNDLE, JSON.stringify(Object.fromEntries(sorted.map((text) => [text, text])), null, 2) + '\n');
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (process.argv.includes('--write')) await writeBundle();
  const problems = await checkContributions();
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
