import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WIZARD_PROTOCOL, type NamespaceRow, type WizardView } from '../../src/protocol/wizard.js';
import { servePages, type OpenPage, type Pages } from './pages.js';
import { aWizardView, manyRows } from './wizard-views.js';

/** The bar for scripting, of processor time: what a person feels as at once. */
const AT_ONCE_MS = 300;

let pages: Pages;
beforeAll(async () => {
  pages = await servePages();
});
afterAll(() => pages[Symbol.asyncDispose]());

function viewOf(rows: readonly NamespaceRow[], revision = 1): WizardView {
  const view = aWizardView('namespaces');
  return { ...view, revision, namespaces: { ...view.namespaces, rows } };
}
const message = (view: WizardView) => ({ v: WIZARD_PROTOCOL, type: 'view', view });

async function opened(rows: readonly NamespaceRow[] = aWizardView('namespaces').namespaces.rows): Promise<OpenPage> {
  const open = await pages.open('wizard');
  await open.post(message(viewOf(rows)));
  await open.sent();
  return open;
}

const namesOf = (open: OpenPage): Promise<readonly string[]> =>
  open.page
    .locator('.grid-body .grid-name')
    .evaluateAll((cells) => cells.map((cell) => cell.getAttribute('title') ?? ''));

describe('the table of collections', () => {
  test('finds by every word, in any order, and by type', async () => {
    await using open = await opened();
    await open.page.getByLabel('Search collections').fill('ORD shop');
    expect(await namesOf(open)).toEqual(['shop.open orders', 'shop.orders']);
    await open.page.getByLabel('Type').selectOption({ label: 'Views' });
    expect(await namesOf(open)).toEqual(['shop.open orders']);
    await open.page.getByLabel('Search collections').fill('nothing like it');
    expect(await open.page.getByRole('gridcell').innerText()).toBe('Nothing fits this search.');
  });

  test('selects all, none, what the search shows, and by size', async () => {
    await using open = await opened();
    await open.page.getByRole('button', { name: 'Select none' }).click();
    await open.page.getByLabel('Search collections').fill('customers');
    await open.page.getByRole('button', { name: 'Select shown (1)' }).click();
    await open.page.getByLabel('Select everything up to').fill('1.5');
    await open.page.keyboard.press('Enter');
    const rows = aWizardView('namespaces').namespaces.rows;
    expect(await open.sent()).toEqual([
      { type: 'select', namespaces: rows.map((row) => row.ns), selected: false },
      { type: 'select', namespaces: ['shop.customers'], selected: true },
      { type: 'select-by-size', atMostBytes: 1_500_000 },
    ]);
  });

  test('is searched and sorted as before when the page was hidden or reloaded', async () => {
    await using open = await opened();
    await open.page.getByLabel('Search collections').fill('shop');
    await open.page.getByLabel('Type').selectOption({ label: 'Collections' });
    await open.page.locator('[data-sort=documents]').click();
    const names = await namesOf(open);
    expect(names).toEqual(['shop.orders', 'shop.customers', 'shop.products']);
    await open.page.reload();
    await open.post(message(viewOf(aWizardView('namespaces').namespaces.rows)));
    expect(await namesOf(open)).toEqual(names);
    expect(await open.page.getByLabel('Search collections').inputValue()).toBe('shop');
    expect(await open.page.getByLabel('Type').inputValue()).toBe('collection');
    expect(await open.state()).toMatchObject({ id: 'panel-1', looks: { search: 'shop' } });
  });

  test('sorts by what its heads say', async () => {
    await using open = await opened();
    await open.page.locator('[data-sort=size]').click();
    expect((await namesOf(open))[0]).toBe('shop.orders');
    expect(await open.page.getByRole('columnheader', { name: 'Size' }).getAttribute('aria-sort')).toBe('descending');
  });

  test("shows the host's choice again where a click was not taken", async () => {
    await using open = await opened();
    const box = open.page.getByRole('checkbox', { name: 'Migrate shop.orders' });
    await box.uncheck();
    expect(await open.sent()).toEqual([{ type: 'select', namespaces: ['shop.orders'], selected: false }]);
    await open.post(message(viewOf(aWizardView('namespaces').namespaces.rows, 2)));
    expect(await box.isChecked()).toBe(true);
  });

  test('reads again, and reads the rest of the source', async () => {
    const view = viewOf(aWizardView('namespaces').namespaces.rows);
    await using open = await pages.open('wizard');
    await open.post(message({ ...view, namespaces: { ...view.namespaces, narrowed: 'Only shop was read.' } }));
    await open.sent();
    await open.page.getByRole('button', { name: 'Read again' }).click();
    await open.page.getByRole('button', { name: 'Read the whole source' }).click();
    expect(await open.sent()).toEqual([{ type: 'reread' }, { type: 'read-all' }]);
  });

  test('renames in place by keyboard alone, and takes a shard key', async () => {
    await using open = await opened();
    await open.page.getByRole('checkbox', { name: 'Migrate audit.log' }).focus();
    await open.page.keyboard.press('ArrowDown');
    await open.page.keyboard.press('F2');
    await open.page.keyboard.type('shop.people');
    await open.page.keyboard.press('Enter');
    await open.page.keyboard.press('Tab');
    await open.page.keyboard.press('Tab');
    await open.page.keyboard.type('region');
    await open.page.keyboard.press('Enter');
    expect(await open.sent()).toEqual([
      { type: 'rename', ns: 'shop.customers', to: 'shop.people' },
      { type: 'set-shard-key', ns: 'shop.customers', path: 'region' },
    ]);
  });

  test('takes a new name back on Escape', async () => {
    await using open = await opened();
    const name = open.page.getByLabel('Name of shop.orders on the target');
    await name.fill('shop.wrong');
    await name.press('Escape');
    expect(await name.inputValue()).toBe('shop.orders');
    expect(await open.sent()).toEqual([]);
  });

  test('says why a name cannot be, at the name and above the table', async () => {
    const rows = aWizardView('namespaces').namespaces.rows.map((row) =>
      row.ns === 'shop.orders' ? { ...row, targetNs: 'shop.$', renameProblem: 'No dollar sign.' } : row,
    );
    await using open = await opened(rows);
    const name = open.page.getByLabel('Name of shop.orders on the target');
    expect(await name.getAttribute('aria-invalid')).toBe('true');
    const described = (await name.getAttribute('aria-describedby')) ?? '';
    expect(await open.page.locator(`#${described}`).innerText()).toContain('No dollar sign.');
  });

  test('keeps focus, caret and typed text when a snapshot comes', async () => {
    await using open = await opened();
    const name = open.page.getByLabel('Name of shop.orders on the target');
    await name.fill('shop.orders_new');
    await name.evaluate((input: HTMLInputElement) => input.setSelectionRange(5, 8));
    const rows = aWizardView('namespaces').namespaces.rows.map((row) => ({ ...row, documentsText: '7' }));
    await open.post(message(viewOf(rows, 2)));
    expect(await open.page.getByRole('grid').getByText('7', { exact: true }).count()).toBe(6);
    const state = await open.page.evaluate(() => {
      const input = document.activeElement as HTMLInputElement;
      return [input.value, input.selectionStart, input.selectionEnd];
    });
    expect(state).toEqual(['shop.orders_new', 5, 8]);
  });
});

