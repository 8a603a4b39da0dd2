import type { CollectionSnapshot, RunSnapshot } from '../../src/core/model/run-snapshot.js';
import type { RunInfo } from '../../src/host/services.js';
import type { Translate } from '../../src/host/translate.js';

/** Noon, somewhere in 2026. */
export const NOON = Date.UTC(2026, 2, 14, 12, 0, 0);
export const RUN_ID = '20260314T120000Z-0a1b2c3d';

/** As `l10n.t` does it without a translation. */
export const english: Translate = (message, ...args) =>
  message.replace(/\{(\d+)\}/g, (hole, place: string) => String(args[Number(place)] ?? hole));

export function aCollection(part: Partial<CollectionSnapshot> = {}): CollectionSnapshot {
  return {
    ns: 'shop.orders',
    planned: 1_000,
    copied: 0,
    verified: 'no',
    bytes: 0,
    throttled: 0,
    deadLetters: 0,
    conflicts: 0,
    ...part,
  };
}

export function aSnapshot(part: Partial<RunSnapshot> = {}): RunSnapshot {
  return {
    runId: RUN_ID,
    at: NOON + 60_000,
    state: 'copying',
    startedAt: NOON,
    done: 640,
    planned: 1_000,
    bytes: 655_360,
    documentsPerSecond: 12_345,
    ruPerSecond: 0,
    provisioned: 0,
    requestUnits: 0,
    throttled: 0,
    deadLetters: 0,
    conflicts: 0,
    collections: [aCollection({ copied: 640, bytes: 655_360, active: true })],
    rates: [],
    commandLines: [],
    ...part,
  };
}

export function aRun(part: Partial<Omit<RunInfo, 'snapshot'>> = {}, snapshot: Partial<RunSnapshot> = {}): RunInfo {
  const runId = part.runId ?? RUN_ID;
  return {
    path: `/runs/${runId}`,
    planName: 'shop.orders: old → new',
    subject: 'shop.orders',
    alive: true,
    pid: 4711,
    ...part,
    runId,
    snapshot: aSnapshot({ runId, ...snapshot }),
  };
}
