import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WIZARD_PROTOCOL, WIZARD_STEPS, type WizardView } from '../../src/protocol/wizard.js';
import { isWizardMessage, parseWizardIntent } from '../../src/protocol/guards/wizard.js';
import { servePages, type OpenOptions, type OpenPage, type Pages } from './pages.js';
import { aWizardView } from './wizard-views.js';

let pages: Pages;
beforeAll(async () => {
  pages = await servePages();
});
afterAll(() => pages[Symbol.asyncDispose]());

const message = (view: WizardView) => ({ v: WIZARD_PROTOCOL, type: 'view', view });

async function opened(view: WizardView, options?: OpenOptions): Promise<OpenPage> {
  const open = await pages.open('wizard', options);
  await open.post(message(view));
  await open.sent();
  return open;
}

describe('a wizard page that was just opened', () => {
  test('says that it is ready and stores what the frame tells it to, so that a reload finds it again', async () => {
    await using open = await pages.open('wizard', { state: { id: 'wizard-7' } });
    expect(await open.sent()).toEqual([{ type: 'ready' }]);
    expect(await open.state()).toEqual({ id: 'wizard-7' });
  });

  test('takes no focus by itself', async () => {
    await using open = await opened(aWizardView('endpoints'));
    expect(await open.page.evaluate(() => document.activeElement?.tagName)).toBe('BODY');
  });

  test('refuses messages that are not part of the protocol, and says so', async () => {
    await using open = await opened(aWizardView('endpoints'));
    await open.post({ v: WIZARD_PROTOCOL, type: 'view', view: { revision: 9, step: 'anything' } });
    await open.post('a text');
    expect(await open.page.getByRole('heading', { level: 1 }).innerText()).toBe('Source and target');
    expect(await open.complaints()).toHaveLength(2);
  });

  test('shows its own texts in the language of the frame', async () => {
    await using open = await opened(aWizardView('size'), { strings: { Back: 'Zurück', 'Next: {0}': 'Weiter: {0}' } });
    expect(await open.page.getByRole('button', { name: 'Zurück' }).count()).toBe(1);
    expect(await open.page.getByRole('button', { name: 'Weiter: Findings' }).count()).toBe(1);
  });
});

describe('every step', () => {
  test.each(WIZARD_STEPS)('%s is drawn under the strict policy, and tells where it is', async (step) => {
    await using open = await opened(aWizardView(step));
    const current = open.page.locator('[aria-current=step]');
    expect(await current.count()).toBe(1);
    expect(await current.innerText()).toContain(await open.page.getByRole('heading', { level: 1 }).innerText());
    expect(await open.complaints()).toEqual([]);
  });

  test('goes back and forward, and to any step that can be reached', async () => {
    await using open = await opened(
      aWizardView('findings', { reachable: ['endpoints', 'namespaces', 'size', 'findings'] }),
    );
    await open.page.getByRole('button', { name: 'Back' }).click();
    await open.page.getByRole('button', { name: 'Next: Method' }).click();
    await open.page.getByRole('button', { name: 'Collections' }).click();
    expect(await open.page.getByRole('button', { name: 'Tuning' }).isDisabled()).toBe(true);
    expect(await open.sent()).toEqual([
      { type: 'go', step: 'size' },
      { type: 'go', step: 'method' },
      { type: 'go', step: 'namespaces' },
    ]);
  });

  test('says why it cannot be left yet, instead of leaving', async () => {
    const nextProblem = 'Choose a source and a target.';
    await using open = await opened(aWizardView('endpoints', { nextProblem }));
    const next = open.page.locator('[data-move=next]');
    await next.focus();
    await open.page.keyboard.press('Enter');
    expect(await open.sent()).toEqual([]);
    expect(await open.page.locator('.visually-hidden[role=status]').innerText()).toBe(nextProblem);
    expect(await open.page.locator('#next-problem').innerText()).toContain(nextProblem);
  });

  test('starts at its heading when the user has moved to it', async () => {
    await using open = await opened(aWizardView('endpoints'));
    await open.post(message(aWizardView('namespaces', { revision: 2 })));
    expect(await open.page.evaluate(() => document.activeElement?.textContent)).toBe('Collections');
  });

  test('shows what is going on and lets it be cancelled', async () => {
    const busy = { text: 'Reading sizes of shop', done: 3, total: 12, cancellable: true };
    await using open = await opened(aWizardView('size', { busy }));
    const progress = open.page.getByRole('progressbar');
    expect(await progress.getAttribute('aria-valuenow')).toBe('25');
    await open.page.getByRole('button', { name: 'Cancel' }).click();
    expect(await open.sent()).toEqual([{ type: 'cancel-busy' }]);
  });

  test('tells in an alert what went wrong, why, and what to do', async () => {
    const problem = { happened: 'No answer.', why: 'The host is unknown.', todo: 'Check the name.' };
    await using open = await opened(aWizardView('endpoints', { problem }));
    expect(await open.page.getByRole('alert').innerText()).toMatch(
      /No answer\.\s+The host is unknown\.\s+Check the name\./,
    );
  });
});

