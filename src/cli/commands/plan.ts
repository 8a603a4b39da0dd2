import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CARRIED_OUT } from '../../core/advise/advise.js';
import { asPlanned } from '../../core/assess/as-planned.js';
import { MigrationError } from '../../core/model/error.js';
import type { MethodId, Recommendation } from '../../core/model/method.js';
import { formatNamespace } from '../../core/model/namespace.js';
import { isFiles, type ConflictPolicy, type Plan, type ReadConcern } from '../../core/model/plan.js';
import { handoffFacts } from '../../core/plan/handoff-facts.js';
import type { HandoffFacts } from '../../core/plan/handoff-fields.js';
import { makePlan } from '../../core/plan/make-plan.js';
import { neededTools } from '../../core/plan/needed-tools.js';
import { checkTransformable } from '../../core/plan/transform-checks.js';
import { planRaises, raisedThroughput } from '../../core/plan/plan-raises.js';
import { MANUAL_RU_PER_SECOND } from '../../core/size/limits.js';
import { methodName } from '../../words/methods.js';
import { formatCount, formatCountOf, formatDuration, formatRuPerSecond } from '../../words/sizes.js';
import { PROGRAM, type CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { adviceFor, type AdviceOptions } from '../advice.js';
import { ceilingsFrom, type CeilingOptions } from '../ceiling-options.js';
import { findingCounts } from '../../words/finding-groups.js';
import { findingLines } from '../findings-text.js';
import { wholeNumber } from '../numbers.js';
import { planLines, raiseLines } from '../plan-text.js';
import { travelFrom, type FileOptions } from '../file-options.js';
import { checkHandoffSaid, handoffFrom, isHandoffSaid } from '../handoff-options.js';
import { survey, type Survey } from '../survey.js';
import { surveyText } from '../survey-text.js';
import { bullet, heading } from '../text-blocks.js';
import { transformsFrom } from '../transform-options.js';
import { adviceWishes } from '../wish-options.js';

export interface PlanOptions extends AdviceOptions, FileOptions, CeilingOptions {
  readonly out: string;
  readonly force?: boolean;
  readonly conflicts?: ConflictPolicy;
  readonly verification?: Plan['verification']['depth'];
  readonly readPreference?: Plan['readPreference'];
  readonly readConcern?: ReadConcern;
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
  const { adapters, output, cwd, clock } = context;
  const path = resolve(cwd, options.out);
  if (!options.force && (await exists(path))) {
    throw new MigrationError('bad-option', { option: '--out', reason: 'file-exists', path });
  }
  await adapters.checkWritableFile(path);
  const travel = travelFrom(options, cwd);
  const { use, folder } = travel?.files ?? {};
  if (folder !== undefined && use !== 'import') await adapters.checkWritableFolder(folder);
  const wanted = options.method ?? (travel === undefined ? undefined : 'export-import');
  if (wanted !== undefined && !CARRIED_OUT.has(wanted)) {
    throw new MigrationError('bad-option', { option: '--method', reason: 'method-not-carried-out', value: wanted });
  }
  if (wanted !== undefined) checkHandoffSaid(options, wanted);
  const { readConcern } = options;
  const asked = Object.keys(transformsFrom(options));
  checkTransformable({ method: wanted ?? 'direct-copy', ...(readConcern === undefined ? {} : { readConcern }) }, asked);
  const ceilings = ceilingsFrom(options);
  const raiseTo = raiseFrom(options);
  const { preSplit } = options;
  const isPaced = raiseTo !== undefined || preSplit === true || Object.keys(ceilings).length > 0;
  const needsDirect = isPaced || asked.length > 0 || readConcern !== undefined;
  const surveyed = travel === undefined ? await survey(options, context) : await surveyText(travel, options, context);
  if (!surveyed.targetCluster) throw new MigrationError('bad-option', { option: '--target', reason: 'missing' });
  const { recommendation, tuning, findings: found, ruPerSecond, leastThroughputMs } = adviceFor(surveyed, options);
  const { recommended } = recommendation;
  const facts = (): HandoffFacts =>
    handoffFacts({
      inventory: surveyed.inventory,
      selection: surveyed.selection,
      target: surveyed.target,
      tuning,
      wishes: adviceWishes(options),
      between: [surveyed.source.reference.name, surveyed.targetCluster?.resolved.reference.name ?? ''],
    });
  // What only a direct copy can do asks for it, and so does a recommended service of which nobody has said where it is.
  const canBePlanned = !needsDirect && isHandoffSaid(options, recommended, facts);
  const method = wanted ?? (canBePlanned ? recommended : 'direct-copy');
  if (method !== 'direct-copy' && isPaced) {
    const option = raiseTo !== undefined ? '--raise-throughput' : preSplit ? '--pre-split' : 'A limit';
    throw new MigrationError('bad-option', { option, reason: 'direct-copy-only', method });
  }
  if ((raiseTo !== undefined || preSplit) && surveyed.target.kind !== 'cosmos-ru') {
    const option = raiseTo === undefined ? '--pre-split' : '--raise-throughput';
    throw new MigrationError('bad-option', { option, reason: 'ru-only' });
  }
  const handoff = handoffFrom(options, method, facts);
  const raise =
    (raiseTo === undefined && !preSplit) || !surveyed.targetThroughput
      ? undefined
      : { ruPerSecond: raiseTo ?? 0, ...(preSplit ? { preSplit } : {}), target: surveyed.targetThroughput };
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
    ...(handoff === undefined ? {} : { handoff }),
    ...(raise === undefined ? {} : { raise }),
    ...(surveyed.wishes.throughput === undefined ? {} : { throughput: surveyed.wishes.throughput }),
    ...(options.conflicts === undefined ? {} : { conflictPolicy: options.conflicts }),
    ...(options.verification === undefined ? {} : { verification: { depth: options.verification } }),
    ...(options.readPreference === undefined ? {} : { readPreference: options.readPreference }),
    ...(readConcern === undefined ? {} : { readConcern }),
    transforms: surveyed.transforms,
    arriving: surveyed.arriving,
  });
  await adapters.writePlanFile(path, made);
  const findings = asPlanned(found, made);
  const width = output.people.columns;
  const isPaceKnown = surveyed.target.kind !== 'cosmos-ru' || ruPerSecond !== undefined;
  const expected = withRaises(surveyed, made, recommendation, options).ranked.find((m) => m.method === method)
    ?.durationMs.expected;
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
    ...(wanted === undefined && !needsDirect && !canBePlanned ? [elsewhereSentence(recommended)] : []),
    ...(expected === undefined ? [] : [durationSentence(expected, isPaceKnown, leastThroughputMs?.get(method))]),
    `Next: ${PROGRAM} run ${options.out}    (add --dry-run to see ${neededTools(made).length === 0 ? 'its steps' : 'the exact command lines'} first)`,
  );
  output.data({ path, plan: made, findings, expectedMs: expected });
  return EXIT.success;
}

/** While throughput is raised the copy goes at what it is raised to. */
function withRaises(
  surveyed: Survey,
  made: Plan,
  recommendation: Recommendation,
  options: PlanOptions,
): Recommendation {
  if (made.throughputRaises === undefined) return recommendation;
  const { wishes } = surveyed;
  const collectionThroughput = { ...wishes.collectionThroughput, ...raisedThroughput(made) };
  return adviceFor({ ...surveyed, wishes: { ...wishes, collectionThroughput } }, options).recommendation;
}

function elsewhereSentence(recommended: MethodId): string {
  return `${methodName(recommended)} is recommended, and nobody has said where it is to run: this plan is for a direct copy. With --method ${recommended} and its options (${PROGRAM} plan --help) it is planned.`;
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
