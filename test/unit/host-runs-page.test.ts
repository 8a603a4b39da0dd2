import { describe, expect, it } from 'vitest';
import { MOST_COLLECTIONS } from '../../src/host/panels/run-page-collections.js';
import { missingRunContent, runPageContent, type RunPageContent } from '../../src/host/panels/run-page-view.js';
import { isRunPageMessage, parseRunPageIntent, RUN_ACTIONS, RUN_PAGE_PROTOCOL } from '../../src/protocol/run-page.js';
import { expectGolden } from '../golden/expect-golden.js';
import { aCollection, aRun, english, NOON, RUN_ID } from './host-runs-builders.js';

const THROTTLED = {
  provisioned: 4_000,
  ruPerSecond: 3_950,
  requestUnits: 98_765,
  throttled: 321,
  remainingMs: { low: 60_000, expected: 185_000, high: 400_000 },
  rates: [0, 1].map((second) => ({
    at: NOON + second * 1_000,
    documentsPerSecond: 700 + second,
    bytesPerSecond: 716_800,
    ruPerSecond: 3_950,
    provisioned: 4_000,
    throttledPerSecond: 3,
  })),
  commandLines: ['mongodump --uri=mongodb://app@old.example/ --archive', 'mongorestore --archive'],
};

const figure = (content: RunPageContent, id: string) => content.figures.find((one) => one.id === id);
const message = (content: RunPageContent): unknown => ({
  v: RUN_PAGE_PROTOCOL,
  type: 'view',
  view: { ...content, revision: 1 },
});