/** The view that the host makes of a small shop: the golden file that holds it, with the shell's tests as its keeper. */
async function hostView(target: string): Promise<WizardView> {
  const file = new URL(`../unit/host-wizard-golden/small-${target}.json`, import.meta.url);
  const view: unknown = JSON.parse(await readFile(file, 'utf8'));
  const golden: unknown = { v: WIZARD_PROTOCOL, type: 'view', view };
  if (!isWizardMessage(golden)) {
    throw new Error(`small-${target}.json is no view of this protocol`);
  }
  return golden.view;
}

describe('what the host itself makes of a shop', () => {
  test.each(['ru', 'vcore', 'mongodb'])('is drawn, every step of it, for a target of kind %s', async (target) => {
    const whole = await hostView(target);
    await using open = await pages.open('wizard');
    for (const [index, step] of WIZARD_STEPS.entries()) {
      const view: WizardView = { ...whole, step, revision: index + 1 };
      await open.post(message(view));
      const text = await open.page.locator('.content').innerText();
      for (const expected of textsOf(view)) {
        expect(text).toContain(expected);
      }
    }
    expect(await open.complaints()).toEqual([]);
  });
});

/** Some of what has to be read on the step that a view is at. */
function textsOf(view: WizardView): readonly string[] {
  switch (view.step) {
    case 'endpoints':
      return [...view.endpoints.sources, ...view.endpoints.targets].map((cluster) => cluster.name);
    case 'namespaces':
      return [view.namespaces.selectedText, ...view.namespaces.rows.map((row) => row.coll)];
    case 'size':
      return view.size.rows.flatMap((row) => [row.label, row.largestText]);
    case 'findings':
      return view.findings.rows.flatMap((row) => [row.text, row.remedy]);
    case 'method':
      return view.methods.cards.flatMap((card) => [card.name, ...card.reasons.map((reason) => reason.text)]);
    case 'tuning':
      return view.tuning.fields.flatMap((field) => [field.label, field.explanation]);
    case 'review':
      return [...view.review.actions, ...view.review.notMigrated.flatMap(({ text, places }) => [text, ...places])];
  }
}

