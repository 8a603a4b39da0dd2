import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Frame, Page } from 'playwright-core';

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

let source: Promise<string> | undefined;

/** What axe finds in one of the extension's pages as VS Code shows it, one line each. */
export async function axeFindings(page: Page, name: 'wizard' | 'run-page'): Promise<string[]> {
  source ??= readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const frame = await frameOf(page, name);
  await frame.evaluate(await source);
  const found = await frame.evaluate<Violation[]>('axe.run(document).then((result) => result.violations)');
  return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

/** A panel that is hidden keeps its frame; the one that is shown has a size. */
async function frameOf(page: Page, name: string): Promise<Frame> {
  const shown = `document.body?.dataset.page === ${JSON.stringify(name)} && innerWidth > 0`;
  for (const frame of page.frames()) {
    if (await frame.evaluate<boolean>(shown).catch(() => false)) return frame;
  }
  throw new Error(`no frame shows the page ${name}`);
}
