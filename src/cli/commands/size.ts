import { assessmentContent } from '../../words/assessment-content.js';
import { assessed, type AssessCommandOptions } from '../assessed.js';
import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { exitCodeOf } from '../fail-on.js';
import { reportLines } from '../report-text.js';

const DEPTH = { scan: 'sample', asks: true, tells: 'in short' } as const;

/** Sizes, what has to be provisioned for them, and what it costs, with all that the figures rest on. */
export async function size(options: AssessCommandOptions, context: CommandContext): Promise<ExitCode> {
  const assessment = await assessed(options, context, DEPTH);
  if (assessment === 'listed') return EXIT.success;
  if (assessment === 'refused') return EXIT.stopped;
  const { output } = context;
  output.say(...reportLines(assessmentContent(assessment, 'size'), output.people.columns, true));
  output.data({
    madeAt: assessment.madeAt,
    inventory: assessment.inventory,
    targets: assessment.targets.map(({ target, shardKeys, ru, vcore, cost }) => ({
      target,
      shardKeys,
      ...(ru ? { ru } : {}),
      ...(vcore ? { vcore } : {}),
      ...(cost ? { cost } : {}),
    })),
  });
  return exitCodeOf(assessment, options, output);
}
