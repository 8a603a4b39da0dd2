import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, readdir, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openRun } from '../../src/adapters/files/open-run.js';
import { parsePlan, readPlanFile, writePlanFile } from '../../src/adapters/files/plan-file.js';
import { createRun, defaultRunsRoot, findRun, listRuns, summariseRun } from '../../src/adapters/files/run-folder.js';
import { liveLockHolder, takeRunLock } from '../../src/adapters/files/run-lock.js';
import { MigrationError } from '../../src/core/model/error.js';
import { planHash } from '../../src/engine/journal/identity.js';
import { enterState } from '../../src/engine/journal/port.js';
import { buildReport } from '../../src/engine/journal/report.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';
import { indexFacts, plannedCollection, plannedIndex, planOf } from '../unit/engine-builders.js';

const clock = { now: () => Date.now(), sleep: () => Promise.resolve() };
const NOW = Date.UTC(2026, 10, 23, 20, 45, 12, 345);
const orders = plannedCollection(
  { db: 'shop', coll: 'orders' },
  { db: 'shop', coll: 'orders' },
  {
    indexes: [plannedIndex(indexFacts('a_1', [['a', 1]])), plannedIndex(indexFacts('b_1', [['b', 1]]))],
  },
);
const plan = planOf([orders]);

let temp: TempFolder;
let roots = 0;
const children: ChildProcess[] = [];
beforeAll(async () => {
  temp = await makeTempFolder('files');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => temp.remove());
const freshRoot = (): string => join(temp.path, `runs-${roots++}`);
const mode = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

/** A process that opens the run as ours do, tells what happened, and then waits to be killed. */
async function holder(folder: string, more = ''): Promise<{ child: ChildProcess; said: string }> {
  const script = `
    import { openRun } from './src/adapters/files/open-run.ts';
    import { runFolder } from './src/adapters/files/run-folder.ts';
    import { dirname, basename } from 'node:path';
    const folder = ${JSON.stringify(folder)};
    const clock = { now: () => Date.now(), sleep: () => Promise.resolve() };
    try {
      const run = await openRun(runFolder(dirname(folder), basename(folder)), { clock });
      ${more}
      console.log('held');
    } catch (error) {
      console.log(error.code + ' ' + (error.facts?.pid ?? error.message));
    }
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const lines = createInterface({ input: child.stdout });
  const [said] = (await once(lines, 'line')) as [string];
  return { child, said };
}

async function killed(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

describe('a plan file', () => {
  it('comes back as it was written, with the same hash, whatever its layout', async () => {
    const path = join(temp.path, 'one.migration.json');
    await writePlanFile(path, plan);
    expect(await readPlanFile(path)).toEqual(plan);
    expect(await mode(path)).toBe(0o644);
    const reordered = Object.fromEntries(Object.entries(plan).reverse());
    await writeFile(path, `\uFEFF${JSON.stringify({ $schema: './plan.schema.json', ...reordered })}`);
    expect(planHash(await readPlanFile(path))).toBe(planHash(plan));
    expect(planHash({ ...plan, conflictPolicy: 'skip' })).not.toBe(planHash(plan));
  });

  it.each([
    ['a password', 'mongodb://user:CANARY@host.example/'],
    ['an escaped password', 'mongodb+srv://user:CANARY%40x@host.example/'],
    ['a key file password', 'mongodb://user@host.example/?tlsCertificateKeyFilePassword=CANARY'],
    ['a session token', 'mongodb://user@host.example/?authMechanismProperties=AWS_SESSION_TOKEN:CANARY'],
    ['an unescaped password', 'mongodb://user:CANARY/x@host.example/'],
  ])(
    'with %s in it is refused on writing and on reading, and the secret is nowhere in the refusal',
    async (_what, uri) => {
      const leaky = { ...plan, source: { name: 'source', uri } };
      const path = join(temp.path, 'leaky.migration.json');
      const refusals = [
        await writePlanFile(path, leaky).catch((error: unknown) => error),
        await Promise.resolve()
          .then(() => parsePlan(JSON.stringify(leaky)))
          .catch((error: unknown) => error),
      ];
      for (const refusal of refusals) {
        expect(MigrationError.is(refusal, 'bad-plan')).toBe(true);
        const shown = `${JSON.stringify((refusal as MigrationError).facts)} ${String(refusal)} ${(refusal as Error).stack ?? ''}`;
        expect(shown).not.toContain('CANARY');
        expect(shown).toContain('/source/uri');
      }
      await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
    },
  );

  it('takes a user name and an application name with @ for what they are', () => {
    const uri = 'mongodb://acct@acct.mongo.cosmos.azure.com:10255/?ssl=true&appName=@acct@';
    expect(parsePlan(JSON.stringify({ ...plan, target: { name: 't', uri } })).target.uri).toBe(uri);
  });

  it.each([
    ['no JSON', '{ "version": 1, "password": "CANARY"', /not JSON/],
    ['another version', JSON.stringify({ ...plan, version: 2 }), /\/version/],
    ['an unknown field', JSON.stringify({ ...plan, extra: 1 }), /extra/],
    ['a missing field', JSON.stringify({ ...plan, tuning: undefined }), /tuning/],
    ['a list', '[]', /object/],
    ['null', 'null', /object/],
    ['two collections into one', JSON.stringify({ ...plan, collections: [orders, orders] }), /./],
  ])('that is %s is refused with the place', (_what, text, problem) => {
    let thrown: unknown;
    try {
      parsePlan(text);
    } catch (error) {
      thrown = error;
    }
    expect(MigrationError.is(thrown, 'bad-plan')).toBe(true);
    expect(JSON.stringify((thrown as MigrationError).facts)).toMatch(problem);
    expect(JSON.stringify((thrown as MigrationError).facts)).not.toContain('CANARY');
  });

  it('that does not exist is said to be missing', async () => {
    await expect(readPlanFile(join(temp.path, 'none.json'))).rejects.toMatchObject({
      code: 'file-failed',
      facts: { code: 'ENOENT', action: 'read' },
    });
  });
});

describe('run folders', () => {
  it('live where MCM_RUNS says, else in the state folder', () => {
    expect(defaultRunsRoot({ MCM_RUNS: '/x/y' })).toBe('/x/y');
    expect(defaultRunsRoot({ XDG_STATE_HOME: '/state' })).toBe('/state/mongo-cosmos-migration/runs');
    expect(defaultRunsRoot({})).toMatch(/\.local[/\\]state[/\\]mongo-cosmos-migration[/\\]runs$/);
  });

  it('are private, found by id, by the start of one and as the latest', async () => {
    const root = freshRoot();
    const first = await createRun(root, plan, NOW);
    const second = await createRun(root, plan, NOW + 60_000);
    await mkdir(join(root, 'not-a-run'));
    expect(first.runId).toMatch(/^20261123T204512Z-[0-9a-f]{8}$/);
    expect(await mode(first.path)).toBe(0o700);
    expect((await findRun(root, first.runId)).path).toBe(first.path);
    expect((await findRun(root, '20261123T2046')).runId).toBe(second.runId);
    expect((await findRun(root, 'latest')).runId).toBe(second.runId);
    await expect(findRun(root, '20261123')).rejects.toMatchObject({
      code: 'run-not-found',
      facts: { candidates: [first.runId, second.runId] },
    });
    await expect(findRun(join(root, 'nowhere'), 'latest')).rejects.toMatchObject({ code: 'run-not-found' });
    expect((await listRuns(root)).map(({ folder, state }) => [folder.runId, state])).toEqual([
      [second.runId, 'planned'],
      [first.runId, 'planned'],
    ]);
  });

  it('of a process that was killed say failed-resumable, and can be taken over', async () => {
    const folder = await createRun(freshRoot(), plan, NOW);
    const secret = join(folder.path, 'secret.yml');
    await writeFile(secret, 'password: x\n', { mode: 0o600 });
    const { child, said } = await holder(
      folder.path,
      `await run.journal.append({ type: 'state', state: 'preparing' });
       await run.journal.append({ type: 'secret-file', path: ${JSON.stringify(secret)}, present: true });`,
    );
    expect(said).toBe('held');
    expect(await summariseRun(folder)).toMatchObject({ state: 'preparing', process: { pid: child.pid } });
    await expect(openRun(folder, { clock })).rejects.toMatchObject({ code: 'run-locked', facts: { pid: child.pid } });

    await killed(child);
    expect(await summariseRun(folder)).toMatchObject({ state: 'failed-resumable' });
    const run = await openRun(folder, { clock });
    expect(run.removedSecretFiles).toEqual([secret]);
    await expect(stat(secret)).rejects.toMatchObject({ code: 'ENOENT' });
    await enterState(run.journal, 'preparing');
    expect(run.journal.status()).toMatchObject({ attempts: 2, secretFiles: [], state: 'preparing' });
    expect(await mode(folder.journalPath)).toBe(0o600);
    await run.close();
    expect(await liveLockHolder(folder.path)).toBeUndefined();
  });

  it('let one process in when several come at once', async () => {
    const folder = await createRun(freshRoot(), plan, NOW);
    const answers = await Promise.all([1, 2, 3].map(() => holder(folder.path)));
    const held = answers.filter(({ said }) => said === 'held');
    expect(held.length).toBeLessThanOrEqual(1);
    for (const { said } of answers) expect(said).toMatch(/^(held|run-locked \d+)$/);
  });

  it('are held once within a process too, and free after release', async () => {
    const folder = await createRun(freshRoot(), plan, NOW);
    const lock = await takeRunLock(folder.path);
    await expect(takeRunLock(folder.path)).rejects.toMatchObject({ code: 'run-locked', facts: { pid: process.pid } });
    await lock.release();
    await (await takeRunLock(folder.path)).release();
  });

  it('are not held by a later process that was given a dead one’s id', async () => {
    const folder = await createRun(freshRoot(), plan, NOW);
    await mkdir(join(folder.path, 'lock'));
    const stale = join(folder.path, 'lock', '1-0123.claim');
    await writeFile(stale, JSON.stringify({ pid: process.pid, startTime: 'another boot/12345' }));
    await writeFile(join(folder.path, 'lock', 'torn.claim'), '{"pid":');
    const lock = await takeRunLock(folder.path);
    expect(await readdir(join(folder.path, 'lock'))).toHaveLength(1);
    await lock.release();
  });

  it('delete no file but a private one of ours, whatever the journal names', async () => {
    const folder = await createRun(freshRoot(), plan, NOW);
    const open = join(folder.path, 'open.txt');
    const link = join(folder.path, 'link');
    await writeFile(open, 'x', { mode: 0o644 });
    await symlink(open, link);
    const directory = join(folder.path, 'private-folder');
    await mkdir(directory, { mode: 0o700 });
    const first = await openRun(folder, { clock });
    for (const path of [open, link, directory, join(folder.path, 'gone')]) {
      await first.journal.append({ type: 'secret-file', path, present: true });
    }
    await first.close();
    const second = await openRun(folder, { clock });
    expect(second.removedSecretFiles).toEqual([]);
    expect(second.journal.status().secretFiles).toEqual([]);
    await second.close();
    expect(await readFile(open, 'utf8')).toBe('x');
  });

  it('refuse a plan that was changed after the run began', async () => {
    const folder = await createRun(freshRoot(), plan, NOW);
    await (await openRun(folder, { clock })).close();
    await writePlanFile(folder.planPath, { ...plan, conflictPolicy: 'overwrite' });
    await expect(openRun(folder, { clock })).rejects.toMatchObject({ code: 'journal-foreign' });
    expect(await liveLockHolder(folder.path)).toBeUndefined();
  });

  it('with a damaged journal are listed with the problem', async () => {
    const root = freshRoot();
    const folder = await createRun(root, plan, NOW);
    const run = await openRun(folder, { clock });
    await enterState(run.journal, 'preparing');
    await run.close();
    const { size } = await stat(folder.journalPath);
    await truncate(folder.journalPath, size - 3);
    expect((await listRuns(root))[0]).toMatchObject({ state: 'planned', status: { attempts: 1 } });
    await appendFile(folder.journalPath, '\nrubbish\nmore\n');
    expect((await listRuns(root))[0]).toMatchObject({ problem: 'journal-damaged' });
  });
});

describe('a report', () => {
  it('accounts for every collection and index of the plan', async () => {
    const folder = await createRun(freshRoot(), plan, NOW);
    const run = await openRun(folder, { clock });
    const ns = 'shop.orders';
    await run.journal.append({ type: 'collection-created', ns, phase: 'done' });
    await run.journal.append({ type: 'index-fate', ns, index: 'a_1', outcome: { kind: 'created' } });
    const counters = {
      acknowledged: 5,
      alreadyThere: 1,
      conflicts: 0,
      deadLettered: 2,
      throttled: 3,
      bytes: 50,
      ru: 9,
    };
    await run.journal.append({ type: 'copy-progress', ns, counters });
    const report = buildReport(plan, run.journal.status(), { state: 'planned', deadLetters: { [ns]: 2 } });
    expect(report.collections).toMatchObject([
      {
        target: ns,
        created: 'created',
        deadLetters: 2,
        indexes: [{ outcome: { kind: 'created' } }, { outcome: { kind: 'pending' } }],
      },
    ]);
    expect(report.totals).toMatchObject({
      copy: counters,
      verified: { pending: 1 },
      indexes: { created: 1, pending: 1 },
      deadLetters: 2,
    });
    await run.close();
  });
});
