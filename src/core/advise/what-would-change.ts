import type { WhatIf } from '../model/assessment.js';
import type { ClusterFacts } from '../model/facts.js';
import type { MethodId, Reason } from '../model/method.js';
import { bytes } from '../model/units.js';
import { isAtLeast } from '../plan/target.js';
import { advise } from './advise.js';
import type { AdviceInput, AdviceWishes } from './facts.js';

/** Changes of one fact or wish that are tried out. Closed, so that words can be complete. */
export const WHAT_IF_IDS = [
  'online-wanted',
  'online-not-wanted',
  'studio-owned',
  'json-wanted',
  'csv-wanted',
  'ten-times-the-size',
  'other-target',
  'source-upgraded',
  'source-downgraded',
  'window-shorter',
  'azure-reach-lost',
  'azure-reach-found',
  'here-reach-lost',
  'serverless',
  'throughput-doubled',
  'azure-known',
  'spark-known',
] as const;
export type WhatIfId = (typeof WHAT_IF_IDS)[number];

interface Changed {
  readonly input: AdviceInput;
  readonly params: Reason['params'];
}

const GROWTH = 10;
/** A window that is short for anything but little data. Judged. */
const SHORT_WINDOW_HOURS = 1;
/** The last one that the services read for an RU account, and one that they do not. Source: learn.microsoft.com/azure/cosmos-db/mongodb/pre-migration-steps. */
const OLD = '4.0';
const NEW = '6.0';

/** Each change; undefined where the facts are so already, or where it makes no sense. */
const CHANGES: Readonly<Record<WhatIfId, (input: AdviceInput) => Changed | undefined>> = {
  'online-wanted': (input) => unless(input.wishes?.online === true, () => wished(input, { online: true })),
  'online-not-wanted': (input) => unless(input.wishes?.online !== true, () => wished(input, { online: false })),
  'studio-owned': (input) => unless(input.wishes?.ownsStudio3t === true, () => wished(input, { ownsStudio3t: true })),
  'json-wanted': (input) => unless(input.wishes?.wantsFiles === 'json', () => wished(input, { wantsFiles: 'json' })),
  'csv-wanted': (input) => unless(input.wishes?.wantsFiles === 'csv', () => wished(input, { wantsFiles: 'csv' })),
  'ten-times-the-size': (input) => ({ input: grown(input, GROWTH), params: { times: GROWTH } }),
  'other-target': (input) => {
    const { kind } = input.target;
    if (kind === 'mongodb') return undefined;
    const other = kind === 'cosmos-ru' ? 'cosmos-vcore' : 'cosmos-ru';
    return { input: { ...unmeasured(input), target: { ...input.target, kind: other } }, params: { kind: other } };
  },
  'source-upgraded': (input) =>
    unless(!isOwnVersion(input) || isAtLeast(input.inventory.cluster.versionArray, [4, 1]), () =>
      versioned(input, NEW),
    ),
  'source-downgraded': (input) =>
    unless(!isOwnVersion(input) || !isAtLeast(input.inventory.cluster.versionArray, [4, 1]), () =>
      versioned(input, OLD),
    ),
  'window-shorter': (input) => {
    const { windowHours } = input.wishes ?? {};
    const shorter = windowHours === undefined ? SHORT_WINDOW_HOURS : windowHours / 2;
    return wished(input, { windowHours: shorter }, { windowMs: shorter * 3_600_000 });
  },
  'azure-reach-lost': (input) =>
    unless(input.wishes?.network?.sourceReachableFromAzure === false, () =>
      reached(input, { sourceReachableFromAzure: false }),
    ),
  'azure-reach-found': (input) =>
    unless(input.wishes?.network?.sourceReachableFromAzure !== false, () =>
      reached(input, { sourceReachableFromAzure: true }),
    ),
  'here-reach-lost': (input) =>
    unless(input.wishes?.network?.fromHere === false, () => reached(input, { fromHere: false })),
  serverless: (input) =>
    unless(input.target.kind !== 'cosmos-ru' || input.serverless === true, () => ({
      input: unsimulated({ ...input, serverless: true }),
      params: {},
    })),
  'throughput-doubled': (input) => {
    const { targetRuPerSecond } = input;
    if (targetRuPerSecond === undefined) return undefined;
    const doubled = targetRuPerSecond * 2;
    return { input: unsimulated({ ...input, targetRuPerSecond: doubled }), params: { ruPerSecond: doubled } };
  },
  'azure-known': (input) => skilled(input, 'azure'),
  'spark-known': (input) => skilled(input, 'spark'),
};

