/** The options of `assess`, `size` and `advise`: what is looked at, how deep, and what for. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { TARGET_WISHES, type TargetWish } from '../core/model/target-wishes.js';
import { wholeNumber } from './numbers.js';
import type { WishOptions } from './wish-options.js';

export const TARGET_KINDS = ['cosmos-ru', 'cosmos-vcore', 'both', 'mongodb'] as const;
export const SCANS = ['sample', 'full', 'none'] as const;
export const PACES = ['adaptive', 'gentle', 'full'] as const;
export const FAIL_ON = ['blocker', 'warning', 'never'] as const;

export interface AssessOptions extends WishOptions {
  readonly targetKind?: (typeof TARGET_KINDS)[number];
  readonly scan?: (typeof SCANS)[number];
  readonly sampleSize?: string;
  readonly pace?: (typeof PACES)[number];
  readonly logs?: readonly string[];
  readonly profiler?: boolean;
  readonly watch?: string;
  readonly prices?: string;
  readonly wantedHours?: string;
  readonly wants?: readonly TargetWish[];
  readonly regions?: string;
  readonly earlier?: string;
  readonly listReads?: boolean;
  readonly yes?: boolean;
  readonly failOn?: (typeof FAIL_ON)[number];
}

/** What all three take, beside the clusters, the selection and the throughput. */
export function addAssessOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--target-kind <kind>', 'in place of --target, where there is none yet (default: both)').choices(
        TARGET_KINDS,
      ),
    )
    .addOption(
      new Option(
        '--scan <how>',
        'documents that are looked at: a sample of each collection, all, or none (default: sample; advise: none)',
      ).choices(SCANS),
    )
    .option('--sample-size <n>', 'documents of each collection in a sample')
    .addOption(
      new Option(
        '--pace <how>',
        'how fast the source is read: adaptive (gently, fast while nobody else uses it), gentle, or full (default: adaptive)',
      ).choices(PACES),
    )
    .option('--logs <file...>', 'log files of the source, for the operations in them')
    .option('--profiler', "read the source's profiler collections, where they are")
    .option('--watch <seconds>', 'watch the counters for so long, in place of their average since the start')
    .option('--prices <file>', 'your own price list, as media/prices.json')
    .option('--wanted-hours <n>', 'how long the copy may take; throughput is sized by it')
    .addOption(wantsOption())
    .option('--regions <n>', 'RU targets: regions of the account (default: 1; 2 with --wants global-writes)')
    .option('--list-reads', 'print every command that would be sent to the source in full, and end')
    .option('-y, --yes', 'agree to a scan of all documents')
    .addOption(new Option('--fail-on <what>', 'end with status 6 where it is found').choices(FAIL_ON).default('never'));
}

/** Words of a closed list, next to each other or with commas in between. */
function wantsOption(): Option {
  return new Option('--wants <what...>', 'what you want of the service; RU or vCore is advised by it')
    .choices(TARGET_WISHES)
    .argParser((text: string, before: readonly TargetWish[] = []) => {
      const wants = text.split(',').map((word) => {
        const wish = TARGET_WISHES.find((one) => one === word.trim());
        if (!wish) throw new InvalidArgumentError(`Allowed choices are ${TARGET_WISHES.join(', ')}.`);
        return wish;
      });
      return [...new Set([...before, ...wants])];
    });
}

/** A number of an option within bounds, undefined where it was not given. @throws MigrationError `bad-number`. */
export function optionalNumber(
  name: string,
  text: string | undefined,
  minimum: number,
  maximum: number,
): number | undefined {
  return text === undefined ? undefined : wholeNumber(name, text, minimum, maximum);
}

/** How deep a command looks where its user does not say. */
export interface AssessDepth {
  readonly scan: 'sample' | 'full' | 'none';
  /** Whether the charge may be asked for at a prompt. */
  readonly asks: boolean;
  /** How the commands are told before they are sent, without being asked for: each with its limits, or by purpose. */
  readonly tells: 'each' | 'in short';
}
