import { findingCounts } from '../../words/finding-groups.js';
import { assessmentContent } from '../../words/assessment-content.js';
import { shortTargetName } from '../../words/assessment-targets.js';
import { whatIfSentence } from '../../words/what-would-change.js';
import { assessed, type AssessCommandOptions } from '../assessed.js';
import { PROGRAM, type CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { exitCodeOf } from '../fail-on.js';
import { findingLines } from '../findings-text.js';
import { reportLines } from '../report-text.js';
import { recommendationLines } from '../recommendation-text.js';
import { bullet, heading } from '../text-blocks.js';

/** What documents hold changes sizes, hardly the way they are moved. */
const DEPTH = { scan: 'none', asks: true, tells: 'in short' } as const;

/** Which service, and which way of moving the data, each with its reasons and what would change the answer. */
export async function advise(options: AssessCommandOptions, context: CommandContext): Promise<ExitCode> {
  const assessment = await assessed(options, context, DEPTH);
  if (assessment === 'listed') return EXIT.success;
  if (assessment === 'refused') return EXIT.stopped;
  const { output } = context;
  const width = output.people.columns;
  output.say(
    ...reportLines(assessmentContent(assessment, 'choice'), width, true),
    ...assessment.targets.flatMap(({ target, findings, recommendation, whatWouldChange, cost }) => [
      ...heading(`To ${shortTargetName(target.kind)}`),
      ...recommendationLines(recommendation, width, cost),
      ...(whatWouldChange.length === 0
        ? []
        : [
            ...heading('What would change the answer'),
            ...whatWouldChange.flatMap((change) => bullet('·', whatIfSentence(change), width)),
          ]),
      ...heading(`Findings on ${shortTargetName(target.kind)}: ${findingCounts(findings)}`),
      ...findingLines(findings, width),
    ]),
    '',
    `Next: ${PROGRAM} plan with the same options writes the plan to a file, to be looked at and then run.`,
  );
  const { targets, choice, inventory } = assessment;
  output.data({
    ...(choice ? { choice } : {}),
    targets: targets.map(({ target, recommendation, whatWouldChange, expectedRun, findings }) => ({
      target,
      recommendation,
      whatWouldChange,
      ...(expectedRun ? { expectedRun } : {}),
      findings,
    })),
    inventory,
  });
  return exitCodeOf(assessment, options, output);
}
