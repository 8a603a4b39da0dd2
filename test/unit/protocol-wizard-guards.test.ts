import { describe, expect, it } from 'vitest';
import { viewOf } from '../../src/host/wizard/view/view-of.js';
import { isWizardMessage, parseWizardIntent } from '../../src/protocol/guards/wizard.js';
import { WIZARD_PROTOCOL, type WizardIntent } from '../../src/protocol/wizard.js';
import { modelOf, readState, SMALL } from './host-wizard-builders.js';

const MESSAGE = {
  v: WIZARD_PROTOCOL,
  type: 'view',
  view: viewOf(
    modelOf(
      readState(
        SMALL,
        'ru',
        { type: 'rename', ns: 'shop.orders', to: 'shop.sold' },
        { type: 'set-tuning', field: 'batchSize', value: 0 },
        { type: 'set-collection-throughput', ns: 'shop.customers', kind: 'autoscale', ruPerSecond: 20_000 },
        { type: 'set-window', hours: 6 },
        { type: 'choose-method', id: 'dms' },
        { type: 'failed', problem: { happened: 'a', why: 'b', todo: 'c' } },
      ),
      { busy: { text: 'Reading', done: 1, total: 2, cancellable: true } },
    ),
  ),
};

/** Fields that a view may lack. */
const OPTIONAL = new Set([
  ...['nextProblem', 'busy', 'done', 'total', 'problem', 'sourceId', 'targetId', 'narrowed', 'renameProblem'],
  ...['shardKey', 'sourceUrl', 'savedAs', 'consentText', 'throughput', 'capabilities'],
  ...['durationNote', 'workings', 'bounds', 'shares', 'sharesText', 'hours', 'handoff'],
]);

type Path = readonly (string | number)[];
const isOptional = (path: Path): boolean =>
  OPTIONAL.has(String(path.at(-1))) || (path.includes('handoff') && path.at(-1) === 'choices');

function* paths(value: unknown, path: Path = []): Generator<Path> {
  yield path;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, one] of Object.entries(value)) {
    yield* paths(one, [...path, Array.isArray(value) ? Number(key) : key]);
  }
}

/** A copy in which what stands at the path is replaced; `undefined` removes it. */
function changed(value: unknown, path: Path, to: (old: unknown) => unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return to(value);
  if (Array.isArray(value)) return value.map((one: unknown, i) => (i === key ? changed(one, rest, to) : one));
  const entries = Object.entries(value as object).map(([name, one]): [string, unknown] =>
    name === key ? [name, changed(one, rest, to)] : [name, one],
  );
  return Object.fromEntries(entries.filter(([, one]) => one !== undefined));
}

const ALL = [...paths(MESSAGE)].filter((path) => path.length > 0);

describe('a snapshot for the page', () => {
  it('is let in as the host makes it', () => {
    expect(ALL.length).toBeGreaterThan(300);
    expect(isWizardMessage(MESSAGE)).toBe(true);
  });

  it('is refused with anything of another type in it', () => {
    const passed = ALL.filter((path) =>
      [null, Symbol.iterator, [[]], { x: 1 }].some((wrong) =>
        isWizardMessage(
          changed(MESSAGE, path, (old) => (Array.isArray(old) && Array.isArray(wrong) ? { x: 1 } : wrong)),
        ),
      ),
    );
    expect(passed).toEqual([]);
  });

  it('is refused where something is missing that has to be there', () => {
    const names = ALL.filter((path) => typeof path.at(-1) === 'string');
    const passed = names.filter((path) => isWizardMessage(changed(MESSAGE, path, () => undefined)));
    expect(passed.filter((path) => !isOptional(path))).toEqual([]);
    const optional = names.filter(isOptional);
    // `problem` of the whole view has required parts; what is optional may go as a whole.
    expect(optional.length).toBeGreaterThan(5);
    for (const path of optional)
      expect([path, isWizardMessage(changed(MESSAGE, path, () => undefined))]).toEqual([path, true]);
  });

  it('is refused with a field more anywhere', () => {
    const objects = [[] as Path, ...ALL].filter((path) => {
      let there: unknown = MESSAGE;
      for (const key of path) there = (there as Record<string | number, unknown>)[key];
      return typeof there === 'object' && !Array.isArray(there);
    });
    const passed = objects.filter((path) =>
      isWizardMessage(changed(MESSAGE, path, (old) => ({ ...(old as object), unknown: 1 }))),
    );
    expect(passed).toEqual([]);
  });

  it('is refused with numbers that are none, and texts that never end', () => {
    const numbers = ALL.filter((path) => typeof at(path) === 'number');
    const texts = ALL.filter((path) => typeof at(path) === 'string');
    expect([numbers.length > 30, texts.length > 100]).toEqual([true, true]);
    for (const path of numbers)
      expect([path, isWizardMessage(changed(MESSAGE, path, () => NaN))]).toEqual([path, false]);
    const endless = 'x'.repeat(10_000_001);
    const passed = texts.filter((path) => isWizardMessage(changed(MESSAGE, path, () => endless)));
    expect(passed).toEqual([]);
  });

  function at(path: Path): unknown {
    return path.reduce<unknown>((value, key) => (value as Record<string | number, unknown>)[key], MESSAGE);
  }
});