describe('10,000 collections', () => {
  const rows = manyRows(10_000);

  test('are drawn at once, and drawn anew at once', async () => {
    await using open = await pages.open('wizard');
    for (const revision of [1, 2]) {
      expect(await open.post(message(viewOf(rows, revision)))).toBeLessThan(AT_ONCE_MS);
    }
    expect(await open.page.getByRole('grid').getAttribute('aria-rowcount')).toBe('10001');
    expect(await open.page.locator('.grid-body [role=row]').count()).toBeLessThan(80);
    expect(await open.complaints()).toEqual([]);
  });

  test('are walked through by keyboard, with one stop for Tab', async () => {
    await using open = await opened(rows);
    await open.page.getByRole('checkbox', { name: 'Migrate tenant000.collection00' }).focus();
    const focused = (): Promise<string | null> =>
      open.page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? null);
    await open.page.keyboard.press('End');
    expect(await focused()).toBe('Migrate tenant199.collection49');
    expect(await open.page.getByRole('checkbox', { name: 'Migrate tenant199.collection49' }).isVisible()).toBe(true);
    await open.page.keyboard.press('ArrowUp');
    expect(await focused()).toBe('Migrate tenant199.collection48');
    await open.page.keyboard.press('Space');
    expect(await open.sent()).toEqual([{ type: 'select', namespaces: ['tenant199.collection48'], selected: false }]);
    await open.page.keyboard.press('Home');
    await open.page.keyboard.press('PageDown');
    expect(await focused()).toMatch(/^Migrate tenant000\.collection[12]\d$/);
    expect(await open.page.locator('.grid-body [tabindex="0"]').count()).toBe(2);
  });

  test('keep the focus on a row that is scrolled out of sight', async () => {
    await using open = await opened(rows);
    const first = open.page.getByRole('checkbox', { name: 'Migrate tenant000.collection00' });
    await first.focus();
    await open.page.getByRole('grid').evaluate((grid) => grid.scrollTo({ top: 90_000 }));
    await open.page.getByRole('checkbox', { name: 'Migrate tenant060.collection10' }).waitFor();
    expect(await first.evaluate((box) => box === document.activeElement)).toBe(true);
  });
});
