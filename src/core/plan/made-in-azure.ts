/** What a run has made in Azure, by the names of its records in the journal, and what of it stands there still. */
import type { Handoff } from '../model/handoff.js';
import type { Plan } from '../model/plan.js';

/** Names of records: the whole one, or where it begins. */
export const MADE = {
  factory: 'factory',
  storage: 'storage',
  /** `factory-part pipelines/NAME`, in a factory that was there before the run. */
  factoryPart: 'factory-part ',
  deployment: 'deployment ',
  dmsService: 'dms-service',
  dmsTask: 'dms-task ',
  dmsMigration: 'dms-migration ',
} as const;

export type LeftoverKind =
  | 'factory'
  | 'pipeline'
  | 'dataset'
  | 'linked-service'
  | 'storage'
  | 'container'
  | 'dms-service'
  | 'dms-migration-service'
  | 'dms-project'
  | 'dms-task'
  | 'dms-migration'
  | 'deployment';

export interface Standing {
  readonly kind: LeftoverKind;
  /** As Azure calls it, within the resource group of the plan or, of a migration, on the cluster. */
  readonly name: string;
}

export interface Leftover extends Standing {
  /** Its record in the journal. */
  readonly what: string;
  /** Records of what goes with it. */
  readonly within: readonly string[];
}

/** `goes`: what the run has made, in the order in which it can be taken away. `stays`: what it has used and not made, or what nobody can tell apart from what is used by others. */
export interface Leftovers {
  readonly goes: readonly Leftover[];
  readonly stays: readonly Standing[];
}

/** Of the journal: phase and id by the record's name. */
type Made = Readonly<Record<string, { readonly phase: 'intent' | 'started' | 'ended' | 'removed' }>>;

const NOTHING: Leftovers = { goes: [], stays: [] };

/**
 * Everything that a run, in any attempt, has made in Azure and that was not taken away since, as far as its journal says. Nothing where another system than Azure's
 * carries it out, or nothing was made.
 */
export function leftoversOf({ handoff, targetKind }: Pick<Plan, 'handoff' | 'targetKind'>, made: Made): Leftovers {
  if (handoff?.kind !== 'data-factory' && handoff?.kind !== 'dms') return NOTHING;
  const standing = Object.keys(made).filter((what) => made[what]?.phase !== 'removed');
  const named = (start: string, kind: LeftoverKind, within: readonly string[] = []): Leftover[] =>
    standing
      .filter((what) => what.startsWith(start))
      .map((what) => ({ kind, name: what.slice(start.length), what, within }));
  // Whoever refers to others was made after them.
  const own = handoff.kind === 'data-factory' ? ofFactory(handoff, standing) : ofDms(handoff, targetKind, made, named);
  const goes = [...own, ...named(MADE.deployment, 'deployment')];
  return goes.length === 0 ? NOTHING : { goes, stays: usedBy(handoff, targetKind, made) };
}

const PARTS: Readonly<Record<string, LeftoverKind>> = {
  pipelines: 'pipeline',
  datasets: 'dataset',
  linkedservices: 'linked-service',
};

function ofFactory(handoff: Extract<Handoff, { kind: 'data-factory' }>, standing: readonly string[]): Leftover[] {
  const parts = standing
    .filter((what) => what.startsWith(MADE.factoryPart))
    .reverse()
    .flatMap((what): Leftover[] => {
      const [folder = '', name = ''] = what.slice(MADE.factoryPart.length).split('/');
      const kind = PARTS[folder];
      return kind === undefined ? [] : [{ kind, name, what, within: [] }];
    });
  const whole = (what: string, kind: LeftoverKind, name: string): Leftover[] =>
    standing.includes(what) ? [{ kind, name, what, within: [] }] : [];
  return [
    ...parts,
    ...whole(MADE.factory, 'factory', handoff.factory),
    ...whole(MADE.storage, 'storage', handoff.storage.account),
  ];
}

function ofDms(
  { service }: Extract<Handoff, { kind: 'dms' }>,
  targetKind: Plan['targetKind'],
  made: Made,
  named: (start: string, kind: LeftoverKind) => Leftover[],
): Leftover[] {
  const before = made[MADE.dmsService];
  const tasks = named(MADE.dmsTask, 'dms-task');
  const stands = before !== undefined && before.phase !== 'removed';
  const what = MADE.dmsService;
  return [
    ...named(MADE.dmsMigration, 'dms-migration'),
    // Those in a service of the run go with it.
    ...(before === undefined ? tasks : []),
    ...(stands ? [{ kind: serviceKind(targetKind), name: service, what, within: tasks.map((t) => t.what) }] : []),
  ];
}

function usedBy(
  handoff: Extract<Handoff, { kind: 'data-factory' | 'dms' }>,
  targetKind: Plan['targetKind'],
  made: Made,
): Standing[] {
  if (handoff.kind === 'dms') {
    if (made[MADE.dmsService] !== undefined) return [];
    const kind = serviceKind(targetKind);
    const service: Standing = { kind, name: handoff.service };
    return kind === 'dms-service' ? [service, { kind: 'dms-project', name: handoff.project }] : [service];
  }
  const { account, container } = handoff.storage;
  return [
    ...(made[MADE.factory] === undefined ? [{ kind: 'factory' as const, name: handoff.factory }] : []),
    ...(made[MADE.storage] === undefined
      ? [
          { kind: 'storage' as const, name: account },
          { kind: 'container' as const, name: container },
        ]
      : []),
  ];
}

function serviceKind(targetKind: Plan['targetKind']): LeftoverKind {
  return targetKind === 'cosmos-vcore' ? 'dms-migration-service' : 'dms-service';
}
