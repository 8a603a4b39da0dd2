import { describe, expect, it } from 'vitest';
import { createViewer, viewOf } from '../../src/host/wizard/view/view-of.js';
import { isWizardMessage } from '../../src/protocol/guards/wizard.js';
import { WIZARD_PROTOCOL, type WizardView } from '../../src/protocol/wizard.js';
import { aCollection, anInventory, aSample } from './core-builders.js';
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

  it('is made again only where something changed: 10,000 rows are not made anew for each number typed', () => {
    const viewer = createViewer();
    const state = readState(aBigInventory(40, 50), 'ru', { type: 'go', step: 'tuning' });
    const before = viewer.view(modelOf(state));
    const after = viewer.view(modelOf({ ...state, throughput: 'manual', tuning: { ruPerSecond: 5000 } }));
    expect(after.namespaces).toBe(before.namespaces);
    expect(after.size).toBe(before.size);
    expect(after.findings).toBe(before.findings);
    expect(after.tuning).not.toEqual(before.tuning);
    expect(after.review.lines).not.toEqual(before.review.lines);
  });

  it('shows the largest collections and adds up the rest', () => {
    const { rows } = viewOf(modelOf(readState(aBigInventory(20, 30), 'ru'))).size;
    expect(rows).toHaveLength(501);
    expect(rows.at(-1)?.label).toBe('100 smaller ones');
    expect(rows.reduce((sum, row) => sum + row.share, 0)).toBeCloseTo(1, 9);
  });

  it('cuts long command lines, of which copying gives all', () => {
    const commandLines = (): string[] => Array.from({ length: 150 }, () => 'x'.repeat(5000));
    const { preview } = viewOf(
      modelOf(readState(SMALL, 'ru', { type: 'choose-method', id: 'dump-restore' }), { commandLines }),
    ).tuning;
    expect(preview).toHaveLength(101);
    expect(preview[0]).toHaveLength(2002);
    expect(preview.at(-1)).toBe('… and 50 more');
  });
});

describe('what stays behind, in the review', () => {
  const reviewOf = (largestBytes: number): WizardView['review'] => {
    const { sample } = aSample({ largestBytes });
    const orders = aCollection('shop.orders', { documents: 100, ...(sample ? { sample } : {}) });
    return viewOf(modelOf(readState(anInventory([orders]), 'ru', { type: 'go', step: 'review' }))).review;
  };

  it('names documents that are known to be too large for the target', () => {
    const { notMigrated } = reviewOf(2_860_000);
    expect(notMigrated).toHaveLength(1);
    expect(notMigrated[0]).toMatchObject({ places: ['shop.orders'], more: 0 });
    expect(notMigrated[0]?.text).toContain('dead letters');
    expect(notMigrated[0]?.text).toContain('2 MB');
  });

  it('is nothing where all documents seen fit', () => {
    expect(reviewOf(48_000).notMigrated).toEqual([]);
  });
});