describe('the first view', () => {
  const firstView = message(aWizardView('endpoints', { revision: 0 }));

  test('is drawn before the host was asked, and gives way to the next one', async () => {
    await using open = await pages.open('wizard', { firstView });
    expect(await open.page.getByRole('heading', { level: 1 }).innerText()).toBe('Source and target');
    expect(await open.sent()).toEqual([{ type: 'ready' }]);
    await open.post(message(aWizardView('size', { revision: 1 })));
    expect(await open.page.getByRole('heading', { level: 1 }).innerText()).toBe('Size');
    expect(await open.complaints()).toEqual([]);
  });

  test('is not drawn by a page that was shown before: it may be past', async () => {
    await using open = await pages.open('wizard', { firstView });
    await open.page.reload();
    expect(await open.sent()).toEqual([{ type: 'ready' }]);
    expect(await open.page.getByRole('heading', { level: 1 }).count()).toBe(0);
    await open.post(message(aWizardView('review')));
    expect(await open.page.getByRole('heading', { level: 1 }).innerText()).toBe('Review');
  });

  test('is refused where it is none', async () => {
    await using open = await pages.open('wizard', { firstView: { v: 1, type: 'view', view: { step: 'size' } } });
    expect(await open.page.getByRole('heading', { level: 1 }).count()).toBe(0);
    expect(await open.complaints()).toEqual([]);
  });
});

describe('source and target', () => {
  test('are chosen and added', async () => {
    await using open = await opened(aWizardView('endpoints'));
    await open.page.getByRole('radio', { name: 'Reporting on Atlas' }).check();
    await open.page.getByRole('radio', { name: 'shop-vcore' }).check();
    await open.page.getByRole('button', { name: 'Add source' }).click();
    await open.page.getByRole('button', { name: 'Add target' }).click();
    expect(await open.sent()).toEqual([
      { type: 'choose-cluster', role: 'source', id: 'atlas' },
      { type: 'choose-cluster', role: 'target', id: 'vcore' },
      { type: 'add-cluster', role: 'source' },
      { type: 'add-cluster', role: 'target' },
    ]);
  });

  test('say what to do while there are none', async () => {
    const endpoints = { sources: [], targets: [], notes: [] };
    await using open = await opened(aWizardView('endpoints', { endpoints }));
    expect(await open.page.locator('[data-role=source]').innerText()).toContain('No source yet.');
    expect(await open.page.locator('[data-role=target]').innerText()).toContain('No target yet.');
  });
});

describe('findings', () => {
  test('say the same only once, with all its places, and open their source outside', async () => {
    await using open = await opened(aWizardView('findings'));
    const warnings = open.page.locator('.findings-warning .finding');
    expect(await warnings.count()).toBe(1);
    expect(await warnings.locator('code').allInnerTexts()).toEqual(['shop.orders', 'shop.customers']);
    await warnings.getByRole('link').click();
    const sent = await open.sent();
    expect(sent).toEqual([{ type: 'open-link', url: 'https://learn.microsoft.com/azure/cosmos-db/mongodb/indexing' }]);
    expect(sent.map(parseWizardIntent)).toEqual(sent);
    expect(open.page.url()).toContain('/wizard');
  });
});

describe('the method', () => {
  test('that is recommended stands first and is marked in words', async () => {
    await using open = await opened(aWizardView('method'));
    const first = open.page.locator('.method').first();
    expect(await first.innerText()).toContain('Recommended');
    expect(await first.getByRole('radio').isChecked()).toBe(true);
    expect(await open.page.locator('.method').count()).toBe(3);
  });

  test('says in words, not in colour alone, what speaks for and against it', async () => {
    await using open = await opened(aWizardView('method'));
    expect(await open.page.locator('.method').first().locator('.reason').allTextContents()).toEqual(
      expect.arrayContaining([expect.stringMatching(/^\s*For: /), expect.stringMatching(/^\s*Against: /)]),
    );
    expect(await open.page.locator('[data-method=dms] .reason').textContent()).toMatch(/Rules it out: /);
  });

  test('is chosen only where it is possible', async () => {
    await using open = await opened(aWizardView('method'));
    await open.page.getByRole('radio', { name: 'mongoexport' }).check();
    // What cannot be chosen does not look as if it could.
    expect(await open.page.locator('[data-method=dms]').locator('input, label, button').count()).toBe(0);
    expect(await open.sent()).toEqual([{ type: 'choose-method', id: 'export-import' }]);
  });
});

