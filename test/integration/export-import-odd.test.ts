import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ruPerSecond } from '../../src/core/model/units.js';
import { migrate, type Migrated } from '../support/migrate.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { fillOddData, fillTextOddities, ODD_DB } from '../support/odd-data.js';
import { startRuStandIn } from '../support/ru-stand-in/start.js';
import { makeTempFolder } from '../support/temp.js';

let source: RunningMongod;
let folder: Awaited<ReturnType<typeof makeTempFolder>>;

beforeAll(async () => {
  source = await startMongod();
  folder = await makeTempFolder('export-odd');
  await fillOddData(source.uri);
  await fillTextOddities(source.uri);
});
afterAll(async () => {
  await source.stop();
  await folder.remove();
});

/** `_id`s of the documents that verification found to differ, by collection. */
function differing({ status }: Migrated): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(status.collections).map(([ns, { verification }]) => [
      ns.slice(ns.indexOf('.') + 1),
      verification?.kind === 'different'
        ? verification.differences.documents.map(({ kind, id }) => `${kind} ${String(id)}`).sort()
        : verification?.kind,
    ]),
  );
}

/** NaN alone: `mongoimport` writes the one that Go has, whose bytes are another's. */
const TEXT_LOSSES = {
  types: ['different all', 'different nan'],
  keys: 'equal',
  ids: 'equal',
  timestamps: 'equal',
  'dots.in.name': 'equal',
  'with space': 'equal',
  'ünïcödé 名前': 'equal',
  empty: 'equal',
};

describe('an export-import run over everything that usually breaks', () => {
  it('brings it to a MongoDB target, and names what text has changed', { timeout: 180_000 }, async () => {
    await using target = await startMongod();
    const migrated = await migrate({
      sourceUri: source.uri,
      targetUri: target.uri,
      runsRoot: folder.path,
      selection: { include: [ODD_DB] },
      plan: { method: 'export-import' },
    });
    expect(differing(migrated)).toMatchObject({
      ...TEXT_LOSSES,
      'star*and\\back': 'equal',
      capped: 'equal',
      large: 'equal',
    });
    expect(migrated.verdict.state).toBe('completed-with-findings');
    expect(migrated.verdict.reasons).toContainEqual({
      id: 'verification-differs',
      params: { ns: `${ODD_DB}.types`, missing: 0, extra: 0, different: 2, definition: 0 },
    });
    expect(migrated.status.collections[`${ODD_DB}.timestamps`]?.verification?.evidence.mended).toBe(1);
  });

  it('brings it to an RU target, the too large document as a dead letter', { timeout: 180_000 }, async () => {
    await using backend = await startMongod();
    await using standIn = await startRuStandIn({ backendPort: backend.port });
    const migrated = await migrate({
      sourceUri: source.uri,
      targetUri: standIn.uri,
      runsRoot: folder.path,
      selection: { include: [ODD_DB] },
      plan: { method: 'export-import', throughput: { kind: 'manual', ruPerSecond: ruPerSecond(10_000) } },
    });
    expect(differing(migrated)).toMatchObject(TEXT_LOSSES);
    expect(migrated.verdict.reasons).toContainEqual({ id: 'dead-letters', params: { documents: 1 } });
  });

  it('sees every document that canonical Extended JSON cannot carry, and no other', { timeout: 60_000 }, async () => {
    await using target = await startMongod();
    const migrated = await migrate({
      sourceUri: source.uri,
      targetUri: target.uri,
      runsRoot: folder.path,
      selection: { include: ['text-odd.changed', 'text-odd.kept'] },
      plan: { method: 'export-import' },
    });
    const { changed, kept } = differing(migrated);
    expect(kept).toBe('equal');
    expect(changed).toEqual(
      [
        ...[
          'invalid utf-8',
          'half a surrogate',
          'invalid utf-8 in a name',
          'quiet NaN',
          'negative NaN',
          'signalling NaN',
        ],
        ...['array with other names', 'looks like $oid', 'looks like $numberInt', 'looks like $binary'],
        ...['looks like $undefined', 'looks like $uuid', 'options of a regular expression', 'signalling decimal NaN'],
        ...['negative decimal NaN', 'decimal zero not in canonical form'],
      ]
        .map((id) => `different ${id}`)
        .sort(),
    );
    expect(migrated.verdict.state).toBe('completed-with-findings');
  });

  it('stops at a document that mongoexport cannot write, and says so', { timeout: 60_000 }, async () => {
    await using target = await startMongod();
    const { verdict } = await migrate({
      sourceUri: source.uri,
      targetUri: target.uri,
      runsRoot: folder.path,
      selection: { include: ['text-odd.unwritable'] },
      plan: { method: 'export-import' },
    });
    expect(verdict.state).toBe('failed-resumable');
    expect(verdict.reasons[0]).toMatchObject({ id: 'tool-failed', params: { tool: 'mongoexport', exitCode: 1 } });
    expect(verdict.reasons[0]?.params['message']).toContain('marshal is not reversible');
  });
});
