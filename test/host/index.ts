/** What the extension host calls: runs every suite of this folder, and leaves a result file as the only verdict that counts. */
import { rename, writeFile } from 'node:fs/promises';
import Mocha from 'mocha';
import { RESULT_VARIABLE, type HostTestResult, type HostTestRecord } from './result.js';

/** For one test; a suite that needs longer says so with `this.timeout(...)`. */
const TEST_LIMIT_MS = 20_000;

/** @param suites load the files that declare them; the bundle's entry lists every file of this folder. */
export async function runSuites(suites: readonly (() => Promise<unknown>)[]): Promise<void> {
  const resultFile = process.env[RESULT_VARIABLE];
  if (resultFile === undefined) throw new Error(`${RESULT_VARIABLE} is not set`);
  const tests: HostTestRecord[] = [];
  const mocha = new Mocha({ ui: 'bdd', timeout: TEST_LIMIT_MS, color: false, reporter: 'min', forbidOnly: true });
  let crash: string | undefined;
  try {
    mocha.suite.emit('pre-require', globalThis, 'host', mocha);
    for (const load of suites) await load();
    await new Promise<void>((resolve) => {
      mocha
        .run(() => resolve())
        .on('pass', (test) => tests.push({ title: test.fullTitle(), state: 'passed', ms: test.duration ?? 0 }))
        .on('pending', (test) => tests.push({ title: test.fullTitle(), state: 'skipped', ms: 0 }))
        .on('fail', (test, error: unknown) =>
          tests.push({ title: test.fullTitle(), state: 'failed', ms: test.duration ?? 0, error: told(error) }),
        );
    });
  } catch (error) {
    crash = told(error);
  }
  const result: HostTestResult = { tests, ...(crash === undefined ? {} : { crash }) };
  await writeFile(`${resultFile}.new`, JSON.stringify(result));
  await rename(`${resultFile}.new`, resultFile);
  if (crash !== undefined || tests.some((test) => test.state !== 'passed'))
    throw new Error('not every host test passed');
}

function told(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
