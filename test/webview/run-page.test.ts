import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseRunPageIntent, RUN_PAGE_PROTOCOL, type RunPageView } from '../../src/protocol/run-page.js';
import { servePages, type OpenPage, type Pages } from './pages.js';
import { aRunPageView, aVerifiedRun, manyCollections } from './run-page-views.js';

const AT_ONCE_MS = 300;

let pages: Pages;
beforeAll(async () => {
  pages = await servePages();
});
afterAll(() => pages[Symbol.asyncDispose]());

const message = (view: RunPageView) => ({ v: RUN_PAGE_PROTOCOL, type: 'view', view });

async function opened(view: RunPageView): Promise<OpenPage> {
  const open = await pages.open('run-page', { state: { runId: view.runId } });
  await open.post(message(view));
  return open;
}

describe('the run page', () => {
  test('says that it is ready, stores its run, and draws what it is sent under the strict policy', async () => {
    await using open = await opened(aRunPageView());
    expect(await open.sent()).toEqual([{ type: 'ready' }]);
    expect(await open.state()).toEqual({ runId: aRunPageView().runId });
    expect(await open.page.getByRole('heading', { level: 1 }).innerText()).toBe('Shop production → shop-cosmos');
    expect(await open.page.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('42');
    expect(await open.page.locator('.percent').innerText()).toBe('42.3 %');
    expect(await open.complaints()).toEqual([]);
  });

  test('sends the actions that the host offers', async () => {
    await using open = await opened(aRunPageView());
    await open.sent();
    await open.page.getByRole('button', { name: 'Pause' }).click();
    await open.page.getByRole('button', { name: 'Show Terminal' }).click();
    const sent = await open.sent();
    expect(sent).toEqual([
      { type: 'act', action: 'pause' },
      { type: 'act', action: 'terminal' },
    ]);
    expect(sent.map(parseRunPageIntent)).toEqual(sent);
  });

  test('announces a change of state, and nothing at a tick', async () => {
    await using open = await opened(aRunPageView());
    const region = open.page.locator('.visually-hidden[role=status]');
    await open.post(message(aRunPageView({ revision: 2, share: 0.5 })));
    expect(await region.innerText()).toBe('');
    await open.post(message({ ...aVerifiedRun(), revision: 3 }));
    expect(await region.innerText()).toBe('Verified: every document is on the target');
  });

  test('keeps the keyboard at the actions when the one that was pressed gives way to another', async () => {
    await using open = await opened(aRunPageView());
    await open.page.getByRole('button', { name: 'Pause' }).focus();
    const actions = [{ id: 'resume' as const, label: 'Resume', primary: true }];
    await open.post(
      message(aRunPageView({ revision: 2, state: 'paused', stateText: 'Paused', tone: 'resting', actions })),
    );
    await open.page.locator('[data-action=resume]:focus').waitFor();
  });

  test('tells in words what its charts show, and marks lines by more than colour', async () => {
    await using open = await opened(aRunPageView());
    const chart = open.page.getByRole('img', {
      name: /^Request units per second, last 10 minutes\. used: .* provisioned: 10,000 last/,
    });
    expect(await chart.count()).toBe(1);
    const dashes = await chart.locator('.line-limit').evaluate((line) => getComputedStyle(line).strokeDasharray);
    expect(dashes).toBe('5px, 3px');
    expect(await chart.locator('.axis-y').innerText()).toMatch(/10K\s+5K\s+0/);
    expect(await chart.locator('.axis-x').innerText()).toMatch(/−10 min\s+−5 min\s+now/);
  });

  test('draws no request units for a target that has none', async () => {
    const points = aRunPageView().points.map((point) => ({ ...point, throttledPerSecond: 0 }));
    await using open = await opened(aRunPageView({ showsRu: false, points }));
    expect(await open.page.locator('.chart-title').allInnerTexts()).toEqual(['Documents per second']);
  });

  test('breaks the line where nothing was running', async () => {
    const points = aRunPageView().points.filter((_, index) => index < 100 || index > 200);
    await using open = await opened(aRunPageView({ points }));
    const path = (await open.page.locator('.line-main').first().getAttribute('d')) ?? '';
    expect(path.match(/M/g)).toHaveLength(2);
  });

  test('shows what needs a look first', async () => {
    await using open = await opened(aRunPageView());
    expect(await open.page.locator('tbody th').allInnerTexts()).toEqual([
      'audit.log',
      'shop.sessions',
      'shop.orders',
      'shop.customers',
      'shop.products',
    ]);
  });

  test('never rounds up to all of it', async () => {
    await using open = await opened(aRunPageView({ share: 0.99999 }));
    expect(await open.page.locator('.percent').innerText()).toBe('99.9 %');
    expect(await open.page.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('99');
  });

  test('draws 1,000 collections at each tick without a pause that is felt', async () => {
    const collections = manyCollections(1000);
    const collectionsNote = 'Another 9,000 collections have nothing to tell.';
    await using open = await pages.open('run-page');
    for (const revision of [1, 2]) {
      expect(
        await open.post(message(aRunPageView({ revision, share: revision / 10, collections, collectionsNote }))),
      ).toBeLessThan(AT_ONCE_MS);
    }
    expect(await open.page.locator('tbody tr').count()).toBe(200);
    expect(await open.page.getByText(collectionsNote).count()).toBe(1);
    await open.page.getByRole('button', { name: 'Show all 1,000' }).click();
    expect(await open.page.locator('tbody tr').count()).toBe(1000);
  });

  test('shows the command lines when asked', async () => {
    const view = aRunPageView();
    await using open = await opened(view);
    expect(await open.page.locator('.command').first().isVisible()).toBe(false);
    await open.page.getByText('Command lines, as run').click();
    expect(await open.page.locator('.command').allTextContents()).toEqual(view.commandLines);
  });
});
