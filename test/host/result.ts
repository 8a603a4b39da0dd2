/** What the tests in the extension host leave for the process that started them, and what they get from it. */

export const RESULT_VARIABLE = 'MCM_HOST_TEST_RESULT';
export const CONTEXT_VARIABLE = 'MCM_HOST_TEST_CONTEXT';

export interface HostTestRecord {
  readonly title: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly ms: number;
  readonly error?: string;
}

export interface HostTestResult {
  readonly tests: readonly HostTestRecord[];
  /** The suites did not load, or the runner itself broke. */
  readonly crash?: string;
}
