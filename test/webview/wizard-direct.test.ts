import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
