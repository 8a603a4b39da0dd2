import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Assessment } from '../../src/core/model/assessment.js';
import { buildCli, type Cli, type CliResult } from '../support/cli.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

const ADMIN = { user: 'root', password: 'cAnArY-root-9d1e' };
/** May read everything, and no counter of the server. */
const READER = { user: 'reader', password: 'cAnArY-reader-51b7' };
/** A value of a user's document: no report may show one. */
const SECRET_VALUE = 'cAnArY-value-77aa';

/** A user to whom the server does not tell its load reads gently, which takes its time. */
vi.setConfig({ testTimeout: 120_000 });

let cli: Cli;
let server: RunningMongod;
let folder: TempFolder;
let admin: MongoClient;

function uriOf({ user, password }: typeof ADMIN): string {
  return server.uri.replace('mongodb://', `mongodb://${user}:${password}@`).replace('/?', '/?authSource=admin&');
}

function run(args: readonly string[], user = ADMIN): Promise<CliResult> {
  return cli.run(args, { cwd: folder.path, env: { MCM_SOURCE_URI: uriOf(user) } });
}

async function assessed(args: readonly string[] = [], user = ADMIN): Promise<Assessment> {
  const { code, stdout, stderr } = await run(['assess', '--json', ...args], user);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Assessment;
}

const gapsOf = (made: Assessment): readonly string[] =>
  [...made.gaps, ...(made.usage?.gaps ?? [])]
    .filter(({ reason }) => reason === 'missing-privilege')
    .map(({ purpose }) => purpose);

beforeAll(async () => {
  [cli, server, folder] = await Promise.all([
    buildCli('assess'),
    startMongod({ auth: ADMIN }),
    makeTempFolder('cli-assess'),
  ]);
  admin = await MongoClient.connect(uriOf(ADMIN));
  await admin.db('admin').command({
    createUser: READER.user,
    pwd: READER.password,
    roles: ['readAnyDatabase'],
  });
  const orders = admin.db('shop').collection('bestellungen 漢字');
  await orders.insertMany(
    Array.from({ length: 500 }, (_, i) => ({ customer: `${SECRET_VALUE}-${i % 50}`, état: 'ouvert', total: i })),
  );
  await orders.createIndex({ état: 'text' }, { name: 'größe' });
  await admin.db('shop').createCollection('plain');
  await admin.db('shop').collection('plain').insertOne({ a: SECRET_VALUE });
});

afterAll(async () => {
  await admin.close();
  await server.stop();
  await folder.remove();
  await cli.remove();
});

