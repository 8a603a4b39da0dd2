/** The one test command: sets up the real parts, runs every test, ends with `N passed, N failed`. Arguments are Vitest's file filters. */
import { startVitest, type Reporter } from 'vitest/node';
import { countResults, type Counts } from './count-results.js';
import { setUp } from './setup.js';

/** What is said when the process ends in any way before the counts are known. */
let counts: Counts = { passed: 0, failed: 1, complaints: ['the tests did not run to their end'] };

process.on('exit', (code) => {
  for (const complaint of counts.complaints) console.log(complaint);
  if (counts.failed > 0 && code === 0) process.exitCode = 1;
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
});

const counter: Reporter = {
  onTestRunEnd(modules, unhandled, reason) {
    counts = countResults(modules, unhandled, reason);
  },
};

const parts = await setUp((line) => console.log(line));
if (!parts.complete) {
  counts = { passed: 0, failed: 1, complaints: ['The real parts above are missing, so nothing can be tested.'] };
  process.exit(1);
}
Object.assign(process.env, parts.environment);
const vitest = await startVitest('test', process.argv.slice(2), {
  watch: false,
  run: true,
  allowOnly: false,
  passWithNoTests: false,
  reporters: ['default', counter],
});
await vitest.close();
