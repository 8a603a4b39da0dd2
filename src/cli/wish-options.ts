/** What a person wants of a migration and knows of its surroundings: it decides which method is advised. */
import { Option, type Command } from 'commander';
import { MOST_WINDOW_HOURS, SKILLS, type AdviceWishes, type Skill } from '../core/advise/facts.js';
import { wholeNumber } from './numbers.js';

const NETWORK = [
  'azure-reaches-source',
  'azure-does-not-reach-source',
  'private-endpoint',
  'from-here',
  'not-from-here',
] as const;

export interface WishOptions {
  readonly online?: boolean;
  readonly studio3t?: boolean;
  readonly files?: 'json' | 'csv';
  readonly windowHours?: string;
  readonly network?: readonly (typeof NETWORK)[number][];
  readonly skills?: readonly Skill[];
}

export function addWishOptions(command: Command): Command {
  return command
    .option('--online', 'the source keeps being written to while the data moves')
    .option('--window-hours <n>', 'how many hours the source may be without writes')
    .addOption(
      new Option('--network <fact...>', 'what is known of the ways between source, target and Azure').choices(NETWORK),
    )
    .addOption(new Option('--skills <what...>', 'what the people who migrate know').choices(SKILLS))
    .option('--studio3t', 'you own Studio 3T')
    .addOption(new Option('--files <format>', 'you want the data as files, too').choices(['json', 'csv']));
}

/** @throws MigrationError `bad-number`. */
export function adviceWishes(options: WishOptions): AdviceWishes {
  const { online, studio3t, files, windowHours, network, skills } = options;
  return {
    ...(online ? { online: true } : {}),
    ...(studio3t ? { ownsStudio3t: true } : {}),
    ...(files === undefined ? {} : { wantsFiles: files }),
    ...(windowHours === undefined
      ? {}
      : { windowHours: wholeNumber('--window-hours', windowHours, 1, MOST_WINDOW_HOURS) }),
    ...(network === undefined ? {} : { network: networkOf(network) }),
    ...(skills === undefined ? {} : { skills }),
  };
}

function networkOf(facts: readonly (typeof NETWORK)[number][]): NonNullable<AdviceWishes['network']> {
  const said = (yes: (typeof NETWORK)[number], no: (typeof NETWORK)[number]): boolean | undefined =>
    facts.includes(no) ? false : facts.includes(yes) ? true : undefined;
  const fromAzure = said('azure-reaches-source', 'azure-does-not-reach-source');
  const fromHere = said('from-here', 'not-from-here');
  return {
    ...(fromAzure === undefined ? {} : { sourceReachableFromAzure: fromAzure }),
    ...(facts.includes('private-endpoint') ? { privateEndpoint: true } : {}),
    ...(fromHere === undefined ? {} : { fromHere }),
  };
}
