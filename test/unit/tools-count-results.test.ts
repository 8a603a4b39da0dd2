import { describe, expect, it } from 'vitest';
import { countResults, type CountedModule } from '../../scripts/count-results.js';
import { counted } from '../../scripts/vscode/host-tests.js';
import type { HostTestRecord } from '../host/result.js';

type State = 'passed' | 'failed' | 'skipped' | 'pending';

function file(states: readonly State[], state: 'passed' | 'failed' | 'skipped' = 'passed', errors = 0): CountedModule {
  const tests = states.map((s, i) => ({ fullName: `test ${i}`, result: () => ({ state: s }) }));
  const module = {
    relativeModuleId: 'a.test.ts',
    state: () => state,
    errors: () => Array.from({ length: errors }, () => ({ message: 'x' })),
    children: { allTests: () => tests.values() },
  };
  return module as unknown as CountedModule;
}

describe('the last line of a test run', () => {
  it('counts what passed', () => {
    expect(countResults([file(['passed', 'passed']), file(['passed'])], [], 'passed')).toEqual({
      passed: 3,
      failed: 0,
      complaints: [],
    });
  });

  it.each([
    ['a failed test', [file(['passed', 'failed'], 'failed')], 1, 1],
    ['a skipped test', [file(['passed', 'skipped'])], 1, 1],
    ['a test that did not end', [file(['passed', 'pending'], 'failed')], 1, 1],
    ['a file that did not load', [file([], 'failed', 1), file(['passed'])], 1, 1],
    ['a file without tests', [file([]), file(['passed'])], 1, 1],
    ['a hook that failed after its tests', [file(['passed'], 'failed', 1)], 1, 1],
    ['no file at all', [], 0, 1],
  ] as const)('counts %s as failed', (_what, modules, passed, failed) => {
    expect(countResults(modules, [], 'passed')).toMatchObject({ passed, failed });
  });

  it('counts errors outside tests, an interruption, and a failure of unknown kind', () => {
    const good = [file(['passed'])];
    expect(countResults(good, [{ message: 'boom' }], 'failed')).toMatchObject({
      failed: 1,
      complaints: ['error outside any test: boom'],
    });
    expect(countResults(good, [], 'interrupted').failed).toBe(1);
    expect(countResults(good, [], 'failed').failed).toBe(1);
  });
});

describe('what the tests in the extension host leave', () => {
  const test = (state: HostTestRecord['state']): HostTestRecord => ({ title: `a ${state} test`, state, ms: 1 });
  const quiet = (): void => undefined;

  it('counts what passed', () => {
    expect(counted({ tests: [test('passed'), test('passed')] }, quiet)).toEqual({
      passed: 2,
      failed: 0,
      complaints: [],
    });
  });

  it.each([
    ['no result at all', undefined, 0],
    ['no test', { tests: [] }, 0],
    ['a failed test', { tests: [test('passed'), test('failed')] }, 1],
    ['a skipped test', { tests: [test('passed'), test('skipped')] }, 1],
    ['a crash after good tests', { tests: [test('passed')], crash: 'boom' }, 1],
  ])('counts %s as failed', (_what, result, passed) => {
    expect(counted(result, quiet)).toMatchObject({ passed, failed: 1 });
  });
});
