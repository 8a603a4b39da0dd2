import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { MigrationError } from '../../core/model/error.js';
import { formatNamespace } from '../../core/model/namespace.js';
import type { MethodId } from '../../core/model/method.js';
import type { ConflictPolicy, Plan } from '../../core/model/plan.js';
import { makePlan } from '../../core/plan/make-plan.js';
import { planRaises } from '../../core/plan/plan-raises.js';
import { MANUAL_RU_PER_SECOND } from '../../core/size/limits.js';
import { formatDuration, formatRuPerSecond } from '../../words/sizes.js';
import { PROGRAM, type CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { ceilingsFrom, type CeilingOptions } from '../ceiling-options.js';
import { findingCounts } from '../../words/finding-groups.js';
import { findingLines } from '../findings-text.js';
import { isCarriedOut } from '../own-methods.js';
import { wholeNumber } from '../numbers.js';
import { planLines, raiseLines } from '../plan-text.js';
import { survey } from '../survey.js';
import { heading } from '../text-blocks.js';
import { adviceFor, type RecommendOptions } from './recommend.js';

export interface PlanOptions extends RecommendOptions, CeilingOptions {
  readonly out: string;
  readonly force?: boolean;
  readonly method?: MethodId;
  readonly conflicts?: ConflictPolicy;
  readonly verification?: Plan['verification']['depth'];
}

/** The one asked for, else the recommended one that is carried out, else the one that always is. */
function methodFor({ method }: PlanOptions, recommended: MethodId): MethodId {
  return method ?? (isCarriedOut(recommended) ? recommended : 'direct-copy');
}

function raiseFrom({ raiseThroughput: text }: PlanOptions): number | undefined {
  const { least, most } = MANUAL_RU_PER_SECOND;
  return text === undefined ? undefined : wholeNumber('--raise-throughput', text, least, most);
}

/** Decides everything and writes it to a file, for a person to look at and for `run` to carry out. Writes nothing to the target. */
export async function plan(
  options: Readonly<Record<string, unknown>> & PlanOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { output, cwd, clock } = context;
  const path = resolve(cwd, options.out);
  if (!options.force && (await exists(path))) {
    throw new MigrationError('bad-option', { option: '--out', reason: 'file-exists', path });
  }
  if (options.method !== undefined && !isCarriedOut(options.method)) {
    throw new MigrationError('bad-option', {
      option: '--method',
      reason: 'method-not-carried-out',
      value: options.method,
    });
  }
  const ceilings = ceilingsFrom(options);
  const raiseTo = raiseFrom(options);
  const surveyed = await survey(options, context);
  if (!surveyed.targetCluster) throw new MigrationError('bad-option', { option: '--target', reason: 'missing' });
  const { findings, recommendation, tuning, ruPerSecond, leastThroughputMs } = adviceFor(surveyed, options);
  const method = methodFor(options, recommendation.recommended);
  if (method !== 'direct-copy' && (raiseTo !== undefined || Object.keys(ceilings).length > 0)) {
    const option = raiseTo === undefined ? 'A limit' : '--raise-throughput';
    throw new MigrationError('bad-option', { option, reason: 'direct-copy-only', method });
  }
  if (raiseTo !== undefined && surveyed.target.kind !== 'cosmos-ru') {
    throw new MigrationError('bad-option', { option: '--raise-throughput', reason: 'ru-only' });
  }
  const raise =
    raiseTo === undefined || !surveyed.targetThroughput
      ? undefined
      : { ruPerSecond: raiseTo, target: surveyed.targetThroughput };
  if (!tuning) throw new MigrationError('internal', { reason: 'no-tuning' });
  const made = makePlan({
    inventory: surveyed.inventory,
    source: surveyed.source.reference,
    target: surveyed.targetCluster.resolved.reference,
    targetCluster: surveyed.targetCluster.facts,
    targetCapabilities: surveyed.wishes.capabilities,
    method,
    selection: surveyed.selection,
    tuning,
    createdAt: new Date(clock.now()).toISOString(),
    collectionThroughput: surveyed.wishes.collectionThroughput,
    shardKeys: surveyed.wishes.shardKeys,
    ceilings,
    ...(raise === undefined ? {} : { raise }),
    ...(surveyed.wishes.throughput === undefined ? {} : { throughput: surveyed.wishes.throughput }),
    ...(options.conflicts === undefined ? {} : { conflictPolicy: options.conflicts }),
    ...(options.verification === undefined ? {} : { verification: { depth: options.verification } }),
    ...(options.readPreference === undefined ? {} : { readPreference: options.readPreference }),
  });
  await context.adapters.writePlanFile(path, made);
  const width = output.people.columns;
  const isPaceKnown = surveyed.target.kind !== 'cosmos-ru' || ruPerSecond !== undefined;
  const expected = recommendation.ranked.find((m) => m.method === method)?.durationMs.expected;
  output.say(
    ...planLines(made, width, new Set(findings.flatMap((f) => (f.ns ? [formatNamespace(f.ns)] : [])))),
    ...(raise === undefined ? [] : raiseLines(planRaises(made.collections, raise), width)),
    ...heading(`What changes on the way: ${findingCounts(findings)}`),
    ...findingLines(findings, width),
    '',
    `Written to ${path}`,
    ...(expected === undefined ? [] : [durationSentence(expected, isPaceKnown, leastThroughputMs?.get(method))]),
    `Next: ${PROGRAM} run ${options.out}    (add --dry-run to see ${method === 'dump-restore' ? 'the exact command lines' : 'its steps'} first)`,
  );
  output.data({ path, plan: made, findings, expectedMs: expected });
  return EXIT.success;
}

function durationSentence(expectedMs: number, isPaceKnown: boolean, leastThroughputMs: number | undefined): string {
  const time = formatDuration(expectedMs);
  if (leastThroughputMs !== undefined) {
    const least = formatRuPerSecond(MANUAL_RU_PER_SECOND.least);
    return `Moving the data takes ${time} or more, and about ${formatDuration(leastThroughputMs)} with ${least} for each new collection, which accounts often give by themselves (--throughput).`;
  }
  return isPaceKnown
    ? `Moving the data takes about ${time}.`
    : `Moving the data takes ${time} or more: how much the target takes in a second is not known.`;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
