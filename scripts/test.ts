/**
 * The one test command: sets up the real parts, packages the extension, runs every test, ends with `N passed, N failed`. Arguments
 * choose: paths of `test/host` and `test/e2e` are suites in VS Code, everything else is a file filter of Vitest's.
 */
import { startVitest, type Reporter } from 'vitest/node';
import { countResults, type Counts } from './count-results.js';
import { makePackage } from './package.js';
import { setUp } from './setup.js';
import { runHostTests } from './vscode/host-tests.js';
import { setUpWorkbench } from './vscode/set-up.js';

const HOST = /^(?:\.\/)?test\/host\/?/;
const E2E = /^(?:\.\/)?test\/e2e\/?/;
const print = (line: string): void => console.log(line);

/** What is said when the process ends in any way before the counts are known. */
let total: Counts | undefined;
const UNFINISHED: Counts = { passed: 0, failed: 1, complaints: ['the tests did not run to their end'] };

process.on('exit', (code) => {
  const { passed, failed, complaints } = total ?? UNFINISHED;
  for (const complaint of complaints) console.log(complaint);
  if (failed > 0 && code === 0) process.exitCode = 1;
  console.log(`${passed} passed, ${failed} failed`);
});

function sum(parts: readonly Counts[]): Counts {
  return {
    passed: parts.reduce((n, part) => n + part.passed, 0),
    failed: parts.reduce((n, part) => n + part.failed, 0),
    complaints: parts.flatMap((part) => part.complaints),
  };
}

function missing(complaint: string): Counts {
  return { passed: 0, failed: 1, complaints: [complaint] };
}

async function vitest(filters: readonly string[], config?: string): Promise<Counts> {
  let counts: Counts = UNFINISHED;
  const counter: Reporter = {
    onTestRunEnd(modules, unhandled, reason) {
      counts = countResults(modules, unhandled, reason);
    },
  };
  const run = await startVitest('test', [...filters], {
    ...(config === undefined ? {} : { config }),
    watch: false,
    run: true,
    allowOnly: false,
    passWithNoTests: false,
    reporters: ['default', counter],
  });
  await run.close();
  return counts;
}

async function packaged(): Promise<Counts> {
  try {
    const { path, bytes, content, problems } = await makePackage();
    print(`package  ${path}  ${bytes} bytes, ${content.length} files`);
    const complaints = problems.map((problem) => `package: ${problem}`);
    return { passed: problems.length === 0 ? 1 : 0, failed: problems.length, complaints };
  } catch (error) {
    return missing(`the extension could not be packaged: ${String(error)}`);
  }
}

async function testAll(filters: readonly string[]): Promise<Counts> {
  const wants = {
    host: filters.length === 0 || filters.some((filter) => HOST.test(filter)),
    e2e: filters.length === 0 || filters.some((filter) => E2E.test(filter)),
  };
  const forVitest = filters.filter((filter) => !HOST.test(filter) && !E2E.test(filter));
  const results: Counts[] = [];
  if (wants.host || wants.e2e) {
    const [made, parts] = await Promise.all([packaged(), setUpWorkbench(print)]);
    results.push(made);
    if (parts === undefined)
      results.push(missing('VS Code or Chromium is missing, so the extension cannot be tested.'));
    else process.env['CHROMIUM'] = parts.chromium.path;
  }
  const runnable = sum(results).failed === 0;
  if (filters.length === 0 || forVitest.length > 0) results.push(await vitest(forVitest));
  if (wants.host && runnable) {
    const names = filters.flatMap((filter) => (HOST.test(filter) ? [filter.replace(HOST, '')] : []));
    results.push(await runHostTests({ filters: names.filter((name) => name !== ''), print }));
  }
  if (wants.e2e && runnable) {
    results.push(
      await vitest(
        filters.filter((filter) => E2E.test(filter)),
        'vitest.e2e.config.ts',
      ),
    );
  }
  return sum(results);
}

const parts = await setUp(print);
if (!parts.complete) {
  total = missing('The real parts above are missing, so nothing can be tested.');
  process.exit(1);
}
Object.assign(process.env, parts.environment);
total = await testAll(process.argv.slice(2));
