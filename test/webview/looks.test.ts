/** What holds on every page, in every theme and at every width. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RUN_PAGE_PROTOCOL } from '../../src/protocol/run-page.js';
import { WIZARD_PROTOCOL, WIZARD_STEPS, type WizardStep, type WizardView } from '../../src/protocol/wizard.js';
import {
  axeFindings,
  servePages,
  type PageName,
  sidewaysScroll,
  THEME_NAMES,
  type OpenOptions,
  type OpenPage,
  type Pages,
} from './pages.js';
import { aRunPageView, aVerifiedRun } from './run-page-views.js';
import { aWizardView } from './wizard-views.js';

/** Where a person wants to look at what was tested; nothing is written without it. */
const SCREENSHOTS = process.env.WEBVIEW_SCREENSHOTS;
/** Processor time from the frame to the first drawing; the bar counts from the command on and leaves some to the host. */
const FIRST_DRAWING_MS = 300;
const MOST_SCRIPT_BYTES = 150_000;

let pages: Pages;
beforeAll(async () => {
  pages = await servePages();
  if (SCREENSHOTS !== undefined) {
    await mkdir(SCREENSHOTS, { recursive: true });
  }
});
afterAll(() => pages[Symbol.asyncDispose]());

/** Every step with what a page may have on it at worst: something going on, a problem, a name that cannot be. */
function fullView(step: WizardStep): WizardView {
  const { namespaces } = aWizardView(step);
  return aWizardView(step, {
    busy: { text: 'Reading sizes of shop.orders', done: 3, total: 12, cancellable: true },
    problem: { happened: 'The target did not answer.', why: 'It took longer than 10 s.', todo: 'Try again.' },
    nextProblem: 'Wait until the sizes are read.',
    namespaces: {
      ...namespaces,
      narrowed: 'Only the database shop was read.',
      failed: ['secret.stuff: not authorized.'],
      rows: namespaces.rows.map((row) =>
        row.ns === 'shop.orders' ? { ...row, targetNs: 'shop.$', renameProblem: 'No dollar sign.' } : row,
      ),
    },
  });
}

const message = (view: WizardView): unknown => ({ v: WIZARD_PROTOCOL, type: 'view', view });

/** Each page with all that it can show, one after the other. */
const SHOWN: Readonly<Record<PageName, readonly { readonly name: string; readonly message: unknown }[]>> = {
  wizard: WIZARD_STEPS.map((step, index) => ({
    name: step,
    message: message({ ...fullView(step), revision: index + 1 }),
  })),
  'run-page': [
    { name: 'running', message: { v: RUN_PAGE_PROTOCOL, type: 'view', view: aRunPageView() } },
    { name: 'verified', message: { v: RUN_PAGE_PROTOCOL, type: 'view', view: aVerifiedRun() } },
  ],
};
const PAGE_NAMES = Object.keys(SHOWN) as readonly PageName[];

/** What `look` finds on everything that a page can show, by the name of what is shown. */
async function lookAtAll(
  page: PageName,
  options: OpenOptions,
  look: (open: OpenPage) => Promise<unknown>,
): Promise<Readonly<Record<string, unknown>>> {
  await using open = await pages.open(page, options);
  const found: Record<string, unknown> = {};
  for (const { name, message } of SHOWN[page]) {
    await open.post(message);
    if (SCREENSHOTS !== undefined) {
      const size = `${String(options.width ?? 1280)}-${options.theme ?? 'dark'}`;
      await open.page.screenshot({ path: join(SCREENSHOTS, `${name}-${size}.png`) });
    }
    found[name] = await look(open);
  }
  expect(await open.complaints()).toEqual([]);
  return found;
}

const everywhere = (page: PageName, finding: unknown): Readonly<Record<string, unknown>> =>
  Object.fromEntries(SHOWN[page].map(({ name }) => [name, finding]));

