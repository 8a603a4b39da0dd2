/** What the user says of an RU target that no server tells: throughput to be bought, the account's switches, shard keys. */
import { Option, type Command } from 'commander';
import { MigrationError } from '../core/model/error.js';
import type { Throughput } from '../core/model/facts.js';
import { formatNamespace, parseNamespace } from '../core/model/namespace.js';
import { ruPerSecond } from '../core/model/units.js';
import { ACCOUNT_CAPABILITIES, type AccountCapability } from '../core/plan/target.js';
import {
  AUTOSCALE_RU_PER_SECOND as autoscaleBounds,
  MANUAL_RU_PER_SECOND as manualBounds,
} from '../core/size/limits.js';
import { wholeNumber } from './numbers.js';
import { collect, splitAssignment } from './selection-options.js';

const OTHER_FORMS = 'autoscale:10000, shared or serverless';

export interface TargetOptions {
  readonly throughput?: string;
  readonly collectionThroughput?: readonly string[];
  readonly shardKey?: readonly string[];
  readonly capability?: readonly AccountCapability[];
}

export interface TargetWishes {
  readonly throughput?: Throughput;
  readonly collectionThroughput: Readonly<Record<string, Throughput>>;
  readonly shardKeys: Readonly<Record<string, string>>;
  readonly capabilities: readonly AccountCapability[];
}

export function addThroughputOptions(command: Command): Command {
  return command
    .option(
      '--throughput <spec>',
      'RU targets: throughput of each new collection: 4000, autoscale:10000, shared or serverless',
    )
    .addOption(
      new Option('--capability <name>', 'RU targets: a switch of the account that is on (repeatable)').argParser(
        (value: string, earlier: readonly AccountCapability[] | undefined) => [...(earlier ?? []), capability(value)],
      ),
    );
}

export function addCollectionOptions(command: Command): Command {
  return command
    .option(
      '--collection-throughput <ns=spec>',
      'RU targets: throughput of one collection, by its name on the source (repeatable)',
      collect,
    )
    .option(
      '--shard-key <ns=path>',
      'RU targets: shard key of one collection, by its name on the source (repeatable)',
      collect,
    );
}

function capability(value: string): AccountCapability {
  const known = ACCOUNT_CAPABILITIES.find((name) => name.toLowerCase() === value.toLowerCase());
  if (!known) {
    throw new MigrationError('bad-option', {
      option: '--capability',
      reason: 'unknown-value',
      value,
      allowed: ACCOUNT_CAPABILITIES,
    });
  }
  return known;
}

/** `4000`, `autoscale:10000`, `shared`, `serverless`. @throws MigrationError `bad-number`, `bad-option`. */
export function throughputFrom(option: string, text: string): Throughput {
  if (text === 'shared' || text === 'serverless') return { kind: text };
  const autoscale = /^autoscale:(.*)$/.exec(text)?.[1];
  if (autoscale !== undefined) {
    return {
      kind: 'autoscale',
      maxRuPerSecond: ruPerSecond(wholeNumber(option, autoscale, autoscaleBounds.least, autoscaleBounds.most)),
    };
  }
  return {
    kind: 'manual',
    ruPerSecond: ruPerSecond(wholeNumber(option, text, manualBounds.least, manualBounds.most, OTHER_FORMS)),
  };
}

/** @throws MigrationError `bad-number`, `bad-option`, `bad-namespace`. */
export function targetWishes(options: TargetOptions): TargetWishes {
  const throughput = options.throughput;
  const byName = (option: string, list: readonly string[] | undefined): [string, string][] =>
    (list ?? []).map((text) => {
      const [name, value] = splitAssignment(option, text);
      return [formatNamespace(parseNamespace(name)), value];
    });
  return {
    ...(throughput === undefined ? {} : { throughput: throughputFrom('--throughput', throughput) }),
    collectionThroughput: Object.fromEntries(
      byName('--collection-throughput', options.collectionThroughput).map(([name, value]) => [
        name,
        throughputFrom('--collection-throughput', value),
      ]),
    ),
    shardKeys: Object.fromEntries(byName('--shard-key', options.shardKey)),
    capabilities: options.capability ?? [],
  };
}
