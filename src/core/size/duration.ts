import { MigrationError } from '../model/error.js';
import type { MethodId, Reason } from '../model/method.js';
import { MIB, milliseconds, type Milliseconds } from '../model/units.js';
import { trialAssumptions, trialPace, type Band, type Trial, type TrialPace } from './trial.js';

/** How fast a method goes where nothing meters it. */
export interface Speed {
  /** Documents per second where documents are small. */
  readonly documents: Band;
  /** MiB per second where they are large. */
  readonly mebibytes: Band;
  /** Seconds until the first document moves: processes, pipelines, a cluster that has to be started. */
  readonly startUp: Band;
  /** False where the figures are judged, not measured. */
  readonly measured: boolean;
}

/**
 * Speeds on a target that does not throttle. `high` of the measured ones is what was seen on one idle machine of 2 cores with everything on it
 * (documents of 1 KB: mongodump | mongorestore 24-63 k/s, export | import 4 k/s, raw copy 66-160 k/s, a Spark job on 2 cores 26-53 k/s);
 * `expected` and `low` take a network into account. The services' own speeds are published nowhere: they are judged from their defaults.
 */
export const SPEEDS: Readonly<Record<MethodId, Speed>> = {
  'dump-restore': {
    documents: band(8_000, 25_000, 60_000),
    mebibytes: band(10, 30, 60),
    startUp: band(1, 2, 5),
    measured: true,
  },
  'export-import': {
    documents: band(2_000, 4_000, 6_000),
    mebibytes: band(2, 4, 10),
    startUp: band(1, 2, 5),
    measured: true,
  },
  'studio-3t': {
    documents: band(1_000, 3_000, 10_000),
    mebibytes: band(2, 5, 15),
    startUp: band(5, 10, 30),
    measured: false,
  },
  'direct-copy': {
    documents: band(15_000, 60_000, 150_000),
    mebibytes: band(10, 60, 110),
    startUp: band(1, 2, 5),
    measured: true,
  },
  dms: {
    documents: band(2_000, 10_000, 30_000),
    mebibytes: band(5, 20, 60),
    startUp: band(60, 180, 600),
    measured: false,
  },
  'data-factory': {
    documents: band(2_000, 10_000, 40_000),
    mebibytes: band(5, 20, 80),
    startUp: band(60, 180, 600),
    measured: false,
  },
  'spark-databricks': {
    documents: band(40_000, 150_000, 400_000),
    mebibytes: band(60, 200, 500),
    startUp: band(180, 360, 900),
    measured: false,
  },
};

function band(low: number, expected: number, high: number): Band {
  return { low, expected, high };
}

export interface DurationInput {
  readonly method: MethodId;
  readonly documents: number;
  readonly logicalBytes: number;
  /** RU targets: what the writing costs altogether, and what the target gives per second. */
  readonly totalRu?: number;
  readonly ruPerSecond?: number;
  /** Milliseconds of the writing by its charge alone, where that was simulated: takes the place of `totalRu` ÷ `ruPerSecond`. */
  readonly chargeMs?: Band;
  /** RU/s that are provisioned, where a copy as a whole gets less: what one budget leaves unused is no help to another. */
  readonly provisionedRuPerSecond?: number;
  /** The method was tried: its pace takes the place of the one that is assumed. */
  readonly trial?: Trial;
}

export interface DurationEstimate {
  /** Shortest, likely and longest wall time. */
  readonly low: Milliseconds;
  readonly expected: Milliseconds;
  readonly high: Milliseconds;
  readonly assumptions: readonly Reason[];
}

/** A pacing writer gets 97-100 % of the provisioned throughput; uneven keys and other users of the account take the rest. */
export const RU_USE: Band = band(0.6, 0.95, 1);

/** How fast a full read of both sides goes: bound by the network, as nothing is written. */
const VERIFICATION_SPEED: Speed = {
  documents: band(20_000, 60_000, 150_000),
  mebibytes: band(10, 60, 110),
  startUp: band(0, 1, 2),
  measured: true,
};

/**
 * Wall time of the data move: the start, then the slowest of documents per second, bytes per second and, on an RU target, total charge ÷ throughput.
 * Set-up, index builds and verification are not in it. With a trial that has copied, its pace counts; with one that has only read, no more than
 * its pace; on an RU target the charge counts all the same.
 * @throws MigrationError `bad-number` for a negative or non-finite figure, or a throughput of 0.
 */
export function estimateDuration(input: DurationInput): DurationEstimate {
  const { speed, told } = speedOf(input.method, input.trial);
  return estimate(speed, input, told);
}

/** Speed of a method, by what was tried or else by what is assumed, and where it is from. @throws MigrationError `bad-number` for a bad trial. */
export function speedOf(
  method: MethodId,
  trial: Trial | undefined,
): { readonly speed: Speed; readonly told: readonly Reason[] } {
  const assumed = SPEEDS[method];
  const reason = speedReason(assumed);
  if (!trial) return { speed: assumed, told: [reason] };
  const pace = trialPace(trial);
  const told = trialAssumptions(trial, pace);
  if (!pace) return { speed: assumed, told: [...told, reason] };
  return { speed: pace.kind === 'copied' ? measuredSpeed(assumed, pace) : noFaster(assumed, pace), told };
}