describe('what matters to the user', () => {
  test('is told on the page of the methods, and the advice that follows is announced', async () => {
    await using open = await opened(aWizardView('method'));
    await open.page.getByRole('checkbox', { name: 'The source is written to' }).check();
    await open.page.getByRole('combobox', { name: 'The data is wanted as files' }).selectOption({ label: 'CSV' });
    const hours = open.page.getByRole('spinbutton', { name: 'Hours that the source may be without writes' });
    for (const typed of ['0.5', '9000', '6', '']) await hours.fill(typed).then(() => hours.blur());
    const sent = await open.sent();
    expect(sent).toEqual([
      { type: 'set-wish', id: 'online', value: 'yes' },
      { type: 'set-wish', id: 'files', value: 'csv' },
      { type: 'set-window', hours: 6 },
      { type: 'set-window', hours: 0 },
    ]);
    expect(sent.map(parseWizardIntent)).toEqual(sent);
    const { methods } = aWizardView('method');
    await open.post(message(aWizardView('method', { revision: 2, methods: { ...methods, summary: 'Another one.' } })));
    expect(await open.page.locator('[aria-live=polite]').allInnerTexts()).toContain('Another one.');
  });
});

describe('single collections', () => {
  test('are given a throughput of their own, with a number that the target takes', async () => {
    await using open = await opened(aWizardView('tuning'));
    const add = open.page.getByRole('button', { name: 'Add', exact: true });
    const name = open.page.getByLabel('Collection with another throughput');
    const rate = open.page.getByLabel('RU/s of this collection');
    await name.fill('no.such');
    await add.click();
    expect(await open.page.locator('#single-problem').innerText()).toContain('Name a collection');
    await name.fill('shop.customers');
    await rate.fill('450');
    await rate.press('Enter');
    expect(await open.page.locator('#single-problem').innerText()).toContain('steps of 100');
    expect(await open.sent()).toEqual([]);
    await open.page.getByLabel('Kind of throughput').selectOption({ label: 'Autoscale, up to' });
    await rate.fill('20000');
    await rate.press('Enter');
    expect(await open.page.locator('#single-problem').innerText()).toBe('');
    await open.page.getByRole('button', { name: 'Remove shop.orders' }).click();
    const sent = await open.sent();
    expect(sent).toEqual([
      { type: 'set-collection-throughput', ns: 'shop.customers', kind: 'autoscale', ruPerSecond: 20_000 },
      { type: 'set-collection-throughput', ns: 'shop.orders', kind: 'common', ruPerSecond: 0 },
    ]);
    expect(sent.map(parseWizardIntent)).toEqual(sent);
  });

  test('are suggested by size, only those that are selected', async () => {
    await using open = await opened(aWizardView('tuning'));
    const options = await open.page
      .locator('#single-names option')
      .evaluateAll((all) => all.map((option) => (option as HTMLOptionElement).value));
    expect(options).toEqual(['shop.orders', 'shop.customers', 'shop.products']);
  });
});

