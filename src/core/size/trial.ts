/** What a copy that was tried for a few seconds says of the pace of the whole one. */
import { MigrationError } from '../model/error.js';
import type { Reason } from '../model/method.js';

/** Documents and bytes that went through in `ms`; one such sample is about a second long. */
export interface TrialSample {
  readonly ms: number;
  readonly documents: number;
  readonly bytes: number;
}

/** A direct copy that was tried. Plain data: it is kept with what the user has chosen. */
export interface Trial {
  /** `db.coll` on the source. */
  readonly ns: string;
  /** Documents were read, digested and thrown away. */
  readonly read?: readonly TrialSample[];
  /** Documents were read and written into a scratch collection. */
  readonly copied?: readonly TrialSample[];
  /** The scratch collection had less request units than the copy could have used: `copied` says nothing of its pace. */
  readonly heldByRequestUnits?: boolean;
  /** RU of an insert, as the target charged it. */
  readonly ruPerDocument?: number;
}

export interface Band {
  readonly low: number;
  readonly expected: number;
  readonly high: number;
}

/** Pace of a trial. */
export interface TrialPace {
  readonly kind: 'copied' | 'read';
  readonly documentsPerSecond: Band;
  /** Of the documents that went through. */
  readonly averageBytes: number;
  readonly ms: number;
}

/** A trial that went through less than this has only seen itself start. */
const SHORTEST_MS = 1_000;
/** Seconds that happen to be alike do not make the next hour like them. */
const LEAST_SPREAD = 0.1;
/** The slowest pace that is reckoned with, of the mean. */
const SLOWEST_SHARE = 0.1;
/** The part of a second that a trial ends in says less the shorter it is. */
const SHORTEST_SAMPLE_MS = 250;

/**
 * The pace that a trial has shown: the mean of all of it, and its slowest and fastest second, which are at least a tenth away. What was copied goes before what was only read.
 * Undefined where there is none that says anything: shorter than a second, without a document, or held up by the request units of the scratch collection.
 * @throws MigrationError `bad-number` for a sample that is negative or not finite.
 */
export function trialPace(trial: Trial): TrialPace | undefined {
  const { copied = [], read = [], heldByRequestUnits = false } = trial;
  for (const { ms, documents, bytes } of [...copied, ...read]) checkSample({ ms, documents, bytes });
  return (heldByRequestUnits ? undefined : paceOf('copied', copied)) ?? paceOf('read', read);
}

function paceOf(kind: TrialPace['kind'], samples: readonly TrialSample[]): TrialPace | undefined {
  const total = sum(samples);
  if (total.ms < SHORTEST_MS || total.documents === 0 || total.bytes === 0) return undefined;
  const expected = (total.documents / total.ms) * 1000;
  const rates = samples
    .filter(({ ms }) => ms >= SHORTEST_SAMPLE_MS)
    .map(({ documents, ms }) => (documents / ms) * 1000);
  // A second in which nothing came is no pace: the whole would never end.
  const slowest = Math.max(Math.min(...rates, expected), expected * SLOWEST_SHARE);
  const documentsPerSecond = {
    low: Math.min(slowest, expected * (1 - LEAST_SPREAD)),
    expected,
    high: Math.max(...rates, expected * (1 + LEAST_SPREAD)),
  };
  return { kind, documentsPerSecond, averageBytes: total.bytes / total.documents, ms: total.ms };
}

function sum(samples: readonly TrialSample[]): TrialSample {
  return samples.reduce(
    (a, b) => ({ ms: a.ms + b.ms, documents: a.documents + b.documents, bytes: a.bytes + b.bytes }),
    { ms: 0, documents: 0, bytes: 0 },
  );
}

function checkSample(sample: TrialSample): void {
  for (const name of ['ms', 'documents', 'bytes'] as const) {
    const value = sample[name];
    if (!Number.isFinite(value) || value < 0) throw new MigrationError('bad-number', { name, value: String(value) });
  }
}

/** What the estimate of a direct copy has to say of a trial: `pace` is what {@link trialPace} made of it. */
export function trialAssumptions(trial: Trial, pace: TrialPace | undefined): readonly Reason[] {
  const held: readonly Reason[] = trial.heldByRequestUnits
    ? [{ id: 'trial-held-by-request-units', params: {}, weight: '-' }]
    : [];
  if (!pace) {
    const { ms } = sum(trial.copied ?? trial.read ?? []);
    return [...held, { id: 'trial-too-short', params: { ns: trial.ns, ms: Math.round(ms) }, weight: '-' }];
  }
  const { low, expected, high } = pace.documentsPerSecond;
  const params = {
    ns: trial.ns,
    seconds: Math.max(1, Math.round(pace.ms / 1000)),
    documentsPerSecond: Math.round(expected),
    low: Math.round(low),
    high: Math.round(high),
    bytesPerSecond: Math.round(expected * pace.averageBytes),
  };
  return [
    { id: pace.kind === 'copied' ? 'speed-measured-here' : 'reading-measured-here', params, weight: '+' },
    ...held,
  ];
}
