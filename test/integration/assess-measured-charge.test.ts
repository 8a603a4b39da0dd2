/** What an insert was measured to cost on the target, in an assessment: against what the RU stand-in, a model of an account, then charges for all of the source. */
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Assessment, RuSizing } from '../../src/core/model/assessment.js';
import { formatNamespace } from '../../src/core/model/namespace.js';
import { buildCli, type Cli } from '../support/cli.js';
import { startMigrationPair, type MigrationPair } from '../support/migration-pair.js';
import { seededRandom } from '../support/seeded-random.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

/** The account charges so much more than the published table. */
const CALIBRATION = 1.4;
const SECRET_VALUE = 'cAnArY-value-31c0';

let cli: Cli;
let pair: MigrationPair;
let folder: TempFolder;

beforeAll(async () => {
  [cli, pair, folder] = await Promise.all([
    buildCli('measured-charge'),
    startMigrationPair('measured-password', { ruPerSecond: 1_000_000, calibration: CALIBRATION }),
    makeTempFolder('measured-charge'),
  ]);
  const random = seededRandom(5);
  const shop = pair.sourceClient.db('shop');
  // Sizes of which twenty documents tell little.
  const fill = (name: string, count: number, most: number): Promise<unknown> =>
    shop.collection(name).insertMany(
      Array.from({ length: count }, () => ({
        who: SECRET_VALUE,
        text: 'x'.repeat(Math.floor(most ** random())),
      })),
    );
  await fill('orders', 3_000, 20_000);
  await fill('pictures', 60, 500_000);
}, 300_000);

afterAll(async () => {
  await cli.remove();
  await pair.stop();
  await folder.remove();
});

const env = (): Record<string, string> => ({
  MCM_SOURCE_URI: pair.source.secretUri,
  MCM_TARGET_URI: pair.target.secretUri,
});

async function mcm(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await cli.run(args, { cwd: folder.path, env: env() });
  expect(code, stderr).toBe(0);
  expect(`${stdout}${stderr}`).not.toContain('cAnArY');
  return stdout;
}

async function sized(...args: readonly string[]): Promise<RuSizing> {
  const made = JSON.parse(await mcm('assess', '--include', 'shop', '--json', ...args)) as Assessment;
  const ru = made.targets[0]?.ru;
  if (!ru || made.targets.length > 1) throw new Error('one RU account was given');
  return ru;
}

/** RU by collection, of inserting every document. */
async function charged(): Promise<ReadonlyMap<string, { readonly ru: number; readonly documents: number }>> {
  const writer = await MongoClient.connect(pair.target.secretUri);
  const sums = new Map<string, { ru: number; documents: number }>();
  try {
    for (const name of ['orders', 'pictures']) {
      const all = await pair.sourceClient.db('shop').collection(name).find({}, { promoteValues: false }).toArray();
      for (let i = 0; i < all.length; i += 100)
        await writer
          .db('shop')
          .collection(name)
          .insertMany(all.slice(i, i + 100), { ordered: false });
      const ns = `shop.${name}`;
      sums.set(ns, { ru: pair.standIn.stats()[ns]?.ruCharged ?? Number.NaN, documents: all.length });
    }
    return sums;
  } finally {
    await writer.close();
  }
}

describe('a charge that was measured on the target', () => {
  it('brings the estimate of each collection within 5 % of what is charged, where the table alone is far off, and says so', async () => {
    const [byTable, measured] = [await sized('--no-measure'), await sized('--measure')];
    const text = await mcm('size', '--include', 'shop', '--measure');
    const real = await charged();
    const off = (sizing: RuSizing): readonly number[] =>
      sizing.collections.map(({ ns, insert }) => {
        const { ru, documents } = real.get(formatNamespace(ns)) ?? { ru: Number.NaN, documents: 0 };
        return Math.abs((documents * insert.expected) / ru - 1);
      });
    expect(off(byTable)).toHaveLength(2);
    for (const error of off(byTable)) expect(error).toBeGreaterThan(0.2);
    for (const error of off(measured)) expect(error).toBeLessThan(0.05);
    const sum = [...real.values()].reduce((all, { ru }) => all + ru, 0);
    expect(Math.abs(measured.migration.expected / sum - 1)).toBeLessThan(0.05);
    for (const { assumptions } of [measured.migration, measured.migrationThroughput]) {
      expect(assumptions).toContainEqual(
        expect.objectContaining({
          id: 'charge-calibrated',
          basis: 'measured',
          params: expect.objectContaining({ factor: expect.closeTo(CALIBRATION, 2) as number }) as object,
        }),
      );
    }
    for (const [i, { insert }] of measured.collections.entries()) {
      const before = byTable.collections[i]?.insert;
      expect(insert.high / insert.low).toBeLessThan((before?.high ?? 0) / (before?.low ?? 1));
    }
    expect(text.replaceAll(/\s+/g, ' ')).toMatch(/The table is scaled by 1\.4: .* was measured at [\d.]+ RU/);
  }, 120_000);
});
