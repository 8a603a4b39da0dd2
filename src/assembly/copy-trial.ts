/** Tries a direct copy for a few seconds, with the real parts, to say how long the whole one takes. Part of the composition root. */
import type { ConnectedCluster } from '../adapters/mongo/connect.js';
import { RawCopySource } from '../adapters/mongo/raw-copy-source.js';
import { RawCopyTarget } from '../adapters/mongo/raw-copy-target.js';
import { withScratchCollection } from '../adapters/mongo/scratch-collection.js';
import type { CollectionFacts } from '../core/model/facts.js';
import { formatNamespace, renameNamespace, type Namespace, type NamespaceSelection } from '../core/model/namespace.js';
import type { Plan } from '../core/model/plan.js';
import { bytes, milliseconds } from '../core/model/units.js';
import { averageDocumentBytes } from '../core/size/totals.js';
import type { Trial } from '../core/size/trial.js';
import { sourceConnectionsFor } from '../core/tune/direct-copy.js';
import { NOWHERE, tryCopy, type TriedCopy } from '../engine/copy/trial.js';
import { copyPacers } from '../engine/pace/pacers.js';
import type { Clock } from '../engine/ports.js';
import { copySourceOnSide, copyTargetOnSide, onSide } from '../engine/sided-session.js';

/** How long a trial reads, all in all. */
export const TRIAL_MS = 5_000;
/** A scratch collection of an RU account has little throughput: what is written says what it costs, what is read how fast the copy could be. */
const RU_READ_MS = 3_000;

/** Two of these a second are all that the least throughput of a collection, 400 RU/s, pays for. */
const RU_REPLY_DOCUMENTS = 40;

export interface CopyTrialRequest {
  /** What takes part; the largest with documents is tried. */
  readonly collections: readonly CollectionFacts[];
  readonly selection: NamespaceSelection;
  readonly readPreference?: Plan['readPreference'];
  /** Where the user allows a scratch collection there; absent: it is only read. */
  readonly target?: ConnectedCluster;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** For tests: how long it reads, in ms. */
  readonly ms?: number;
}

/**
 * Copies the largest collection for 5 seconds into a scratch collection of the target, which is dropped again whatever happens, or only reads it. Of an RU target's
 * time three seconds are for reading alone. The source is only read. Undefined where there is nothing to try with.
 * @throws MigrationError `cancelled`, `missing-privilege`, `connection-lost`, `command-failed`.
 */
export async function tryDirectCopy(source: ConnectedCluster, request: CopyTrialRequest): Promise<Trial | undefined> {
  const { collections, selection, target, ms = TRIAL_MS } = request;
  const largest = [...collections]
    .filter((c) => c.type === 'collection' && c.documents > 0)
    .sort((a, b) => b.logicalBytes - a.logicalBytes)[0];
  if (!largest) return undefined;
  const ns = formatNamespace(largest.ns);
  if (!target) return { ns, read: (await only(source, largest, ms, request)).samples };
  const readMs = target.ru ? (ms * RU_READ_MS) / TRIAL_MS : 0;
  const read = readMs > 0 ? await only(source, largest, readMs, request) : undefined;
  const shardKey = target.ru ? largest.shardKey?.[0]?.[0] : undefined;
  const database = renameNamespace(selection, largest.ns).db;
  const copied = await withScratchCollection(
    target,
    { database, ...(shardKey === undefined ? {} : { shardKey }) },
    (scratch) => both(source, target, { largest, scratch, ms: ms - readMs, shardKey }, request),
  );
  return {
    ns,
    ...(read ? { read: read.samples } : {}),
    copied: copied.samples,
    ...(copied.heldByRequestUnits ? { heldByRequestUnits: true } : {}),
    ...(copied.ruPerDocument === undefined ? {} : { ruPerDocument: copied.ruPerDocument }),
  };
}

function only(
  source: ConnectedCluster,
  largest: CollectionFacts,
  ms: number,
  request: CopyTrialRequest,
): Promise<TriedCopy> {
  const { clock, signal } = request;
  return tryCopy({
    ...sourceParts(source, request),
    plan: trialPlan(largest, largest.ns, undefined, request),
    target: NOWHERE,
    pacers: copyPacers({ clock, ru: undefined, roundTripMs: 0, signal }),
    ms,
  });
}

function both(
  source: ConnectedCluster,
  target: ConnectedCluster,
  what: { largest: CollectionFacts; scratch: Namespace; ms: number; shardKey: string | undefined },
  request: CopyTrialRequest,
): Promise<TriedCopy> {
  const { clock } = request;
  return tryCopy({
    ...sourceParts(source, request),
    plan: trialPlan(what.largest, what.scratch, what.shardKey, request),
    target: copyTargetOnSide(new RawCopyTarget(target)),
    // What is on its way is waited for: the pace must not be called off with the trial.
    pacers: copyPacers({
      clock,
      ru: target.ru,
      roundTripMs: target.facts.latencyMs,
      signal: new AbortController().signal,
    }),
    ms: what.ms,
    // What was read has to be written, too: with the scratch collection's throughput that is to be over soon.
    ...(target.ru ? { readers: 1, replyBytes: RU_REPLY_DOCUMENTS * averageDocumentBytes(what.largest) } : {}),
  });
}

function sourceParts(source: ConnectedCluster, { clock, signal }: CopyTrialRequest) {
  return {
    session: onSide(source.session, 'source'),
    source: copySourceOnSide(new RawCopySource(source.session)),
    readers: sourceConnectionsFor(source.facts.latencyMs),
    clock,
    random: Math.random,
    signal,
  };
}

/** As much of a plan as a copy goes by: nothing of it is kept. */
function trialPlan(
  { ns, documents, logicalBytes, options }: CollectionFacts,
  target: Namespace,
  shardKey: string | undefined,
  { readPreference = 'primary' }: CopyTrialRequest,
): Plan {
  const nobody = { name: '', uri: '' };
  return {
    version: 1,
    id: 'trial',
    createdAt: '',
    source: nobody,
    target: nobody,
    targetKind: shardKey === undefined ? 'mongodb' : 'cosmos-ru',
    method: 'direct-copy',
    collections: [
      {
        source: ns,
        target,
        documents,
        logicalBytes: bytes(logicalBytes),
        options,
        droppedOptions: [],
        ...(shardKey === undefined ? {} : { shardKey: [[shardKey, 'hashed'] as const] }),
        indexes: [],
      },
    ],
    notMigrated: [],
    tuning: {
      target: 'mongodb',
      batchSize: 1,
      insertionWorkers: 1,
      parallelCollections: 1,
      latencyMs: milliseconds(0),
      explanation: [],
    },
    // The scratch collection is empty: whatever is there is the trial's own.
    conflictPolicy: 'skip',
    verification: { depth: 'counts' },
    readPreference,
  };
}
