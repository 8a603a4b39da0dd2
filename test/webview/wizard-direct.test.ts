import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseWizardIntent } from '../../src/protocol/guards/wizard.js';
import { WIZARD_PROTOCOL, type WizardView } from '../../src/protocol/wizard.js';
import { servePages, type OpenPage, type Pages } from './pages.js';
import { aWizardView } from './wizard-views.js';

let pages: Pages;
beforeAll(async () => {
  pages = await servePages();
});
afterAll(() => pages[Symbol.asyncDispose]());

const message = (view: WizardView) => ({ v: WIZARD_PROTOCOL, type: 'view', view });

async function opened(view: WizardView): Promise<OpenPage> {
  const open = await pages.open('wizard');
  await open.post(message(view));
  await open.sent();
  return open;
}

describe('the tuning of a direct copy', () => {
  test('can be measured for 5 seconds, tells what that came to, and what raising throughput leaves behind', async () => {
    const plain = aWizardView('tuning');
    const tuning = {
      ...plain.tuning,
      canTry: true,
      raiseEffects: ['shop.orders can then never be set below 400 RU/s again.'],
    };
    await using open = await opened({ ...plain, tuning });
    await open.page.locator('[data-try]').click();
    expect(await open.sent()).toEqual([{ type: 'try-copy' }]);
    expect(await open.page.locator('[data-raise]').innerText()).toContain('never be set below');
    expect(await open.page.locator('[data-trial]').count()).toBe(0);
    const trial = ['Measured here: 5 seconds of direct copy from shop.orders.'];
    await open.post(message({ ...plain, revision: plain.revision + 1, tuning: { ...tuning, trial } }));
    expect(await open.page.locator('[data-trial]').allInnerTexts()).toEqual(trial);
    expect(await open.complaints()).toEqual([]);
  });
});

describe('a method that is carried out elsewhere', () => {
  test('is told where, field by field, and what is wrong with that', async () => {
    const plain = aWizardView('tuning');
    const handoff: NonNullable<WizardView['tuning']['handoff']> = {
      title: 'How Azure Database Migration Service carries it out',
      notes: ['The classic service is used.'],
      fields: [
        {
          id: 'location',
          label: 'Region',
          value: '',
          origin: 'computed',
          explanation: 'As Azure spells it.',
          problem: 'Region is not said, and only you know it.',
        },
        {
          id: 'replication',
          label: 'Changes during the copy',
          value: 'one-time',
          origin: 'user',
          explanation: 'One-time copies what is there.',
          choices: [
            { value: 'one-time', label: 'One-time' },
            { value: 'continuous', label: 'Continuous' },
          ],
        },
      ],
    };
    await using open = await opened({ ...plain, tuning: { ...plain.tuning, handoff } });
    const region = open.page.getByRole('textbox', { name: 'Region' });
    expect(await region.getAttribute('aria-invalid')).toBe('true');
    expect(await open.page.locator('#handoff-location-problem').innerText()).toContain('only you know it');
    await region.fill('westeurope');
    await region.press('Enter');
    await open.page.getByRole('combobox', { name: 'Changes during the copy' }).selectOption({ label: 'Continuous' });
    await open.page.getByRole('button', { name: 'Reset Changes during the copy' }).click();
    const sent = await open.sent();
    expect(sent).toEqual([
      { type: 'set-handoff', field: 'location', value: 'westeurope' },
      { type: 'set-handoff', field: 'replication', value: 'continuous' },
      { type: 'reset-handoff', field: 'replication' },
    ]);
    expect(sent.map(parseWizardIntent)).toEqual(sent);
    expect(await open.complaints()).toEqual([]);
  });
});
