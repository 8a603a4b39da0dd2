/** What a run would do, step by step, with the tools' exact command lines; what is known only then is in capitals. */
import { isFiles, travelOf, type Plan, type PlannedCollection } from '../core/model/plan.js';
import { formatNamespace } from '../core/model/namespace.js';
import { asCarriedOut } from '../core/plan/carried-out.js';
import { PROGRAM, type CommandContext } from './context.js';
import type { Sides } from './sides.js';
import { handoffSteps } from '../words/handoffs.js';
import { raiseSentence } from '../words/throughput.js';
import { plural } from './text-blocks.js';

export interface DryStep {
  readonly step: 'create' | 'throughput' | 'index' | 'copy' | 'view' | 'verify';
  readonly text: string;
  /** Copy steps: as they would be typed. */
  readonly commands?: readonly string[];
}

/** Reads the names of the source's collections and nothing else. */
export async function dryRunSteps(
  plan: Plan,
  sides: Sides['connected'],
  context: CommandContext,
): Promise<readonly DryStep[]> {
  const data = plan.collections.filter((c) => !c.options.view);
  const views = plan.collections.filter((c) => c.options.view);
  const steps: DryStep[] = [
    ...(isFiles(plan.target)
      ? []
      : [
          {
            step: 'create' as const,
            text: `create ${count(data.length, 'collection')} on the target: ${names(data)}`,
          },
        ]),
    ...indexStep(plan, 'before-data', 'before the data'),
    ...(plan.throughputRaises ?? []).map((raise) => ({ step: 'throughput' as const, text: raiseSentence(raise) })),
    ...(await copySteps(plan, sides, context)),
    ...indexStep(plan, 'after-data', 'after the data'),
    ...(views.length > 0
      ? [{ step: 'view' as const, text: `create ${count(views.length, 'view')}: ${names(views)}` }]
      : []),
    {
      step: 'verify',
      text:
        asCarriedOut(plan).verification.depth === 'full'
          ? plan.method === 'direct-copy'
            ? 'verify: read every document of the target and compare it with what was read while copying'
            : isFiles(plan.target)
              ? 'verify: read the files again and compare every document with the source, byte for byte'
              : 'verify: read every document on both sides and compare the bytes'
          : 'verify: compare the counts',
    },
    ...indexStep(plan, 'after-verification', 'last of all, because they delete'),
  ];
  return steps;
}

async function copySteps(
  plan: Plan,
  { source, target }: Sides['connected'],
  { adapters }: CommandContext,
): Promise<readonly DryStep[]> {
  if (plan.method === 'direct-copy') {
    const changed = plan.collections.filter(({ transform }) => transform);
    const text = 'copy every collection in ranges of its _id, as bytes, at the pace of the target';
    const on = changed.length > 0 ? `, changed on the way as said above: ${names(changed)}` : '';
    return [{ step: 'copy', text: `${text}${on}` }];
  }
  if (plan.handoff) {
    const data = plan.collections.filter((c) => !c.options.view);
    const what = { step: 'copy', text: `in all of it: ${names(data)}` } as const;
    return [...handoffSteps(plan.handoff, plan.targetKind).map((text) => ({ step: 'copy' as const, text })), what];
  }
  if (!('client' in target)) {
    const folder = travelOf(plan).files?.folder ?? '';
    const files = {
      step: 'copy' as const,
      text: `write ${count(plan.collections.length, 'file')} in ${folder}, each beside its name until it stands whole`,
      commands: await adapters.describeCopy(plan, source, target),
    };
    return [files];
  }
  const text = 'start the throttle relay on a free port of this machine and copy through it';
  return [{ step: 'copy', text, commands: await adapters.describeCopy(plan, source, target) }];
}

export function dryRunLines(steps: readonly DryStep[]): string[] {
  const lines = steps.flatMap(({ text, commands = [] }, i) => [
    `  ${i + 1}. ${text}`,
    ...commands.map((command) => `     $ ${command}`),
  ]);
  return steps.some((s) => (s.commands ?? []).length > 0)
    ? [
        ...lines,
        '',
        '  RELAY_PORT and PRIVATE_FILE are chosen when it runs. The private file has the password, is readable by you alone,',
        `  and is gone when the tool has ended. To put the relay before a tool of your own: ${PROGRAM} relay --help`,
      ]
    : lines;
}

function indexStep(plan: Plan, when: 'before-data' | 'after-data' | 'after-verification', words: string): DryStep[] {
  const indexes = plan.collections.flatMap((c) =>
    c.indexes
      .filter((i) => i.fate.kind !== 'skip' && i.fate.when === when && i.index.name !== '_id_')
      .map((i) => `${formatNamespace(c.target)} ${i.index.name}`),
  );
  return indexes.length === 0
    ? []
    : [{ step: 'index', text: `create ${count(indexes.length, 'index', 'indexes')} ${words}: ${list(indexes)}` }];
}

const count = (n: number, one: string, many?: string): string => `${n} ${plural(n, one, many)}`;
const names = (collections: readonly PlannedCollection[]): string =>
  list(collections.map((c) => formatNamespace(c.target)));

/** Names listed in full before the rest is counted. */
const SHOWN = 12;

function list(items: readonly string[]): string {
  const shown = items.slice(0, SHOWN).join(', ');
  return items.length > SHOWN ? `${shown} and ${items.length - SHOWN} more` : shown;
}
