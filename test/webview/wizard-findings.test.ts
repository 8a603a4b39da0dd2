import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseWizardIntent } from '../../src/protocol/guards/wizard.js';
import { WIZARD_PROTOCOL, type FindingRow, type WizardView } from '../../src/protocol/wizard.js';
import { axeFindings, servePages, sidewaysScroll, THEME_NAMES, type OpenPage, type Pages } from './pages.js';
import { aWizardView } from './wizard-views.js';

let pages: Pages;
beforeAll(async () => {
  pages = await servePages();
});
afterAll(() => pages[Symbol.asyncDispose]());

const row = (change: Partial<FindingRow>): FindingRow => ({
  severity: 'warning',
  rule: 'index-text-unsupported',
  target: 'cosmos-ru',
  text: 'Index words: the target has no text indexes.',
  places: ['shop.orders'],
  more: 0,
  remedy: 'Move text search out of the database.',
  fixes: [],
  ...change,
});

const FINDINGS: WizardView['findings'] = {
  summary: '1 blocker, 1 warning',
  assessed: 'What the assessment of 2026-11-29 has looked at is among them.',
  targets: [
    { value: 'cosmos-ru', label: 'RU' },
    { value: 'cosmos-vcore', label: 'vCore' },
  ],
  rows: [
    row({
      severity: 'blocker',
      rule: 'unsharded-over-20gb',
      text: '30 GB without a shard key.',
      remedy: 'Choose a shard key.',
      fixes: [
        {
          kind: 'shard-key',
          ns: 'shop.orders',
          name: 'customer',
          label: 'Shard shop.orders by customer (80 of 100 points)',
          applied: false,
          shares: [0.4, 0.35, 0.25],
          sharesText: '3 partitions, 40 % of the data on the fullest',
        },
      ],
    }),
    row({
      places: ['shop.orders', 'shop.parts'],
      fixes: [
        {
          kind: 'leave-out',
          ns: 'shop.orders',
          name: 'words',
          label: 'Leave out words of shop.orders',
          applied: false,
        },
        { kind: 'leave-out', ns: 'shop.parts', name: 'words', label: 'Leave out words of shop.parts', applied: true },
      ],
    }),
    row({
      rule: 'document-over-2mb',
      text: 'A document of 3 MB.',
      places: ['shop.parts'],
      fixes: [{ kind: 'keep-aside', ns: 'shop.parts', name: '', label: 'Keep large documents aside', applied: false }],
    }),
    row({ target: 'cosmos-vcore', severity: 'info', rule: 'view-recreated', text: 'A view: it is made again.' }),
  ],
};

async function opened(findings = FINDINGS, options = {}): Promise<OpenPage> {
  const open = await pages.open('wizard', options);
  const view = aWizardView('findings', { findings });
  await open.post({ v: WIZARD_PROTOCOL, type: 'view', view });
  await open.sent();
  return open;
}

const shown = (open: OpenPage): Promise<string[]> => open.page.locator('.finding-text').allInnerTexts();

describe('the findings', () => {
  test('are those of the chosen target, until another one or all are asked for', async () => {
    await using open = await opened();
    expect(await shown(open)).toHaveLength(3);
    await open.page.locator('[data-filter=target]').selectOption('cosmos-vcore');
    expect(await shown(open)).toEqual(['A view: it is made again.']);
    await open.page.locator('[data-filter=target]').selectOption('all');
    expect(await shown(open)).toHaveLength(4);
  });

  test('are filtered by severity and by what is typed, places included', async () => {
    await using open = await opened();
    await open.page.locator('[data-filter=severity]').selectOption('blocker');
    expect(await shown(open)).toEqual(['30 GB without a shard key.']);
    await open.page.locator('[data-filter=severity]').selectOption('all');
    await open.page.locator('[data-finding-search] input').fill('parts document');
    expect(await shown(open)).toEqual(['A document of 3 MB.']);
    await open.page.locator('[data-finding-search] input').fill('nowhere');
    expect(await open.page.locator('.content').innerText()).toContain('Nothing fits');
  });

  test('are told collection by collection, each with its own fixes and its severity in words', async () => {
    await using open = await opened();
    await open.page.locator('[data-filter=group]').selectOption('collection');
    expect(await open.page.locator('.findings h2 code').allInnerTexts()).toEqual(['shop.orders', 'shop.parts']);
    const parts = open.page.locator('.findings').nth(1);
    expect(await parts.locator('.fix').allInnerTexts()).toEqual([
      'Leave out words of shop.parts',
      'Keep large documents aside',
    ]);
    expect(await parts.locator('.finding-text').first().innerText()).toContain('Warning:');
  });

  test('are settled with the keyboard, and taken back; what is sent passes the guard', async () => {
    await using open = await opened();
    for (const label of [
      'Shard shop.orders',
      'Leave out words of shop.orders',
      'Leave out words of shop.parts',
      'Keep',
    ]) {
      await open.page.getByRole('button', { name: new RegExp(`^${label}`) }).focus();
      await open.page.keyboard.press('Enter');
    }
    await open.page.locator('[data-assess]').click();
    const sent = await open.sent();
    expect(sent).toEqual([
      { type: 'set-shard-key', ns: 'shop.orders', path: 'customer' },
      { type: 'leave-index-out', ns: 'shop.orders', index: 'words', leftOut: true },
      { type: 'leave-index-out', ns: 'shop.parts', index: 'words', leftOut: false },
      { type: 'keep-aside', ns: 'shop.parts', aside: true },
      { type: 'assess' },
    ]);
    expect(sent.map(parseWizardIntent)).toEqual(sent);
    expect(await open.complaints()).toEqual([]);
  });

  test('draw how a shard key would spread the data, and say it in words', async () => {
    await using open = await opened();
    expect(await open.page.locator('.shares rect').count()).toBe(3);
    expect(await open.page.locator('.shares').innerText()).toContain('40 % of the data on the fullest');
  });

  test.each(THEME_NAMES)(
    'can be read and used by everybody in the theme %s, and fit a narrow window',
    async (theme) => {
      await using open = await opened(FINDINGS, { theme, width: 500 });
      expect(await axeFindings(open.page)).toEqual([]);
      expect(await sidewaysScroll(open.page)).toBe(0);
    },
  );
});
