import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ruPerSecond } from '../../src/core/model/units.js';
import type { Verdict } from '../../src/engine/journal/record.js';
import { nextSteps, verdictReasons } from '../../src/words/verdicts.js';
import { migrate } from '../support/migrate.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { fillCollection } from '../support/restore-through-relay.js';
import { startRuStandIn } from '../support/ru-stand-in/start.js';
import { makeTempFolder } from '../support/temp.js';

/** Ten seconds of copying at this rate. */
const DOCUMENTS = 8_000;
const RU_PER_SECOND = ruPerSecond(5_000);
const LIMIT_MS = 120_000;
/** Drivers and tools look for a server that is gone for 30 seconds unless they are told otherwise. */
const quick = (uri: string): string => `${uri}&serverSelectionTimeoutMS=3000`;

let folder: Awaited<ReturnType<typeof makeTempFolder>>;
let source: RunningMongod;

beforeAll(async () => {
  folder = await makeTempFolder('lost');
  source = await startMongod();
  await fillCollection(source.uri, 'shop', 'orders', DOCUMENTS, 512);
});
afterAll(async () => {
  await source.stop();
  await folder.remove();
});

/** A run that `strike` meets when the first documents have arrived. */
async function runStruckBy(target: { readonly uri: string }, strike: () => Promise<unknown>): Promise<Verdict> {
  let struck: Promise<unknown> | undefined;
  const { verdict } = await migrate({
    sourceUri: quick(source.uri),
    targetUri: quick(target.uri),
    runsRoot: folder.path,
    plan: { throughput: { kind: 'manual', ruPerSecond: RU_PER_SECOND } },
    onEvent: (event) => {
      if (event.kind === 'copy-progress' && event.counts.some((c) => c.acknowledged > 0)) struck ??= strike();
    },
  });
  expect(struck).toBeDefined();
  await struck;
  return verdict;
}

describe('a run that loses its target in the middle', () => {
  it('says so before what the tools say of the consequences', { timeout: LIMIT_MS }, async () => {
    await using backend = await startMongod();
    await using target = await startRuStandIn({ backendPort: backend.port });
    const verdict = await runStruckBy(target, () => backend.kill());
    expect(verdict.state).toBe('failed-resumable');
    expect(verdict.reasons.map(({ id, params }) => [id, params['side'] ?? params['tool']])).toEqual([
      ['connection-lost', 'target'],
      ['tool-failed', 'mongorestore'],
      ['tool-failed', 'mongodump'],
    ]);
    expect(verdictReasons(verdict)[0]).toBe('The connection to the target was lost, and the target does not answer.');
    expect(nextSteps(verdict)).toEqual(['Bring the target back, then resume.']);
  });

  it('says that the target answers again where it was only restarted', { timeout: LIMIT_MS }, async () => {
    const data = await makeTempFolder('lost-target');
    const backend = await startMongod({ dbPath: data.path });
    await using target = await startRuStandIn({ backendPort: backend.port });
    let again: RunningMongod | undefined;
    const verdict = await runStruckBy(target, async () => {
      await backend.kill();
      again = await startMongod({ dbPath: data.path, port: backend.port });
    });
    expect(verdict.reasons[0]).toEqual({ id: 'connection-lost', params: { side: 'target', answersAgain: true } });
    expect(nextSteps(verdict)).toEqual(['Resume: what has arrived counts.']);
    await again?.stop();
    await backend.stop();
    await data.remove();
  });
});
