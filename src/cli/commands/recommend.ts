import type { AdviceWishes } from '../../core/advise/facts.js';
import { decide, type Decisions } from '../../core/decide/decide.js';
import { selectedCollections } from '../../core/plan/make-plan.js';
import { migrationCharge, verificationCharge } from '../../core/size/totals.js';
import { formatRu } from '../../words/sizes.js';
import { clusterSummary, targetName } from '../../words/clusters.js';
import { PROGRAM, type CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { findingCounts } from '../../words/finding-groups.js';
import { findingLines } from '../findings-text.js';
import { sizeSentence } from '../inventory-text.js';
import { recommendationLines } from '../recommendation-text.js';
import { survey, type Survey, type SurveyOptions } from '../survey.js';
import { heading, labelled } from '../text-blocks.js';

export interface RecommendOptions extends SurveyOptions {
  readonly online?: boolean;
  readonly studio3t?: boolean;
  readonly files?: 'json' | 'csv';
}

/** The decisions of core, for what was surveyed. */
export function adviceFor(surveyed: Survey, options: RecommendOptions): Decisions {
  const { inventory, target, selection, wishes, targetCluster, measured, trial } = surveyed;
  return decide({
    inventory,
    target,
    selection,
    ...wishes,
    wishes: adviceWishes(options),
    ...(targetCluster ? { targetCluster: targetCluster.facts } : {}),
    ...(measured === undefined ? {} : { insert: measured }),
    ...(trial === undefined ? {} : { trial }),
  });
}

function adviceWishes(options: RecommendOptions): AdviceWishes {
  return {
    ...(options.online ? { online: true } : {}),
    ...(options.studio3t ? { ownsStudio3t: true } : {}),
    ...(options.files === undefined ? {} : { wantsFiles: options.files }),
  };
}

/** Sizes, findings and the ranked methods with their reasons. */
export async function recommend(
  options: Readonly<Record<string, unknown>> & RecommendOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const surveyed = await survey(options, context);
  const advice = adviceFor(surveyed, options);
  const { output } = context;
  const width = output.people.columns;
  output.say(
    ...heading('What is to be moved'),
    ...labelled(summaryPairs(surveyed), width),
    ...heading(`What the target makes of it: ${findingCounts(advice.findings)}`),
    ...findingLines(advice.findings, width),
    ...recommendationLines(advice.recommendation, width),
    '',
    `Next: ${PROGRAM} plan with the same options writes the plan to a file, to be looked at and then run.`,
  );
  const { inventory, selection, target, measured, trial } = surveyed;
  output.data({
    recommendation: advice.recommendation,
    findings: advice.findings,
    ...(advice.tuning ? { tuning: advice.tuning } : {}),
    ...(advice.leastThroughputMs ? { leastThroughputMs: Object.fromEntries(advice.leastThroughputMs) } : {}),
    inventory,
    selection,
    target: { kind: target.kind, version: target.versionArray.join('.') },
    ...(measured === undefined ? {} : { measured }),
    ...(trial === undefined ? {} : { trial }),
  });
  return EXIT.success;
}

/** Label and value of what goes where. */
export function summaryPairs(surveyed: Survey): (readonly [string, string])[] {
  const { source, inventory, selection, target, targetCluster, measured, trial } = surveyed;
  const ruPerDocument = measured?.ruPerDocument ?? trial?.ruPerDocument;
  const collections = selectedCollections(inventory, selection);
  const pairs: (readonly [string, string])[] = [
    ['from', `${source.reference.name}: ${clusterSummary(inventory.cluster)}`],
    [
      'to',
      targetCluster
        ? `${targetCluster.resolved.reference.name}: ${clusterSummary(targetCluster.facts)}`
        : targetName(target.kind),
    ],
    ['size', sizeSentence(collections)],
  ];
  if (target.kind === 'cosmos-ru') {
    const write = migrationCharge(collections, ruPerDocument === undefined ? {} : { ruPerDocument }).total;
    const read = verificationCharge(collections).total;
    const how = ruPerDocument === undefined ? 'by the published table' : 'by a measured insert';
    pairs.push(['charge', `about ${formatRu(write)} to write (${how}), ${formatRu(read)} to verify`]);
  }
  return pairs;
}