describe.each(PAGE_NAMES)('%s', (page) => {
  test.each(THEME_NAMES)('axe finds nothing in the theme %s', async (theme) => {
    const found = await lookAtAll(page, { theme }, (open) => axeFindings(open.page));
    expect(found).toEqual(everywhere(page, []));
  });

  test.each([
    ['narrow', { width: 400, height: 800 }],
    ['zoomed to 200 %', { width: 640, height: 400 }],
    ['zoomed to 400 %', { width: 320, height: 256 }],
    ['wide', { width: 2200, height: 1200 }],
  ] as const)('%s needs no sideways scrolling', async (_, size) => {
    const found = await lookAtAll(page, size, (open) => sidewaysScroll(open.page));
    expect(found).toEqual(everywhere(page, 0));
  });

  test('is drawn soon after its first byte, from a small script', async () => {
    await using open = await pages.open(page);
    await open.post(SHOWN[page][0]?.message);
    expect(await open.page.getByRole('heading', { level: 1 }).count()).toBe(1);
    expect(await open.busyMs()).toBeLessThan(FIRST_DRAWING_MS);
    const bytes = await open.page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .filter((entry) => entry.name.endsWith('.js'))
        .map((entry) => (entry as PerformanceResourceTiming).decodedBodySize),
    );
    expect(bytes).toEqual([expect.any(Number)]);
    expect(bytes[0]).toBeGreaterThan(0);
    expect(bytes[0]).toBeLessThan(MOST_SCRIPT_BYTES);
  });
});

test('back and forward stay in sight when the window is small', async () => {
  await using open = await pages.open('wizard', { width: 640, height: 400 });
  await open.post(message(fullView('tuning')));
  expect(await open.page.getByRole('button', { name: 'Back' }).isVisible()).toBe(true);
  const box = await open.page.locator('[data-move=next]').boundingBox();
  expect(box && box.y + box.height).toBeLessThanOrEqual(400);
});

test('nothing moves for people who want less motion', async () => {
  const running = async (reducedMotion: boolean): Promise<number> => {
    await using open = await pages.open('wizard', { reducedMotion });
    await open.post(message(aWizardView('size', { busy: { text: 'Reading', cancellable: false } })));
    return await open.page.evaluate(() => document.getAnimations().length);
  };
  expect(await running(false)).toBe(1);
  expect(await running(true)).toBe(0);
});

test('every control that the keyboard reaches shows where it is', async () => {
  await using open = await pages.open('wizard', { theme: 'high-contrast' });
  await open.post(message(fullView('endpoints')));
  const unseen: string[] = [];
  for (;;) {
    await open.page.keyboard.press('Tab');
    const at = await open.page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return undefined;
      const places = [element, element.closest('label'), element.shadowRoot?.querySelector('.base')];
      const seen = places.some((place) => place && getComputedStyle(place).outlineStyle !== 'none');
      return { name: element.textContent?.trim() || element.outerHTML.slice(0, 80), seen };
    });
    if (!at) break;
    if (!at.seen) unseen.push(at.name);
  }
  expect(unseen).toEqual([]);
});

test('the keyboard alone goes from the first step to the start', async () => {
  await using open = await pages.open('wizard');
  let view = aWizardView('endpoints');
  await open.post(message(view));
  await open.sent();
  for (const [index, step] of WIZARD_STEPS.entries()) {
    view = aWizardView(step, { revision: index + 2 });
    view = step === 'review' ? { ...view, review: { ...view.review, needsConsent: false } } : view;
    await open.post(message(view));
    for (let presses = 0; presses < 100; presses += 1) {
      await open.page.keyboard.press('Tab');
      if (await open.page.evaluate(() => document.activeElement?.matches('[data-move=next], [data-move=start]'))) break;
    }
    await open.page.keyboard.press('Enter');
  }
  expect(await open.sent()).toEqual([
    ...WIZARD_STEPS.slice(1).map((step) => ({ type: 'go', step })),
    { type: 'start' },
  ]);
});
