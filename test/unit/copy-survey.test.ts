import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { PlannedCollection } from '../../src/core/model/plan.js';
import { Surveys, type SurveyContext } from '../../src/engine/copy/survey.js';

it('surveys of many collections at once warn of no leak', async () => {
  const warnings: Error[] = [];
  const warn = (warning: Error): void => void warnings.push(warning);
  process.on('warning', warn);
  const asked: string[] = [];
  const source = {
    // As a driver does: it listens for as long as its command is on its way.
    idAfter: (ns: { coll: string }, _range: object, _skip: number, signal: AbortSignal) =>
      new Promise((_, reject) => {
        asked.push(ns.coll);
        signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true });
      }),
  };
  const context = { source, readers: () => 20, signal: new AbortController().signal } as unknown as SurveyContext;
  const collections = Array.from({ length: 20 }, (_, at) => {
    const ns = { db: 'shop', coll: `c${at}` };
    return { source: ns, target: ns, options: {} } as PlannedCollection;
  });
  const surveys = new Surveys(context);
  surveys.begin(collections);
  await setImmediate();
  surveys.stop();
  await setImmediate();
  process.off('warning', warn);
  expect(asked).toHaveLength(20);
  expect(warnings).toEqual([]);
});
