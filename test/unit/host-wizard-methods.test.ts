import { describe, expect, it } from 'vitest';
import { reduce } from '../../src/host/wizard/model/reduce.js';
import { viewOf } from '../../src/host/wizard/view/view-of.js';
import type { WizardIntent, WizardView } from '../../src/protocol/wizard.js';
import { modelOf, readState, SMALL } from './host-wizard-builders.js';

describe('methods', () => {
  it('are all shown, and only what this version carries out can be chosen', () => {
    const state = readState(SMALL, 'ru');
    const { cards } = viewOf(modelOf(state)).methods;
    expect(cards).toHaveLength(7);
    expect(cards.filter((card) => card.available).map((card) => card.id)).toEqual([
      'direct-copy',
      'dump-restore',
      'export-import',
    ]);
    expect(reduce(state, { type: 'choose-method', id: 'spark-databricks' })).toBe(state);
  });

  const methodsAfter = (...then: readonly WizardIntent[]): WizardView['methods'] =>
    viewOf(modelOf(readState(SMALL, 'vcore', ...then))).methods;
  const ranksIn = ({ cards }: WizardView['methods']): readonly string[] => cards.map((card) => card.id);

  it('are ranked anew by what matters to the user, with the reasons that follow', () => {
    const before = methodsAfter();
    expect(before.summary).toBe('Recommended: direct copy.');
    expect(before.cards.find(({ chosen }) => chosen)?.id).toBe('direct-copy');
    const files = methodsAfter({ type: 'set-wish', id: 'files', value: 'csv' });
    expect(ranksIn(files)[0]).toBe('export-import');
    expect(JSON.stringify(files.cards[0]?.reasons)).toContain('It gives the CSV files that you asked for.');
    const online = methodsAfter({ type: 'set-wish', id: 'online', value: 'yes' });
    expect(ranksIn(online).indexOf('dms')).toBeLessThan(ranksIn(online).indexOf('dump-restore'));
    expect(ranksIn(before).indexOf('dms')).toBeGreaterThan(ranksIn(before).indexOf('dump-restore'));
    expect(before.cards.find((card) => card.id === 'studio-3t')?.possible).toBe(false);
    const owned = methodsAfter({ type: 'set-wish', id: 'studio3t', value: 'yes' });
    expect(owned.cards.find((card) => card.id === 'studio-3t')?.possible).toBe(true);
    expect(owned.wishes.map(({ id, value }) => [id, value])).toEqual([
      ['online', 'no'],
      ['studio3t', 'yes'],
      ['files', 'no'],
    ]);
    const over = methodsAfter(
      { type: 'set-wish', id: 'files', value: 'csv' },
      { type: 'set-wish', id: 'files', value: 'no' },
    );
    expect(over).toEqual(before);
  });

  it('name what rules them out first', () => {
    const { cards } = viewOf(modelOf(readState(SMALL, 'ru'))).methods;
    const out = cards.filter((card) => !card.possible);
    expect(out.length).toBeGreaterThan(1);
    expect(out.map((card) => card.reasons[0]?.weight)).toEqual(out.map(() => '!'));
  });

  it('take a time that hangs on the throughput as long as nobody has said it, and tell what it is with the least', () => {
    const unsaid = viewOf(modelOf(readState(SMALL, 'ru')));
    const { durationText } = unsaid.methods.cards.find((card) => card.chosen) ?? {};
    expect(durationText).toMatch(/^\d.* to \d.*, by throughput$/);
    expect(unsaid.methods.durationNote).toContain('400 RU/s');
    const said = viewOf(modelOf(readState(SMALL, 'ru', { type: 'set-tuning', field: 'ruPerSecond', value: 400 })));
    expect(said.methods).not.toHaveProperty('durationNote');
    // The longer time is what the same throughput gives once it is said.
    const longer = / to (.*), by throughput$/.exec(durationText ?? '')?.[1];
    expect(said.methods.cards.find((card) => card.chosen)?.durationText).toContain(`about ${longer ?? '?'} (`);
    const shared = viewOf(modelOf(readState(SMALL, 'ru', { type: 'set-throughput', value: 'shared' })));
    expect(shared.methods.cards.find((card) => card.chosen)?.durationText).toMatch(/ or more$/);
  });

  it('are ranked by the thresholds of the settings', () => {
    const settings = { nativeToolsUpToGb: 0.5, servicesUpToGb: 1024, analysisParallelism: 8 };
    const texts = viewOf(modelOf(readState(SMALL, 'vcore'), { settings })).methods;
    expect(JSON.stringify(texts)).toContain('500 MB'.replace('500', '512'));
  });
});
