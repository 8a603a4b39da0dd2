import { describe, expect, it } from 'vitest';
import type { RunState } from '../../src/core/model/run.js';
import { possibleActions } from '../../src/host/runs/run-actions.js';
import { aRun } from './host-runs-builders.js';

const STATES: readonly RunState[] = [
  'planned',
  'preparing',
  'copying',
  'indexing',
  'verifying',
  'completed',
  'completed-with-findings',
  'paused',
  'failed-resumable',
  'cancelled',
];
const of = (state: RunState, alive: boolean, deadLetters = 0): readonly string[] =>
  possibleActions(aRun({ alive }, { state, deadLetters }));

describe('what can be done with a run', () => {
  it('while it works: pause and cancel, not resume', () => {
    expect(of('copying', true)).toEqual(['pause', 'cancel', 'terminal']);
  });

  it('while a direct copy works: its limits', () => {
    const run = aRun({ alive: true }, { state: 'copying', ceilings: {} });
    expect(possibleActions(run)).toEqual(['pause', 'limit', 'cancel', 'terminal']);
    expect(possibleActions({ ...run, alive: false })).not.toContain('limit');
  });

  it('while it waits for a person: their word first, and only as long as a process hears it', () => {
    const run = aRun({ alive: true }, { state: 'copying', awaits: 'studio-3t-done' });
    expect(possibleActions(run)).toEqual(['proceed', 'steps', 'pause', 'cancel', 'terminal']);
    expect(possibleActions({ ...run, alive: false })).not.toContain('proceed');
    const other = aRun({ alive: true }, { state: 'copying', awaits: 'deployment' });
    // Nothing is written down for it.
    expect(possibleActions(other)).toEqual(['proceed', 'pause', 'cancel', 'terminal']);
  });

  it('while it waits in its terminal: resume and cancel', () => {
    expect(of('paused', true)).toEqual(['resume', 'cancel', 'terminal']);
  });

  it('after it was cut off: resume first, and a look at what there is', () => {
    expect(of('copying', false)).toEqual(of('failed-resumable', false));
    expect(of('failed-resumable', false)).toEqual(['resume', 'report', 'verify', 'cancel', 'terminal']);
  });

  it('once it is complete: no cancel, no resume', () => {
    expect(of('completed', false)).toEqual(['report', 'verify', 'terminal']);
  });

  it.each(STATES)('offers dead letters only where there are some: %s', (state) => {
    for (const alive of [true, false]) expect(of(state, alive).join()).not.toContain('dead-letters');
  });

  it('retries dead letters only while nobody works on the run, and never of a cancelled one', () => {
    expect(of('completed-with-findings', false, 2)).toEqual([
      'report',
      'dead-letters',
      'retry-dead-letters',
      'verify',
      'resume',
      'terminal',
    ]);
    expect(of('copying', true, 2)).not.toContain('retry-dead-letters');
    expect(of('cancelled', false, 2)).toEqual(['report', 'dead-letters', 'terminal']);
  });

  it('offers to clean up in Azure wherever something was left there, whatever the state', () => {
    for (const state of STATES) {
      const left = aRun({ alive: false, leftInAzure: true }, { state });
      expect(possibleActions(left).slice(-2)).toEqual(['clean-up', 'terminal']);
      expect(of(state, false)).not.toContain('clean-up');
    }
    expect(possibleActions(aRun({ alive: true, leftInAzure: true }, { state: 'copying' }))).not.toContain('clean-up');
  });

  it('never offers pause and resume together', () => {
    for (const state of STATES) {
      for (const alive of [true, false]) {
        const actions = of(state, alive);
        expect(actions.includes('pause') && actions.includes('resume')).toBe(false);
      }
    }
  });

  it('leaves a run alone that cannot be read', () => {
    expect(possibleActions(aRun({ alive: false, problem: 'bad-plan' }))).toEqual([]);
  });
});
