import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/core/model/plan.js';
import { ruPerSecond } from '../../src/core/model/units.js';
import { ClusterCatalog, type CatalogPorts } from '../../src/host/tree/cluster-catalog.js';
import { clusterPorts, type ClusterPortParts } from '../../src/host/wizard/cluster-ports.js';
import { planOf } from '../../src/host/wizard/model/derive.js';
import { reduce, type WizardEvent } from '../../src/host/wizard/model/reduce.js';
import { partsOf, restoreState } from '../../src/host/wizard/model/restore.js';
import { fingerprint } from '../../src/host/wizard/model/selection.js';
import { stateOfPlan, type WizardState } from '../../src/host/wizard/model/wizard-state.js';
import { createViewer, viewOf } from '../../src/host/wizard/view/view-of.js';
import type { WizardIntent } from '../../src/protocol/wizard.js';
import { modelOf, readState, SMALL } from './host-wizard-builders.js';

function after(state: WizardState, ...events: readonly (WizardIntent | WizardEvent)[]): WizardState {
  return events.reduce<WizardState>(reduce, state);
}

function planIn(state: WizardState): Plan {
  const { plan } = createViewer().derive(modelOf(state));
  if (!plan) throw new Error('no plan');
  return planOf(plan, 0);
}

describe('a direct copy', () => {
  it('has limits in the place of workers and batches, which go into the plan', () => {
    const state = readState(SMALL, 'vcore', { type: 'go', step: 'tuning' });
    const ids = viewOf(modelOf(state)).tuning.fields.map(({ id }) => id);
    expect(ids).toEqual(['sourceConnections', 'maxMbPerSecond', 'maxDocumentsPerSecond', 'parallelCollections']);
    expect(planIn(state)).not.toHaveProperty('ceilings');
    const limited = after(
      state,
      { type: 'set-tuning', field: 'maxMbPerSecond', value: 20 },
      { type: 'set-tuning', field: 'sourceConnections', value: 2 },
      { type: 'set-tuning', field: 'maxDocumentsPerSecond', value: 0 },
    );
    expect(planIn(limited).ceilings).toEqual({ bytesPerSecond: 20_000_000, sourceConnections: 2 });
    const { review } = viewOf(modelOf(limited));
    expect(review.lines.find(({ label }) => label === 'Pace')?.value).toContain('at most 20 MB/s, 2 connections');
    const reopened = stateOfPlan(planIn(limited), { path: '/x.migration.json' });
    expect(reopened.tuning).toMatchObject({ maxMbPerSecond: 20, sourceConnections: 2 });
    const tools = after(limited, { type: 'choose-method', id: 'dump-restore' });
    expect(planIn(tools)).not.toHaveProperty('ceilings');
  });

  it('shows the command that does the same in a terminal, and no tool', () => {
    const { preview } = viewOf(modelOf(readState(SMALL, 'ru'))).tuning;
    expect(preview).toEqual(['mongo-cosmos-migration run shop.migration.json']);
    const saved = readState(SMALL, 'ru', { type: 'saved', path: "/my plan's/a.json", planId: 'x' });
    expect(viewOf(modelOf(saved)).tuning.preview).toEqual([`mongo-cosmos-migration run '/my plan'\\''s/a.json'`]);
  });

  it('is reckoned by a trial as long as the same is selected', () => {
    const state = readState(SMALL, 'vcore');
    const copied = [{ ms: 5000, documents: 500, bytes: 500_000 }];
    const of = fingerprint(state.selected ?? []);
    const tried = after(state, { type: 'tried', tried: { trial: { ns: 'shop.orders', copied }, of } });
    const view = viewOf(modelOf(tried));
    expect(view.tuning.canTry).toBe(true);
    expect(view.tuning.trial[0]).toMatch(
      /^Measured here: 5 seconds of direct copy from shop\.orders .* 100 documents\/s/,
    );
    const durationOf = (s: WizardState): string | undefined =>
      viewOf(modelOf(s)).methods.cards.find(({ id }) => id === 'direct-copy')?.durationText;
    expect(durationOf(tried)).toMatch(/^about \d+ h/);
    expect(durationOf(state)).toMatch(/^about \d+ min|^about \d+ s/);
    const other = after(tried, { type: 'select', namespaces: ['shop.log'], selected: false });
    expect(viewOf(modelOf(other)).tuning.trial).toEqual([]);
  });

  it('raises throughput only when it is known what to put it back to, tells what stays, and asks for a yes', () => {
    const state = readState(
      SMALL,
      'ru',
      { type: 'select', namespaces: ['shop.log', 'shop.open orders'], selected: false },
      { type: 'set-tuning', field: 'ruPerSecond', value: 1000 },
      { type: 'set-tuning', field: 'raiseRuPerSecond', value: 10_000 },
      { type: 'consent', given: true },
      { type: 'go', step: 'tuning' },
    );
    const unknown = viewOf(modelOf(state));
    expect(unknown.reachable).not.toContain('review');
    expect(unknown.nextProblem).toContain('has not been read');
    const { wantsGiven } = createViewer().derive(modelOf(state));
    const throughput = {
      collections: { 'shop.customers': { kind: 'manual' as const, ruPerSecond: ruPerSecond(800) } },
      databases: {},
    };
    const given = after(state, { type: 'given', given: { throughput, of: wantsGiven?.of ?? '' } });
    const raises = planIn(given).throughputRaises ?? [];
    expect(raises.map(({ budget, restoreTo }) => [budget, restoreTo])).toContainEqual([
      'shop.customers',
      { kind: 'manual', ruPerSecond: 800 },
    ]);
    expect(raises.find(({ budget }) => budget === 'shop.orders')?.restoreTo).toEqual({
      kind: 'manual',
      ruPerSecond: 1000,
    });
    const view = viewOf(modelOf(given));
    expect(view.tuning.raiseEffects.join(' ')).toContain('can then never be set below');
    expect(view.review.actions.join(' ')).toContain('shop.orders is raised to 10,000 RU/s while it is copied');
    expect(view.review.consentText).toContain('what raising the throughput costs');
    const more = after(given, { type: 'set-tuning', field: 'raiseRuPerSecond', value: 8000 });
    expect(viewOf(modelOf(more)).review.needsConsent).toBe(true);
    const none = after(more, { type: 'set-tuning', field: 'raiseRuPerSecond', value: 0 });
    expect(planIn(none)).not.toHaveProperty('throughputRaises');
  });

  it('raises throughput as far as Azure does at once, where that was read of the account, after a reload, too', async () => {
    const catalog = new ClusterCatalog({ clusters: { get: () => undefined } } as unknown as CatalogPorts);
    catalog.putThroughput('target', [
      { budget: 'shop.customers', instantMaximumRuPerSecond: ruPerSecond(30_000) },
      { budget: 'shop.orders' },
    ]);
    const has = { kind: 'manual' as const, ruPerSecond: ruPerSecond(800) };
    const found = { collections: { 'shop.customers': has }, databases: {} };
    const { readGiven } = clusterPorts({
      adapters: () => Promise.resolve({ readTargetThroughput: () => Promise.resolve(found) }),
      connections: { with: (_id: string, _signal: AbortSignal, use: (target: object) => unknown) => use({}) },
      catalog,
    } as unknown as ClusterPortParts);
    const throughput = await readGiven('target', [], new AbortController().signal);
    expect(throughput.atOnce).toEqual({ 'shop.customers': 30_000 });
    const asked = readState(
      SMALL,
      'ru',
      { type: 'set-shard-key', ns: 'shop.customers', path: 'region' },
      { type: 'set-tuning', field: 'raiseRuPerSecond', value: 50_000 },
      { type: 'go', step: 'tuning' },
    );
    const { wantsGiven } = createViewer().derive(modelOf(asked));
    const given = after(asked, { type: 'given', given: { throughput, of: wantsGiven?.of ?? '' } });
    const told = viewOf(modelOf(given)).tuning.raiseEffects.join(' ');
    expect(told).toContain('shop.customers is raised to 30,000 RU/s, not 50,000 RU/s: more would need');
    const { choices, readings } = partsOf(given);
    expect(restoreState(choices, readings)?.given).toEqual(given.given);
  });
});
