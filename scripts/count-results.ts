/** Counts what a Vitest run really did: nothing that did not pass may look as if it had. */
import type { SerializedError } from 'vitest';
import type { TestModule, TestRunEndReason } from 'vitest/node';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** Why something counts as failed though no assertion failed. */
  readonly complaints: readonly string[];
}

/** The part of a finished test module that is counted. */
export type CountedModule = Pick<TestModule, 'relativeModuleId' | 'errors' | 'children' | 'state'>;

/**
 * Passed tests and everything else: failed and skipped tests, files that did not load or whose hooks failed without any test to blame,
 * errors outside tests, a run that was interrupted, a run without tests.
 */
export function countResults(
  modules: readonly CountedModule[],
  unhandled: readonly SerializedError[],
  reason: TestRunEndReason,
): Counts {
  let passed = 0;
  let failed = 0;
  const complaints: string[] = [];
  const complain = (text: string): void => {
    failed++;
    complaints.push(text);
  };
  for (const module of modules) {
    let failedHere = 0;
    let seen = 0;
    for (const test of module.children.allTests()) {
      seen++;
      const { state } = test.result();
      if (state === 'passed') passed++;
      else if (state === 'failed') failedHere++;
      else {
        failedHere++;
        complaints.push(`${module.relativeModuleId}: "${test.fullName}" did not run; skipping is not allowed`);
      }
    }
    failed += failedHere;
    if (seen === 0) complain(`${module.relativeModuleId}: no test ran`);
    else if (failedHere === 0 && (module.state() !== 'passed' || module.errors().length > 0)) {
      complain(`${module.relativeModuleId}: the file failed outside its tests`);
    }
  }
  for (const error of unhandled) complain(`error outside any test: ${error.message}`);
  if (reason === 'interrupted') complain('the run was interrupted');
  if (passed + failed === 0) complain('no test was found');
  // Whatever Vitest calls failed is failed, also for a reason that is not known here.
  if (reason === 'failed' && failed === 0) complain('Vitest reports the run as failed');
  return { passed, failed, complaints };
}