describe('an intent of the page', () => {
  const good: readonly WizardIntent[] = [
    { type: 'go', step: 'tuning' },
    { type: 'choose-cluster', role: 'source', id: 's1' },
    { type: 'select', namespaces: ['a.b'], selected: true },
    { type: 'select-by-size', atMostBytes: 10 },
    { type: 'rename', ns: 'a.b', to: 'c.d' },
    { type: 'set-tuning', field: 'batchSize', value: 3 },
    { type: 'set-capability', id: 'x', on: true },
    { type: 'set-throughput', value: 'manual' },
    { type: 'set-collection-throughput', ns: 'a.b', kind: 'manual', ruPerSecond: 400 },
    { type: 'set-wish', id: 'files', value: 'csv' },
    { type: 'set-wish', id: 'skills', value: 'azure+spark' },
    { type: 'set-window', hours: 6 },
    { type: 'set-handoff', field: 'location', value: 'westeurope' },
    { type: 'reset-handoff', field: 'location' },
    { type: 'set-read-preference', value: 'nearest' },
    { type: 'leave-index-out', ns: 'a.b', index: 'c_1', leftOut: true },
    { type: 'keep-aside', ns: 'a.b', aside: false },
    { type: 'assess' },
    { type: 'consent', given: true },
    { type: 'open-link', url: 'https://learn.microsoft.com/azure' },
  ];

  it('is taken where it is one', () => {
    for (const intent of good) expect(parseWizardIntent(intent)).toBe(intent);
  });

  it('is refused with a part of another type, missing or too much', () => {
    for (const intent of good) {
      for (const key of Object.keys(intent)) {
        for (const wrong of [undefined, null, {}, [], [1], NaN, -1, 'x'.repeat(2000), () => 1]) {
          if (typeof wrong === 'string' && key === 'type') continue;
          const isFine = typeof wrong === 'number' && key === 'value' && wrong === -1;
          const isEmptyList = Array.isArray(wrong) && wrong.length === 0 && key === 'namespaces';
          if (isFine || isEmptyList) continue;
          expect([intent.type, key, wrong, parseWizardIntent({ ...intent, [key]: wrong })]).toEqual([
            intent.type,
            key,
            wrong,
            undefined,
          ]);
        }
      }
      expect(parseWizardIntent({ ...intent, more: 1 })).toBeUndefined();
    }
  });

  it('is refused when unknown, however it is spelled', () => {
    for (const value of [
      undefined,
      null,
      1,
      'start',
      [],
      {},
      { type: 'run' },
      { type: '__proto__' },
      { type: 'constructor' },
    ]) {
      expect(parseWizardIntent(value)).toBeUndefined();
    }
    for (const url of ['http://a.b/', 'javascript:alert(1)', 'file:///etc/passwd', 'https:', 'command:x']) {
      expect(parseWizardIntent({ type: 'open-link', url })).toBeUndefined();
    }
    expect(
      parseWizardIntent({ type: 'select', namespaces: Array(100_001).fill('a.b'), selected: true }),
    ).toBeUndefined();
  });
});