/**
 * The speed as it is assumed, made faster or slower as a whole until it gives the pace of the trial for documents of the trial's size: what one collection has shown
 * then holds for smaller and larger documents, too.
 */
function measuredSpeed(assumed: Speed, { documentsPerSecond, averageBytes }: TrialPace): Speed {
  const { documents, mebibytes } = assumed;
  const secondsEach = Math.max(1 / documents.expected, averageBytes / (mebibytes.expected * MIB));
  const scaled = (usual: number): Band => ({
    low: usual * documentsPerSecond.low * secondsEach,
    expected: usual * documentsPerSecond.expected * secondsEach,
    high: usual * documentsPerSecond.high * secondsEach,
  });
  return { ...assumed, documents: scaled(documents.expected), mebibytes: scaled(mebibytes.expected) };
}

/** What is copied has to be read. */
function noFaster(assumed: Speed, pace: TrialPace): Speed {
  const read = measuredSpeed(assumed, pace);
  const least = (a: Band, b: Band): Band => ({
    low: Math.min(a.low, b.low),
    expected: Math.min(a.expected, b.expected),
    high: Math.min(a.high, b.high),
  });
  return {
    ...assumed,
    documents: least(assumed.documents, read.documents),
    mebibytes: least(assumed.mebibytes, read.mebibytes),
  };
}

/** Wall time of reading every document on both sides. `totalRu` is the charge of the reads. @throws as {@link estimateDuration}. */
export function estimateVerification(input: Omit<DurationInput, 'method'>): DurationEstimate {
  return estimate(VERIFICATION_SPEED, input, [speedReason(VERIFICATION_SPEED)]);
}

/** The figures that are assumed: whoever doubts a time has to find them. */
function speedReason({ documents, mebibytes, startUp, measured }: Speed): Reason {
  return {
    id: measured ? 'speed-measured-elsewhere' : 'speed-judged',
    params: { ...paceParams(documents, mebibytes), startMs: startUp.expected * 1000 },
    weight: '-',
  };
}

/** A pace as words tell it: documents where they are small, bytes where they are large, per second. */
export function paceParams(documents: Band, mebibytes: Band): Reason['params'] {
  return {
    documents: documents.expected,
    documentsLow: documents.low,
    documentsHigh: documents.high,
    bytes: mebibytes.expected * MIB,
    bytesLow: mebibytes.low * MIB,
    bytesHigh: mebibytes.high * MIB,
  };
}

/** The fastest pace goes with the shortest start. */
const SLOWNESS: Readonly<Record<keyof Band, keyof Band>> = { low: 'high', expected: 'expected', high: 'low' };

/** `told`: where the speed is from. */
function estimate(speed: Speed, input: Omit<DurationInput, 'method'>, told: readonly Reason[]): DurationEstimate {
  for (const name of ['documents', 'logicalBytes', 'totalRu', 'ruPerSecond'] as const) {
    const value = input[name];
    if (value !== undefined && (!Number.isFinite(value) || value < 0 || (name === 'ruPerSecond' && value === 0))) {
      throw new MigrationError('bad-number', { name, value: String(value) });
    }
  }
  const { totalRu, ruPerSecond, chargeMs, provisionedRuPerSecond } = input;
  const byCharge = (pace: keyof Band): number => {
    if (chargeMs) return chargeMs[SLOWNESS[pace]] / 1000;
    return totalRu !== undefined && ruPerSecond !== undefined ? totalRu / (ruPerSecond * RU_USE[pace]) : 0;
  };
  const seconds = (pace: keyof Band): number =>
    speed.startUp[SLOWNESS[pace]] +
    Math.max(
      input.documents / speed.documents[pace],
      input.logicalBytes / (speed.mebibytes[pace] * MIB),
      byCharge(pace),
    );
  const bound = boundOf(speed, input, byCharge('expected'));
  return {
    low: milliseconds(seconds('high') * 1000),
    expected: milliseconds(seconds('expected') * 1000),
    high: milliseconds(seconds('low') * 1000),
    assumptions: [
      ...told,
      bound === 'throughput'
        ? {
            id: 'bound-by-throughput',
            params: {
              ruPerSecond: ruPerSecond ?? 0,
              ...(provisionedRuPerSecond === undefined ? {} : { of: provisionedRuPerSecond }),
            },
            weight: '-',
          }
        : { id: 'bound-by-copying', params: {}, weight: '+' },
    ],
  };
}

function boundOf(speed: Speed, input: Omit<DurationInput, 'method'>, byCharge: number): 'throughput' | 'copying' {
  const copying = Math.max(
    input.documents / speed.documents.expected,
    input.logicalBytes / (speed.mebibytes.expected * MIB),
  );
  return byCharge > copying ? 'throughput' : 'copying';
}
