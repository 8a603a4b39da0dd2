/** From options to an assessment: what `assess`, `size` and `advise` all begin with. */
import { resolve } from 'node:path';
import type { SourceReadings } from '../assembly/assess-source.js';
import type { AssessedTarget } from '../core/assess/assessment-input.js';
import { leastRegions, MOST_REGIONS } from '../core/model/regions.js';
import { makeAssessment } from '../core/assess/make-assessment.js';
import type { Assessment } from '../core/model/assessment.js';
import { MigrationError } from '../core/model/error.js';
import { assumedTarget, describeTarget, type TargetKind } from '../core/plan/target.js';
import { checkSelection } from '../core/plan/plan-checks.js';
import type { AdviceOptions } from './advice.js';
import { assessProgress } from './assess-progress.js';
import { adviceWishes } from './wish-options.js';
import { optionalNumber, type AssessDepth, type AssessOptions } from './assess-options.js';
import { clusterOptions, isGiven } from './cluster-options.js';
import { connectBoth, connectTo, resolveCluster } from './clusters.js';
import type { CommandContext, ConnectedCluster } from './context.js';
import { tellReads, type ReadsAnswer } from './planned-reads.js';
import { measuredCharge } from './measured-charge.js';
import { selectionFrom } from './selection-options.js';
import { targetWishes } from './target-options.js';
import { triedCopy } from './tried-copy.js';

export type AssessCommandOptions = Readonly<Record<string, unknown>> &
  AssessOptions &
  Omit<AdviceOptions, 'targetKind'>;

const HOUR_MS = 3_600_000;
const BOTH: readonly TargetKind[] = ['cosmos-ru', 'cosmos-vcore'];

/**
 * Connects, tells what will be read, reads, and makes the assessment. Connections are closed again. Where only the list of commands was wanted, or reading was refused, there is none.
 * @throws MigrationError of connecting, of bad options, and `bad-plan` for a selection that the source does not have.
 */
export async function assessed(
  options: AssessCommandOptions,
  context: CommandContext,
  depth: AssessDepth,
): Promise<Assessment | Exclude<ReadsAnswer, 'go on'>> {
  const { env, adapters, cwd } = context;
  const selection = selectionFrom(options);
  const { capabilities, throughput, collectionThroughput, shardKeys } = targetWishes(options);
  const wantedHours = optionalNumber('--wanted-hours', options.wantedHours, 1, 8760);
  const regions = optionalNumber('--regions', options.regions, leastRegions(options.wants), MOST_REGIONS);
  const earlier = options.earlier === undefined ? undefined : await earlierAssessment(options.earlier, context);
  const prices = await adapters.readPrices(options.prices === undefined ? undefined : resolve(cwd, options.prices));
  const wanted = clusterOptions('target', options);
  const source = await resolveCluster('source', clusterOptions('source', options), context);
  // A kind that is said counts before a target that only the environment names.
  const probes = options.targetKind === undefined ? isGiven('target', wanted, env) : wanted.uri !== undefined;
  const opened = probes
    ? await connectBoth(source, await resolveCluster('target', wanted, context), context)
    : { source: await connectTo(source, context) };
  await using from = opened.source;
  await using to: ConnectedCluster | undefined = 'target' in opened ? opened.target : undefined;
  const targets = to
    ? [{ description: describeTarget(to.facts, capabilities), cluster: to.facts }]
    : kindsOf(options.targetKind).map((kind): AssessedTarget => ({ description: assumedTarget(kind, capabilities) }));
  if (!targets.some(({ description }) => description.kind === 'cosmos-ru')) {
    const option = throughput === undefined ? (regions === undefined ? undefined : '--regions') : '--throughput';
    const target = targets[0]?.description.kind ?? '';
    if (option !== undefined) throw new MigrationError('bad-option', { option, reason: 'ru-only', target });
  }
  const wishes = readingOptions(options, depth, cwd);
  const answer = await tellReads(
    adapters.readsOf({ facts: from.facts, authenticated: from.connectionString.username !== undefined }, wishes),
    wishes.scan,
    options,
    depth,
    context,
  );
  if (answer !== 'go on') return answer;
  const readings = await read(from, options, depth, context);
  const { inventory } = readings;
  checkSelection(inventory, { selection, shardKeys, collectionThroughput });
  const { trial: kind, readPreference } = options;
  const trial = await triedCopy(
    { source: from, target: to, inventory, selection, trial: kind, readPreference },
    context,
  );
  const consent = options.measure ?? (depth.asks ? undefined : false);
  const measured =
    to && describeTarget(to.facts).kind === 'cosmos-ru'
      ? await measuredCharge({ source: from, target: to, inventory, selection, consent }, context)
      : undefined;
  return makeAssessment({
    ...readings,
    name: source.reference.name,
    selection,
    targets,
    prices,
    wishes: adviceWishes(options),
    collectionThroughput,
    shardKeys,
    ...(throughput === undefined ? {} : { throughput }),
    ...(measured === undefined ? {} : { measured }),
    ...(trial === undefined ? {} : { trial }),
    ...(options.wants === undefined ? {} : { wants: options.wants }),
    ...(regions === undefined ? {} : { regions }),
    ...(wantedHours === undefined ? {} : { wishedCopyMs: wantedHours * HOUR_MS }),
    ...(earlier === undefined ? {} : { earlier }),
  });
}

function kindsOf(kind: AssessOptions['targetKind'] = 'both'): readonly TargetKind[] {
  return kind === 'both' ? BOTH : [kind];
}

function read(
  source: ConnectedCluster,
  options: AssessCommandOptions,
  depth: AssessDepth,
  context: CommandContext,
): Promise<SourceReadings> {
  return context.adapters.readForAssessment(source, {
    selection: selectionFrom(options),
    ...readingOptions(options, depth, context.cwd),
    signal: context.interruption.signal,
    onProgress: assessProgress(context),
  });
}

/** How deep is looked, as the options say. @throws MigrationError `bad-number`. */
export function readingOptions(options: AssessOptions, depth: AssessDepth, cwd: string): ReadingWishes {
  const sampleSize = optionalNumber('--sample-size', options.sampleSize, 1, 10_000_000);
  const watchSeconds = optionalNumber('--watch', options.watch, 1, 86_400);
  return {
    scan: options.scan ?? depth.scan,
    ...(sampleSize === undefined ? {} : { sampleSize }),
    ...(watchSeconds === undefined ? {} : { watchSeconds }),
    ...(options.profiler ? { profiler: true } : {}),
    ...(options.pace === undefined ? {} : { pace: options.pace }),
    logs: (options.logs ?? []).map((path) => resolve(cwd, path)),
  };
}

export interface ReadingWishes {
  readonly scan: 'sample' | 'full' | 'none';
  readonly sampleSize?: number;
  readonly watchSeconds?: number;
  readonly profiler?: boolean;
  readonly pace?: NonNullable<AssessOptions['pace']>;
  readonly logs: readonly string[];
}

/** @throws MigrationError `file-failed`, `bad-file`. */
async function earlierAssessment(name: string, { cwd, adapters }: CommandContext): Promise<Assessment> {
  return adapters.readAssessmentFile(resolve(cwd, name));
}
