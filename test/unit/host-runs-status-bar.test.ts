import { describe, expect, it } from 'vitest';
import { statusBarView } from '../../src/host/runs/status-bar-view.js';
import { runPageContent } from '../../src/host/panels/run-page-view.js';
import type { RunInfo } from '../../src/host/services.js';
import { describeRun } from '../../src/host/tree/run-rows.js';
import { aRun, english, NOON } from './host-runs-builders.js';

const DAY = 24 * 60 * 60 * 1_000;
const show = (runs: readonly RunInfo[], now = NOON + 60_000) => statusBarView(runs, now, english);
const remainingMs = { low: 1, expected: 180_000, high: 9e6 };

describe('the status bar', () => {
  it('is empty while there is no run, or none that waits for anything', () => {
    expect(show([])).toBeUndefined();
    expect(
      show([aRun({ alive: false }, { state: 'completed' }), aRun({ alive: false }, { state: 'cancelled' })]),
    ).toBeUndefined();
  });

  it('tells share, rate and time left of the run that works, and leads to it', () => {
    const view = show([aRun({}, { remainingMs })]);
    expect(view).toMatchObject({
      text: '$(sync~spin) shop.orders 64 % · 12.3k/s · 3 min',
      tone: 'plain',
      runId: aRun().runId,
    });
    expect(view?.label).toBe('Migration shop.orders: old → new: 64 % · 12.3k/s · 3 min');
  });

  it('names a step that begins again at nothing, and says why a share stands still', () => {
    const works = (part: Parameters<typeof aRun>[1]) => show([aRun({}, { documentsPerSecond: 0, ...part })])?.text;
    expect(works({ state: 'preparing' })).toBe('$(sync~spin) shop.orders preparing');
    expect(works({ state: 'indexing' })).toBe('$(sync~spin) shop.orders building indexes');
    expect(works({ state: 'verifying', done: 20 })).toBe('$(sync~spin) shop.orders verifying · 2 %');
    expect(works({ rechecked: { done: 1, of: 640 } })).toBe('$(sync~spin) shop.orders 64 % · checking what is there');
  });

  it('does not say that a run is starting which could not', () => {
    const startFailure = { at: NOON, id: 'error:authentication-failed', params: { side: 'target' } };
    expect(show([aRun({ alive: false, startFailure }, { state: 'planned' })])).toMatchObject({
      text: '$(warning) shop.orders could not start',
      tone: 'warning',
    });
    expect(show([aRun({ startFailure }, { state: 'paused' })])?.text).toBe('$(warning) shop.orders could not go on');
  });

  it('leaves out what is not known yet', () => {
    expect(show([aRun({}, { done: 0, documentsPerSecond: 0 })])?.text).toBe('$(sync~spin) shop.orders 0 %');
  });

  it('shortens a long name, and makes no icon of one', () => {
    const subject = `$(flame).${'x'.repeat(200)}`;
    expect(show([aRun({ subject }, { documentsPerSecond: 0 })])?.text).toBe(
      `$(sync~spin) $ (flame).${'x'.repeat(19)}… 64 %`,
    );
    expect(show([aRun({ subject: '' }, { documentsPerSecond: 0 })])?.text).toContain('shop.orders: old → new 64 %');
  });

  it('counts several, and names none of them', () => {
    const view = show([
      aRun({ runId: 'a' }),
      aRun({ runId: 'b' }),
      aRun({ runId: 'c', alive: false }, { state: 'paused' }),
    ]);
    expect(view?.text).toBe('$(sync~spin) 2 migrations');
    expect(view?.runId).toBeUndefined();
    expect(view?.runs.map((run) => run.runId)).toEqual(['a', 'b', 'c']);
  });

  it('draws a run that its user stopped as one that rests, not as a failure', () => {
    const stopped = aRun({ alive: false }, { state: 'failed-resumable', why: { id: 'stopped-by-user', params: {} } });
    expect(show([stopped])).toMatchObject({ text: '$(debug-pause) shop.orders stopped', tone: 'plain' });
    const words = { t: english, time: (at: number): string => new Date(at).toISOString() };
    expect(describeRun(stopped, words).icon).toEqual({ id: 'debug-pause' });
    expect(runPageContent(stopped, english).tone).toBe('resting');
  });

  it('shows a run that rests with an icon of its own', () => {
    expect(show([aRun({}, { state: 'paused' })])).toMatchObject({
      text: '$(debug-pause) shop.orders paused',
      tone: 'plain',
    });
    expect(show([aRun({ alive: false }, { state: 'failed-resumable' })])).toMatchObject({
      text: '$(warning) shop.orders stopped',
      tone: 'warning',
    });
    expect(
      show([aRun({ alive: false }, { state: 'failed-resumable' }), aRun({ runId: 'b' }, { state: 'paused' })]),
    ).toMatchObject({
      text: '$(warning) 2 migrations wait',
      tone: 'warning',
    });
  });

  it('says that a run starts until its process has spoken', () => {
    const planned = aRun({ alive: false }, { state: 'planned' });
    expect(show([planned], NOON + 5_000)?.text).toBe('$(sync~spin) shop.orders is starting');
    expect(show([planned], NOON + 120_000)?.text).toBe('$(debug-pause) shop.orders not started');
  });

  it('forgets a run that nobody went on with for a day, but not one whose process lives', () => {
    const left = aRun({ alive: false }, { state: 'failed-resumable', endedAt: NOON });
    expect(show([left], NOON + DAY - 1)).toBeDefined();
    expect(show([left], NOON + DAY)).toBeUndefined();
    expect(show([aRun({}, { state: 'paused', endedAt: NOON })], NOON + 10 * DAY)).toBeDefined();
  });

  it('says nothing of a run that cannot be read: the view of the migrations does', () => {
    expect(show([aRun({ problem: 'journal-damaged' }, { state: 'failed-resumable' })])).toBeUndefined();
  });
});