describe('tuning', () => {
  test('sends a number once the typing pauses, and at once on Enter', async () => {
    await using open = await opened(aWizardView('tuning'));
    const batch = open.page.getByLabel('Batch size');
    await batch.fill('12');
    await open.page.keyboard.press('Enter');
    expect(await open.sent()).toEqual([{ type: 'set-tuning', field: 'batchSize', value: 12 }]);
    await batch.fill('13');
    await open.page.waitForFunction(() => window.sentToHost.length > 0);
    expect(await open.sent()).toEqual([{ type: 'set-tuning', field: 'batchSize', value: 13 }]);
  });

  test("never overwrites what is being typed, and takes the host's number once the field is left", async () => {
    await using open = await opened(aWizardView('tuning'));
    const batch = open.page.getByLabel('Batch size');
    await batch.fill('');
    await batch.pressSequentially('1');
    const { tuning } = aWizardView('tuning');
    const fields = tuning.fields.map((field) => (field.id === 'batchSize' ? { ...field, value: 22 } : field));
    await open.post(message(aWizardView('tuning', { revision: 2, tuning: { ...tuning, fields } })));
    expect(await batch.inputValue()).toBe('1');
    await batch.press('Tab');
    await open.post(message(aWizardView('tuning', { revision: 3, tuning: { ...tuning, fields } })));
    expect(await batch.inputValue()).toBe('22');
  });

  test('ties explanation and problem to their field', async () => {
    await using open = await opened(aWizardView('tuning'));
    const workers = open.page.getByRole('spinbutton', { name: 'Insertion workers' });
    expect(await workers.getAttribute('aria-invalid')).toBe('true');
    const described = (await workers.getAttribute('aria-describedby')) ?? '';
    const texts = await Promise.all(described.split(' ').map((id) => open.page.locator(`#${id}`).innerText()));
    expect(texts.join(' ')).toContain('rounded down');
    expect(texts.join(' ')).toContain('At most 64');
  });

  test('resets, measures, copies and sets the policies', async () => {
    await using open = await opened(aWizardView('tuning'));
    await open.page.getByRole('button', { name: 'Reset Insertion workers' }).click();
    await open.page.getByRole('button', { name: 'Measure the charge' }).click();
    await open.page.getByRole('button', { name: 'Copy' }).click();
    await open.page.getByRole('radio', { name: 'Keep the one on the target' }).check();
    await open.page.getByRole('radio', { name: 'Compare counts only' }).check();
    await open.page.getByLabel('Throughput of the new collections').selectOption({ label: 'Serverless' });
    await open.page.getByRole('checkbox', { name: 'nested documents' }).check();
    await open.page.getByLabel('Read the source from').selectOption({ label: 'The nearest member' });
    const sent = await open.sent();
    expect(sent).toEqual([
      { type: 'reset-tuning', field: 'insertionWorkers' },
      { type: 'measure-charge' },
      { type: 'copy-command-lines' },
      { type: 'set-conflicts', value: 'skip' },
      { type: 'set-verification', value: 'counts' },
      { type: 'set-throughput', value: 'serverless' },
      { type: 'set-capability', id: 'nested', on: true },
      { type: 'set-read-preference', value: 'nearest' },
    ]);
    expect(sent.map(parseWizardIntent)).toEqual(sent);
  });

  test('shows the command lines as they are, so that they can be selected and read', async () => {
    const view = aWizardView('tuning');
    await using open = await opened(view);
    expect(await open.page.locator('.command').allTextContents()).toEqual(view.tuning.preview);
  });
});

describe('the review', () => {
  test('starts only after the consent that it asks for', async () => {
    const view = aWizardView('review');
    await using open = await opened(view);
    await open.page.locator('[data-move=start]').focus();
    await open.page.keyboard.press('Enter');
    expect(await open.sent()).toEqual([]);
    await open.page.getByRole('checkbox').check();
    expect(await open.sent()).toEqual([{ type: 'consent', given: true }]);
    await open.post(message({ ...view, revision: 2, review: { ...view.review, needsConsent: false } }));
    await open.page.getByRole('button', { name: 'Start migration' }).click();
    expect(await open.sent()).toEqual([{ type: 'start' }]);
  });

  test('saves the plan and copies the command lines', async () => {
    await using open = await opened(aWizardView('review'));
    await open.page.getByRole('button', { name: 'Save plan' }).click();
    await open.page.getByRole('button', { name: 'Copy command lines' }).click();
    expect(await open.sent()).toEqual([{ type: 'save-plan' }, { type: 'copy-command-lines' }]);
  });

  test('shows the last snapshot, whatever order they come in', async () => {
    const view = aWizardView('review');
    await using open = await opened({ ...view, revision: 5 });
    await open.post(message(aWizardView('tuning', { revision: 4 })));
    expect(await open.page.getByRole('heading', { level: 1 }).innerText()).toBe('Review');
  });
});
