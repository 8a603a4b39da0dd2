import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CARRIED_OUT } from '../../core/advise/advise.js';
import { MigrationError } from '../../core/model/error.js';
import type { MethodId } from '../../core/model/method.js';
import { formatNamespace } from '../../core/model/namespace.js';
import { isFiles, type ConflictPolicy, type Plan, type ReadConcern } from '../../core/model/plan.js';
import { makePlan } from '../../core/plan/make-plan.js';
import { checkTransformable } from '../../core/plan/transform-checks.js';
import { planRaises } from '../../core/plan/plan-raises.js';
import { MANUAL_RU_PER_SECOND } from '../../core/size/limits.js';
import { formatCount, formatCountOf, formatDuration, formatRuPerSecond } from '../../words/sizes.js';
import { PROGRAM, type CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { ceilingsFrom, type CeilingOptions } from '../ceiling-options.js';
import { findingCounts } from '../../words/finding-groups.js';
import { findingLines } from '../findings-text.js';
import { wholeNumber } from '../numbers.js';
import { planLines, raiseLines } from '../plan-text.js';
import { travelFrom, type FileOptions } from '../file-options.js';
import { survey, type Survey } from '../survey.js';
import { surveyText } from '../survey-text.js';
import { bullet, heading } from '../text-blocks.js';
import { transformsFrom } from '../transform-options.js';
import { adviceFor, type RecommendOptions } from './recommend.js';

export interface PlanOptions extends RecommendOptions, FileOptions, CeilingOptions {
  readonly out: string;
  readonly force?: boolean;
  readonly conflicts?: ConflictPolicy;
  readonly verification?: Plan['verification']['depth'];
  readonly readPreference?: Plan['readPreference'];
  readonly readConcern?: ReadConcern;
}

/** The recommended one that is carried out, else the one that always is. What only a direct copy can do asks for it. */
function methodFor(recommended: MethodId, needsDirect: boolean): MethodId {
  return !needsDirect && CARRIED_OUT.has(recommended) ? recommended : 'direct-copy';
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
  const travel = travelFrom(options, cwd);
  const wanted = options.method ?? (travel === undefined ? undefined : 'export-import');
  if (wanted !== undefined && !CARRIED_OUT.has(wanted)) {
    throw new MigrationError('bad-option', { option: '--method', reason: 'method-not-carried-out', value: wanted });
  }
  const { readConcern } = options;
  const asked = Object.keys(transformsFrom(options));
  checkTransformable({ method: wanted ?? 'direct-copy', ...(readConcern === undefined ? {} : { readConcern }) }, asked);
  const ceilings = ceilingsFrom(options);
  const raiseTo = raiseFrom(options);
  const isPaced = raiseTo !== undefined || Object.keys(ceilings).length > 0;
  const needsDirect = isPaced || asked.length > 0 || readConcern !== undefined;
  const surveyed = travel === undefined ? await survey(options, context) : await surveyText(travel, options, context);
  if (!surveyed.targetCluster) throw new MigrationError('bad-option', { option: '--target', reason: 'missing' });
  const { findings, recommendation, tuning, ruPerSecond, leastThroughputMs } = adviceFor(surveyed, options);
  const method = wanted ?? methodFor(recommendation.recommended, needsDirect);
  if (method !== 'direct-copy' && isPaced) {
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
    ...(travel === undefined ? {} : { text: travel }),
    ...(surveyed.csv === undefined ? {} : { fields: surveyed.csv.fields }),
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
    ...(readConcern === undefined ? {} : { readConcern }),
    transforms: surveyed.transforms,
    arriving: surveyed.arriving,
  });
  await context.adapters.writePlanFile(path, made);
  const width = output.people.columns;
  const isPaceKnown = surveyed.target.kind !== 'cosmos-ru' || ruPerSecond !== undefined;
  const expected = recommendation.ranked.find((m) => m.method === method)?.durationMs.expected;
  output.say(
    ...planLines(made, width, new Set(findings.flatMap((f) => (f.ns ? [formatNamespace(f.ns)] : [])))),
    ...(raise === undefined ? [] : raiseLines(planRaises(made.collections, raise), width)),
    ...csvLines(surveyed.csv?.unnameable ?? [], width),
    ...unfitLines(surveyed.arriving, width),
    // What a target makes of it is another plan's business.
    ...(isFiles(made.target)
      ? []
      : [...heading(`What changes on the way: ${findingCounts(findings)}`), ...findingLines(findings, width)]),
    '',
    `Written to ${path}`,
    ...(expected === undefined ? [] : [durationSentence(expected, isPaceKnown, leastThroughputMs?.get(method))]),
    `Next: ${PROGRAM} run ${options.out}    (add --dry-run to see ${method === 'direct-copy' ? 'its steps' : 'the exact command lines'} first)`,
  );
  output.data({ path, plan: made, findings, expectedMs: expected });
  return EXIT.success;
}

function csvLines(unnameable: readonly string[], width: number): string[] {
  return unnameable.flatMap((field) =>
    bullet('!', `${field} cannot be named in a list of fields and is left out.`, width),
  );
}

/** Documents that will be dead letters, as far as a look at some of them tells. */
function unfitLines(arriving: Survey['arriving'], width: number): string[] {
  return Object.entries(arriving).flatMap(([namespace, { looked, refused }]) => {
    const count = `${formatCount(refused)} of ${formatCountOf(looked, 'document')}`;
    const text = `${namespace}: ${count} that were looked at cannot be changed so, and become dead letters`;
    return refused > 0 ? bullet('!', text, width) : [];
  });
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
