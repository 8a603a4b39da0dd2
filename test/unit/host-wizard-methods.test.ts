import { describe, expect, it } from 'vitest';
import { CARRIED_OUT } from '../../src/core/advise/advise.js';
import { reduce } from '../../src/host/wizard/model/reduce.js';
import { viewOf } from '../../src/host/wizard/view/view-of.js';
import type { WizardIntent, WizardView } from '../../src/protocol/wizard.js';
import { modelOf, readState, SMALL } from './host-wizard-builders.js';

describe('methods', () => {
  it('are all shown and carried out, and nothing else can be chosen', () => {
    const state = readState(SMALL, 'ru');
    const { cards } = viewOf(modelOf(state)).methods;
    expect(new Set(cards.map(({ id }) => id))).toEqual(CARRIED_OUT);
    expect(reduce(state, { type: 'choose-method', id: 'by-post' })).toBe(state);
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
    // The service follows the changes of servers up to 4.0, for an RU account.
    const old = { ...SMALL, cluster: { ...SMALL.cluster, version: '4.0.28', versionArray: [4, 0, 28] } };
    const online = viewOf(modelOf(readState(old, 'ru', { type: 'set-wish', id: 'online', value: 'yes' }))).methods;
    expect(ranksIn(online).indexOf('dms')).toBeLessThan(ranksIn(online).indexOf('dump-restore'));
    expect(ranksIn(before).indexOf('dms')).toBeGreaterThan(ranksIn(before).indexOf('dump-restore'));
    expect(before.cards.find((card) => card.id === 'studio-3t')?.possible).toBe(false);
    const owned = methodsAfter({ type: 'set-wish', id: 'studio3t', value: 'yes' });
    expect(owned.cards.find((card) => card.id === 'studio-3t')?.possible).toBe(true);
    expect(owned.wishes.map(({ id, value }) => [id, value])).toEqual([
      ['online', 'no'],
      ['azure-reaches', 'unsaid'],
      ['from-here', 'unsaid'],
      ['private-endpoint', 'no'],
      ['skills', 'unsaid'],
      ['studio3t', 'yes'],
      ['files', 'no'],
    ]);
    const over = methodsAfter(
      { type: 'set-wish', id: 'files', value: 'csv' },
      { type: 'set-wish', id: 'files', value: 'no' },
    );
    expect(over).toEqual(before);
  });

  it('are ranked by the ways between the sides, by what people know, and by how long writes may stop', () => {
    const cut = methodsAfter(
      { type: 'set-wish', id: 'azure-reaches', value: 'no' },
      { type: 'set-wish', id: 'from-here', value: 'yes' },
    );
    const inAzure = cut.cards.filter(({ id }) => ['dms', 'data-factory', 'spark-databricks'].includes(id));
    expect(inAzure.map(({ possible }) => possible)).toEqual([false, false, false]);
    const skilled = methodsAfter({ type: 'set-wish', id: 'skills', value: 'spark+command-line' });
    const said = JSON.stringify(skilled.cards.map(({ reasons }) => reasons));
    expect(said).toContain('Spark');
    expect(skilled.wishes.find(({ id }) => id === 'skills')?.value).toBe('spark+command-line');
    const nothing = methodsAfter({ type: 'set-wish', id: 'skills', value: 'none' });
    expect(nothing.wishes.find(({ id }) => id === 'skills')?.value).toBe('none');
    expect(methodsAfter({ type: 'set-window', hours: 6 }).window.hours).toBe(6);
    for (const hours of [0.5, -1, 8761, 0])
      expect(methodsAfter({ type: 'set-window', hours }).window).not.toHaveProperty('hours');
    const unsaid = methodsAfter(
      { type: 'set-wish', id: 'azure-reaches', value: 'no' },
      { type: 'set-wish', id: 'azure-reaches', value: 'unsaid' },
      { type: 'set-wish', id: 'skills', value: 'azure' },
      { type: 'set-wish', id: 'skills', value: 'unsaid' },
      { type: 'set-window', hours: 6 },
      { type: 'set-window', hours: 0 },
    );
    expect(unsaid).toEqual(methodsAfter());
  });

  it('that are carried out elsewhere ask for where, and make a plan once that is said', () => {
    const chosen: readonly WizardIntent[] = [{ type: 'choose-method', id: 'data-factory' }];
    const place = {
      subscriptionId: '0f000000-0000-4000-8000-00000000000f',
      resourceGroup: 'rg',
      location: 'westeurope',
    };
    const said = Object.entries(place).map(([field, value]): WizardIntent => ({ type: 'set-handoff', field, value }));
    const before = viewOf(modelOf(readState(SMALL, 'ru', ...chosen, { type: 'go', step: 'tuning' })));
    expect(before.tuning.handoff?.fields.filter(({ problem }) => problem).map(({ id }) => id)).toEqual(
      Object.keys(place),
    );
    expect(before.reachable).not.toContain('review');
    expect(before.nextProblem).toContain('Subscription is not said');
    const state = readState(SMALL, 'ru', ...chosen, ...said);
    const after = viewOf(modelOf(state));
    expect(after.review.lines).toContainEqual({
      label: 'Markers',
      value: expect.stringMatching(/^mcmshop[0-9a-f]+\/migration$/) as string,
    });
    expect(after.review.actions.join(' ')).toContain('cut smaller and tried again');
    expect(after.tuning.preview).toEqual([
      'mongo-cosmos-migration run shop.migration.json',
      'mongo-cosmos-migration handoff shop.migration.json --out handoff',
    ]);
    const wrong = viewOf(modelOf(reduce(state, { type: 'set-handoff', field: 'factory', value: '-' })));
    expect(wrong.tuning.handoff?.fields.find(({ id }) => id === 'factory')).toMatchObject({
      origin: 'user',
      value: '-',
    });
    expect(wrong.reachable).not.toContain('review');
    const reset = reduce(reduce(state, { type: 'set-handoff', field: 'factory', value: 'x' }), {
      type: 'reset-handoff',
      field: 'factory',
    });
    expect(viewOf(modelOf(reset)).tuning.handoff).toEqual(after.tuning.handoff);
    // What several methods ask for is said once.
    const dms = viewOf(modelOf(reduce(state, { type: 'choose-method', id: 'dms' })));
    expect(dms.tuning.handoff?.fields.filter(({ problem }) => problem).map(({ id }) => id)).toEqual(['subnetId']);
    expect(reduce(state, { type: 'set-handoff', field: 'no-such-field', value: 'x' })).toBe(state);
  });

  it('name what rules them out first', () => {
    const { cards } = viewOf(modelOf(readState(SMALL, 'ru'))).methods;
    const out = cards.filter((card) => !card.possible);
    expect(out.length).toBeGreaterThan(0);
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