/** The input as it is after a change; undefined where the change does not apply to it. */
export function withChange(input: AdviceInput, id: WhatIfId): AdviceInput | undefined {
  return CHANGES[id](input)?.input;
}

/**
 * Advises again with one fact or wish changed at a time, and tells the changes after which another method is recommended, or none is possible any more. Every one that is told changes the answer.
 * @throws MigrationError as {@link advise}.
 */
export function whatWouldChange(input: AdviceInput): readonly WhatIf[] {
  const before = answerOf(input);
  return WHAT_IF_IDS.flatMap((id): WhatIf[] => {
    const changed = CHANGES[id](input);
    if (!changed) return [];
    const after = answerOf(changed.input);
    if (after.recommended === before.recommended && after.best === before.best) return [];
    return [{ id, params: changed.params, ...after }];
  });
}

/** What it costs is no part of the answer. */
function answerOf({ pricing: _, ...input }: AdviceInput): { readonly recommended: MethodId; readonly best?: MethodId } {
  const { recommended, ranked } = advise(input);
  const best = ranked.find(({ possible }) => possible);
  return { recommended, ...(best ? { best: best.method } : {}) };
}

function unless(isSo: boolean, change: () => Changed | undefined): Changed | undefined {
  return isSo ? undefined : change();
}

function wished(input: AdviceInput, wishes: AdviceWishes, params: Changed['params'] = {}): Changed {
  return { input: { ...input, wishes: { ...input.wishes, ...wishes } }, params };
}

function reached(input: AdviceInput, network: NonNullable<AdviceWishes['network']>): Changed {
  return wished(input, { network: { ...input.wishes?.network, ...network } });
}

/** Where nobody said what is known it counts for nothing, and more of it changes little. */
function skilled(input: AdviceInput, skill: 'azure' | 'spark'): Changed | undefined {
  const { skills } = input.wishes ?? {};
  return skills && !skills.includes(skill) ? wished(input, { skills: [...skills, skill] }) : undefined;
}

/** What is known of one target says nothing of another. */
function unmeasured({
  targetRuPerSecond: _rate,
  serverless: _serverless,
  ruPerDocument: _charge,
  trial: _trial,
  simulated: _simulated,
  ...input
}: AdviceInput): AdviceInput {
  return input;
}

/** What was simulated says nothing of a copy of other data, or into something else. */
function unsimulated({ simulated: _, ...input }: AdviceInput): AdviceInput {
  return input;
}

function grown(input: AdviceInput, times: number): AdviceInput {
  const { inventory } = input;
  const collections = inventory.collections.map((c) => ({
    ...c,
    documents: c.documents * times,
    logicalBytes: bytes(c.logicalBytes * times),
    storageBytes: bytes(c.storageBytes * times),
    indexBytes: bytes(c.indexBytes * times),
  }));
  return unsimulated({ ...input, inventory: { ...inventory, collections } });
}

/** A service has the version that it has. */
function isOwnVersion({ inventory }: AdviceInput): boolean {
  return inventory.cluster.kind === 'mongodb' || inventory.cluster.kind === 'atlas';
}

function versioned(input: AdviceInput, version: string): Changed {
  const { inventory } = input;
  const cluster: ClusterFacts = { ...inventory.cluster, version, versionArray: version.split('.').map(Number) };
  return { input: { ...input, inventory: { ...inventory, cluster } }, params: { version } };
}
