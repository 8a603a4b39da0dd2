import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setUpChromium } from '../../scripts/vscode/chromium.js';
import { makeAssessment } from '../../src/core/assess/make-assessment.js';
import { assessmentText } from '../../src/words/assessment-formats.js';
import { launchBrowser } from '../support/vscode/browser.js';
import { demoInput } from '../unit/assessment-facts.js';

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

const html = assessmentText(makeAssessment(demoInput()), 'html', '1.2.3');
let browser: Awaited<ReturnType<typeof launchBrowser>>;
let axe: string;

beforeAll(async () => {
  const chromium = await setUpChromium(() => undefined);
  if (chromium.kind === 'missing') throw new Error(`No Chromium: ${chromium.tried.join('; ')}`);
  browser = await launchBrowser(chromium.path);
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
});

afterAll(() => browser.close());

async function opened(media: Parameters<Page['emulateMedia']>[0], content = html): Promise<Page> {
  const page = await browser.context.newPage();
  await page.emulateMedia(media);
  await page.setContent(content);
  return page;
}

describe('the report of an assessment in a browser', () => {
  it.each(['light', 'dark'] as const)('leaves nobody out: axe finds nothing, %s', async (colorScheme) => {
    const page = await opened({ colorScheme });
    // The page's own policy lets no script in; a test may evaluate one.
    await page.evaluate(axe);
    const found = await page.evaluate<Violation[]>('axe.run(document).then((result) => result.violations)');
    expect(found.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`))).toEqual([]);
    await page.close();
  });

  it('is light on paper, also for who reads it dark', async () => {
    const page = await opened({ media: 'print', colorScheme: 'dark' });
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    await page.close();
  });

  it('has nothing cut off on A4', async () => {
    const page = await opened({ media: 'print' });
    // 210 mm without margins of a centimetre, at 96 to the inch.
    await page.setViewportSize({ width: 718, height: 1000 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(718);
    await page.close();
  });

  it('keeps both services in sight on a phone, and its charts large enough to be read', async () => {
    const page = await opened({ colorScheme: 'light' });
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    const [table, chart] = await page.evaluate<[number, number]>(
      `[document.querySelector('table').getBoundingClientRect().right, document.querySelector('svg text').getBoundingClientRect().height]`,
    );
    expect(table).toBeLessThanOrEqual(390);
    expect(chart).toBeGreaterThanOrEqual(12);
    await page.close();
  });
});