describe('assess', () => {
  it('looks at both services, with names of any script, and shows no value and no password in any form', async () => {
    const { code, stderr } = await run(['assess', '--scan', 'full', '--out', 'all/', '--index-script', 'indexes.js']);
    expect(code, stderr).toBe(0);
    for (const name of ['assessment.html', 'assessment.md', 'assessment.json', 'assessment.sarif']) {
      const text = await readFile(join(folder.path, 'all', name), 'utf8');
      expect(text).toContain('bestellungen 漢字');
      expect(text).toContain('größe');
      expect(text).not.toContain('cAnArY');
    }
    const made = JSON.parse(await readFile(join(folder.path, 'all', 'assessment.json'), 'utf8')) as Assessment;
    expect(made.targets.map(({ target }) => target.kind)).toEqual(['cosmos-ru', 'cosmos-vcore']);
    expect(made.choice).toBeDefined();
    const scan = made.scans.find(({ ns }) => ns.coll !== 'plain');
    expect(scan).toMatchObject({ mode: 'full', documents: 500, of: 500 });
    for (const kind of ['cosmos-ru', 'cosmos-vcore']) {
      expect(await readFile(join(folder.path, `indexes.${kind}.js`), 'utf8')).toContain('größe');
    }
  });

  it('tells every command before it is sent, and with --list-reads sends none of them', async () => {
    const { code, stdout, stderr } = await run(['assess', '--list-reads', '--scan', 'full']);
    expect(code, stderr).toBe(0);
    for (const command of ['listCollections', 'serverStatus', 'find']) expect(stdout).toContain(command);
    expect(stdout).not.toContain('Findings');
  });

  it.each(['size', 'advise'])('by %s names the commands before they are sent, beside the result', async (command) => {
    const { code, stdout, stderr } = await run([command, '--target-kind', 'cosmos-ru', '--json']);
    expect(code, stderr).toBe(0);
    const told = stderr.split('\n\n', 1)[0] ?? '';
    expect(told).toContain('none of them writes (--list-reads tells each in full)');
    for (const name of ['listCollections', 'serverStatus', 'aggregate']) expect(told).toContain(name);
    expect(JSON.parse(stdout)).toHaveProperty('targets');
    const listed = await run([command, '--target-kind', 'cosmos-ru', '--list-reads']);
    for (const name of ['listCollections', 'serverStatus', 'aggregate']) expect(listed.stdout).toContain(name);
    expect(listed.stderr).not.toContain('none of them writes');
    // Before the reading names are enough; in full it is what is sent, with all that is in it.
    expect(told).toMatch(/counts, sizes, use of indexes: aggregate \(\$collStats, .*\$sample/s);
    expect(told).not.toContain('storageStats');
    expect(listed.stdout).toContain('storageStats');
  });

  it('is complete for a user who may only read, and says what that user may not see', async () => {
    const made = await assessed([], READER);
    expect(made.inventory.collections).toHaveLength(2);
    expect(made.inventory.failed).toEqual([]);
    expect(gapsOf(made)).toContain('server-counters');
    expect(made.targets[0]?.findings.some(({ rule }) => rule === 'index-text-unsupported')).toBe(true);
    const { stdout } = await run(['assess', '--format', 'md'], READER);
    expect(stdout).toContain('The user may not read it.');
    expect(gapsOf(await assessed())).toEqual([]);
  });

  it('ends with the status that was asked for: 6 where it finds what it is to fail on', async () => {
    const status = async (...args: readonly string[]): Promise<number | null> => (await run(['assess', ...args])).code;
    expect(await status('--target-kind', 'cosmos-ru')).toBe(0);
    expect(await status('--target-kind', 'cosmos-ru', '--fail-on', 'warning')).toBe(6);
    // No blocker.
    expect(await status('--target-kind', 'cosmos-ru', '--fail-on', 'blocker')).toBe(0);
    expect(await status('--sample-size', '0')).toBe(2);
    expect(await status('--earlier', 'nowhere.json')).toBe(2);
  });

  it.each(['assess', 'size', 'advise'])(
    'by %s ends with 6 where a blocker was found, says why, and has told everything before',
    async (command) => {
      // A name that an account does not take.
      await admin.db('refused').collection('a#b').insertOne({ a: 1 });
      const ended = (...args: readonly string[]): Promise<CliResult> =>
        run([command, '--target-kind', 'cosmos-ru', '--fail-on', 'blocker', '--json', ...args]);
      const [bad, other, good] = [
        await ended(),
        await run([command, '--target-kind', 'cosmos-ru', '--json']),
        await ended('--exclude', 'refused'),
      ];
      expect([bad.code, other.code, good.code], bad.stderr).toEqual([6, 0, 0]);
      expect(bad.stderr).toContain('--fail-on blocker: Cosmos DB (RU): 1 blocker');
      expect(good.stderr).not.toContain('--fail-on');
      expect(Object.keys(JSON.parse(bad.stdout) as object)).toEqual(Object.keys(JSON.parse(other.stdout) as object));
      await admin.db('refused').dropDatabase();
    },
  );

  it('tells with --earlier what was fixed', async () => {
    await writeFile(join(folder.path, 'earlier.json'), JSON.stringify(await assessed()));
    await admin.db('shop').collection('bestellungen 漢字').dropIndex('größe');
    const made = await assessed(['--earlier', 'earlier.json']);
    const ru = made.comparison?.targets.find(({ kind }) => kind === 'cosmos-ru');
    expect(ru?.fixed).toMatchObject([{ rule: 'index-text-unsupported', params: { index: 'größe' } }]);
    const { stdout } = await run(['assess', '--earlier', 'earlier.json']);
    expect(stdout).toContain('1 fixed');
    // As the list of them is told, too.
    expect(stdout).toMatch(/\[A\d/);
  });

  it('refuses a file that is no assessment', async () => {
    await writeFile(join(folder.path, 'other.json'), '{"version":1}');
    const { code, stderr } = await run(['assess', '--earlier', 'other.json']);
    expect(code).toBe(2);
    expect(stderr).toContain('no assessment');
  });
});

describe('size and advise', () => {
  it('tell sizes, cost and methods, each with what it rests on', async () => {
    const sized = await run(['size']);
    expect(sized.code, sized.stderr).toBe(0);
    expect(sized.stdout).toMatch(/RU\/s/);
    expect(sized.stdout).toMatch(/no quote/);
    expect(sized.stdout).toMatch(/\[A\d/);
    const advised = await run(['advise']);
    expect(advised.code, advised.stderr).toBe(0);
    expect(advised.stdout).toContain('Recommended: direct copy');
    const told = advised.stdout.replaceAll(/\s+/g, ' ');
    expect(told).toMatch(
      /moving the data costs USD [\d.]+ \([\d.]+ to [\d.]+\), for: Manual throughput of [\d,]+ RU\/s, billed for/,
    );
    expect(told).toContain('Not in it, as no price is known: the machine that it runs on');
    expect(told).toContain('no quote');
  });
});

describe('what is wanted of the service', () => {
  it('is weighed, is told in the report, and is reckoned with in the cost, in each command', async () => {
    const wants = ['--wants', 'global-writes,elastic', '--regions', '3'];
    const made = await assessed(wants);
    expect(made).toMatchObject({ wants: ['global-writes', 'elastic'], regions: 3 });
    const weighed = made.choice?.reasons.map(({ reason }) => reason.id);
    expect(weighed).toEqual(expect.arrayContaining(['global-writes', 'regions-for-reading', 'elastic']));
    expect(weighed).not.toContain('latency-promised');
    for (const command of ['assess', 'advise', 'size']) {
      const { code, stdout, stderr } = await run([command, ...wants]);
      expect(code, stderr).toBe(0);
      const told = stdout.replaceAll(/\s+/g, ' ');
      expect(told, command).toMatch(command === 'size' ? /in 3 regions/ : /writes in several regions/);
    }
    const spaced = await assessed(['--wants', 'low-latency', 'elastic']);
    expect(spaced.wants).toEqual(['low-latency', 'elastic']);
    expect(await assessed()).not.toHaveProperty('wants');
  });

  it('in regions is refused for a target that has none', async () => {
    const { code, stderr } = await run(['size', '--target-kind', 'cosmos-vcore', '--regions', '2']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/--regions[\s\S]*RU accounts only/);
  });
});

describe('prices', () => {
  const mine = (prices: readonly object[]): string =>
    JSON.stringify({ version: 1, currency: 'USD', asOf: '2026-02-01', region: 'West Europe', prices });
  const price = (id: string, amount: number, unit: string): object => ({
    ...{ id, amount, unit },
    ...{ source: 'our contract', date: '2026-02-01' },
  });
  const TIERS = ['M10', 'M20', 'M25', 'M30', 'M40', 'M50', 'M60', 'M80', 'M200'];

  it('of vCore are not known by themselves: each command says so, and how to give them', async () => {
    for (const command of ['assess', 'size']) {
      const { code, stdout, stderr } = await run([command, '--target-kind', 'cosmos-vcore']);
      expect(code, stderr).toBe(0);
      expect(stdout.replaceAll(/\s+/g, ' '), command).toMatch(/[Nn]o price (is )?known.*(--prices|file of prices)/);
      expect(stdout, command).not.toMatch(/USD \d/);
    }
  });

  it('of a file of your own stand in the place of ours in every command, and are named', async () => {
    const own = [
      price('throughput-manual', 8, '100-ru-per-second-hour'),
      ...TIERS.map((tier) => price(`vcore-${tier}`, 3, 'node-hour')),
      price('vcore-storage', 0.5, 'gib-month'),
    ];
    await writeFile(join(folder.path, 'mine.prices.json'), mine(own));
    const costOf = (made: Assessment, kind: string) =>
      made.targets.find(({ target }) => target.kind === kind)?.cost?.options ?? [];
    const [ours, yours] = [await assessed(), await assessed(['--prices', 'mine.prices.json'])];
    const manual = (made: Assessment): number =>
      costOf(made, 'cosmos-ru')
        .find(({ id }) => id === 'ru-manual')
        ?.lines.find(({ id }) => id === 'throughput-manual')?.amount.expected ?? NaN;
    expect(manual(yours) / manual(ours)).toBeCloseTo(8 / 0.008, 6);
    const [vcore] = costOf(yours, 'cosmos-vcore');
    expect(costOf(ours, 'cosmos-vcore')[0]?.monthly).toBeUndefined();
    // Two nodes with a standby, for 730 hours, and 32 GiB of disk each.
    expect(vcore?.monthly?.expected).toBeCloseTo(2 * (3 * 730 + 0.5 * 32), 6);
    const sized = await run(['size', '--target-kind', 'cosmos-vcore', '--prices', 'mine.prices.json']);
    expect(sized.code, sized.stderr).toBe(0);
    expect(sized.stdout).toContain('mine.prices.json');
    expect(sized.stdout).toContain('USD 4,412');
    const advised = await run(['advise', '--prices', 'mine.prices.json']);
    expect(advised.code, advised.stderr).toBe(0);
    expect(advised.stdout.replaceAll(/\s+/g, ' ')).not.toContain('one of the two was not reckoned');
    const direct = (made: Assessment, kind: string): number =>
      made.targets
        .find(({ target }) => target.kind === kind)
        ?.recommendation.ranked.find(({ method }) => method === 'direct-copy')?.cost?.amount?.low ?? NaN;
    expect(direct(yours, 'cosmos-ru') / direct(ours, 'cosmos-ru')).toBeCloseTo(8 / 0.008, 6);
    // Two nodes for the hour that a short copy is billed for at least.
    expect(direct(yours, 'cosmos-vcore')).toBeCloseTo(2 * 3, 6);
    expect(direct(ours, 'cosmos-vcore')).toBeNaN();
  });

  it('that are none are refused before anything is read, with each place that is wrong', async () => {
    const wrong = [price('vcore-M30', -1, 'node-hour'), price('storage', 1, 'node-hour')];
    await writeFile(join(folder.path, 'wrong.prices.json'), mine(wrong));
    await writeFile(join(folder.path, 'unit.prices.json'), mine(wrong.slice(1)));
    await writeFile(join(folder.path, 'text.prices.json'), 'M30 costs 3');
    for (const [name, said] of [
      ['wrong.prices.json', '/prices/0/amount'],
      ['unit.prices.json', '/prices/0/unit must be gb-month for storage'],
      ['text.prices.json', 'is not JSON'],
      ['missing.prices.json', 'missing.prices.json'],
    ] as const) {
      for (const command of ['assess', 'size', 'advise']) {
        const { code, stdout, stderr } = await run([command, '--prices', name]);
        expect([command, name, code], stderr).toEqual([command, name, 2]);
        expect(stderr).toContain(said);
        expect(stdout).toBe('');
      }
    }
  });
});