describe('the run page', () => {
  it('says at its head whom a run waits for, and not that it copies', () => {
    const at = (snapshot: Parameters<typeof aRun>[1]) => runPageContent(aRun({}, snapshot), english).stateText;
    expect(at({ state: 'copying', awaits: 'studio-3t-done' })).toBe('Waits for Studio 3T.');
    expect(at({ state: 'copying', awaits: 'deployment' })).toBe('Waits for your yes to what is deployed.');
    expect(at({ state: 'paused', awaits: 'cut-over' })).toMatch(/^Paused/);
  });

  const cases = {
    running: aRun(
      {},
      { ...THROTTLED, collections: [aCollection({ copied: 640, active: true }), aCollection({ ns: 'shop.items' })] },
    ),
    paused: aRun({}, { state: 'paused', documentsPerSecond: 0, collections: [aCollection({ copied: 640 })] }),
    failed: aRun(
      { alive: false },
      {
        state: 'failed-resumable',
        endedAt: NOON + 90_000,
        why: { id: 'error:connection-lost', params: { host: 'new.example' } },
      },
    ),
    verifying: aRun(
      {},
      {
        state: 'verifying',
        done: 1_500,
        planned: 2_000,
        collections: [
          aCollection({ copied: 1_000, verified: 'equal' }),
          aCollection({ ns: 'shop.items', copied: 1_000, compared: 500, verified: 'running', active: true }),
        ],
      },
    ),
    completed: aRun(
      { alive: false },
      {
        state: 'completed',
        done: 1_000,
        endedAt: NOON + 185_000,
        collections: [aCollection({ copied: 1_000, verified: 'equal' })],
      },
    ),
    findings: aRun(
      { alive: false },
      {
        ...THROTTLED,
        state: 'completed-with-findings',
        done: 1_000,
        endedAt: NOON + 185_000,
        deadLetters: 2,
        conflicts: 1,
        why: { id: 'dead-letters', params: { documents: 2 } },
        collections: [
          aCollection({ copied: 997, deadLetters: 2, conflicts: 1, verified: 'equal' }),
          aCollection({ ns: 'shop.items', copied: 1_000, verified: 'different' }),
          aCollection({ ns: 'shop.log', copied: 1_000, verified: 'unproven' }),
          aCollection({ ns: 'shop.tmp', copied: 1_000, verified: 'counts-only' }),
        ],
      },
    ),
  };

  for (const [name, run] of Object.entries(cases)) {
    it(`shows a run that is ${name}`, () => {
      expectGolden(`run-page-${name}`, runPageContent(run, english));
    });

    it(`is understood by its page: ${name}`, () => {
      expect(isRunPageMessage(message(runPageContent(run, english)))).toBe(true);
    });
  }

  it('says which side was lost, and what to do about it', () => {
    const why = { id: 'connection-lost', params: { side: 'target', answersAgain: false } };
    const lost = aRun({ alive: false }, { state: 'failed-resumable', why });
    expect(runPageContent(lost, english).notes).toEqual([
      'The connection to the target was lost, and the target does not answer.',
      'Bring the target back, then resume.',
    ]);
  });

  it('says why it stands still while what is there is only checked', () => {
    const collections = [aCollection({ copied: 640, active: true, checking: true })];
    const content = runPageContent(aRun({}, { rechecked: { done: 200, of: 640 }, collections }), english);
    expect(content.stateText).toBe('Checking what is there already: 200 of 640 documents; nothing is copied twice.');
    expect(content.share).toBe(0.64);
    expect(content.collections[0]?.stateText).toBe('Checking what is there');
  });

  it('says what keeps a direct copy from going faster', () => {
    const content = runPageContent(aRun({}, { limitedBy: 'ceiling' }), english);
    expect(figure(content, 'limited')).toEqual({
      id: 'limited',
      label: 'Limited by',
      value: 'your own limit',
      detail: 'raise it to make it faster',
    });
    expect(isRunPageMessage(message(content))).toBe(true);
    expect(figure(runPageContent(aRun({}, {}), english), 'limited')).toBeUndefined();
  });

  it('says why a process could not take it over, and what to do', () => {
    const startFailure = { at: NOON, id: 'error:tool-missing', params: { tool: 'mongodump' } };
    const content = runPageContent(aRun({ alive: false, startFailure }, { state: 'planned', done: 0 }), english);
    expect(content.tone).toBe('bad');
    expect(content.notes).toHaveLength(1);
    expect(content.notes[0]).toMatch(/^It could not be started\. mongodump was not found\. Install/);
  });

  it('says nothing of request units where the target has none', () => {
    const content = runPageContent(aRun(), english);
    expect(content.showsRu).toBe(false);
    expect(figure(content, 'ru-per-second')).toBeUndefined();
    expect(runPageContent(aRun({}, THROTTLED), english).showsRu).toBe(true);
  });

  it('never says 100 % of a step that still runs, and always of a run that is complete', () => {
    expect(runPageContent(aRun({}, { done: 1_200, planned: 1_000 }), english).share).toBeLessThan(1);
    expect(runPageContent(aRun({ alive: false }, { state: 'completed', done: 0, planned: 0 }), english).share).toBe(1);
  });

  it('tells why a run cannot be read, where it lies, and offers nothing that would fail', () => {
    const content = runPageContent(
      aRun({ alive: false, problem: 'journal-damaged' }, { state: 'failed-resumable' }),
      english,
    );
    expect(content.stateText).toBe('This run cannot be read.');
    expect(content.notes.join(' ')).toContain('The journal of the run is damaged');
    expect(content.notes.join(' ')).toContain(`/runs/${RUN_ID}`);
    expect(content.actions).toEqual([]);
  });

  it('tells of a run whose folder is gone', () => {
    const content = missingRunContent(RUN_ID, english);
    expect(isRunPageMessage(message(content))).toBe(true);
    expect(content.actions).toEqual([]);
  });

  it('sends no more rows than can be read, those with something to tell first', () => {
    const quiet = Array.from({ length: 10_000 }, (_, i) =>
      aCollection({ ns: `many.c${i}`, copied: 1_000, verified: 'equal' }),
    );
    const all = [...quiet, aCollection({ ns: 'many.bad', verified: 'different', copied: 1 })];
    const content = runPageContent(aRun({}, { collections: all }), english);
    expect(content.collections).toHaveLength(MOST_COLLECTIONS);
    expect(content.collections[0]?.ns).toBe('many.bad');
    expect(content.collectionsNote).toContain('9,501 more');
  });

  it('counts refused and conflicting documents as settled, so that a bar does not stop short', () => {
    const [row] = runPageContent(cases.findings, english).collections;
    expect(row).toMatchObject({ share: 1, state: 'equal' });
  });
});

describe('messages of the run page', () => {
  it('takes the intents it knows', () => {
    expect(parseRunPageIntent({ type: 'ready' })).toEqual({ type: 'ready' });
    for (const action of RUN_ACTIONS)
      expect(parseRunPageIntent({ type: 'act', action })).toEqual({ type: 'act', action });
  });

  it.each([
    undefined,
    null,
    'ready',
    1,
    [],
    {},
    { type: 'act' },
    { type: 'act', action: 'delete' },
    { type: 'act', action: 'toString' },
    { type: 'eval' },
  ])('refuses %j', (value) => {
    expect(parseRunPageIntent(value)).toBeUndefined();
  });

  it('hands on nothing of an intent but what it is made of', () => {
    expect(parseRunPageIntent({ type: 'act', action: 'pause', runId: 'x', command: 'y' })).toEqual({
      type: 'act',
      action: 'pause',
    });
  });

  it('refuses views of another protocol or with a part of the wrong kind', () => {
    const good = message(runPageContent(aRun({}, THROTTLED), english)) as { view: Record<string, unknown> };
    expect(isRunPageMessage(good)).toBe(true);
    expect(isRunPageMessage({ ...good, v: 2 })).toBe(false);
    expect(isRunPageMessage({ ...good, type: 'other' })).toBe(false);
    for (const key of Object.keys(good.view)) {
      expect([key, isRunPageMessage({ ...good, view: { ...good.view, [key]: Symbol('wrong') } })]).toEqual([
        key,
        false,
      ]);
    }
  });
});
