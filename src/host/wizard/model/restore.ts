import { MOST_WINDOW_HOURS, SKILLS } from '../../../core/advise/facts.js';
import { HANDOFF_FIELDS } from '../../../core/plan/handoff-fields.js';
import { ACCOUNT_CAPABILITIES } from '../../../core/plan/target.js';
import {
  boolean,
  isRecord,
  list,
  LONGEST_NAME,
  number,
  object,
  oneOf,
  record,
  text,
  type Check,
} from '../../../protocol/guards/check.js';
import { READ_PREFERENCES, TUNING_FIELDS, WIZARD_STEPS } from '../../../protocol/wizard.js';
import { nearestReachable } from './reach.js';
import { STATE_VERSION, type Choices, type Readings, type WizardState } from './wizard-state.js';

const name = text(LONGEST_NAME);
const numbers = object({}, Object.fromEntries(TUNING_FIELDS.map((field) => [field, number()])));
const problem = object({ happened: text(), why: text(), todo: text() });

const throughput: Check = (value) =>
  object({ kind: oneOf(['shared', 'serverless']) })(value) ||
  object({ kind: oneOf(['manual']), ruPerSecond: number(0) })(value) ||
  object({ kind: oneOf(['autoscale']), maxRuPerSecond: number(0) })(value);

/** As a plan file says it; what is wrong in it is found when the plan is made. */
const isTransform: Check = isRecord;
const samples = list(object({ ms: number(0), documents: number(0), bytes: number(0) }));
const trial = object(
  { ns: name },
  { read: samples, copied: samples, heldByRequestUnits: boolean, ruPerDocument: number(0) },
);

const choices = object(
  {
    version: oneOf([STATE_VERSION]),
    step: oneOf(WIZARD_STEPS),
    renames: record(name, name),
    wishes: object(
      {},
      {
        online: boolean,
        ownsStudio3t: boolean,
        wantsFiles: oneOf(['json', 'csv']),
        windowHours: number(1, MOST_WINDOW_HOURS),
        network: object({}, { sourceReachableFromAzure: boolean, privateEndpoint: boolean, fromHere: boolean }),
        skills: list(oneOf(SKILLS)),
      },
    ),
    tuning: numbers,
    refused: numbers,
    throughput: oneOf(['unsaid', 'manual', 'autoscale', 'shared', 'serverless']),
    collectionThroughput: record(name, throughput),
    shardKeys: record(name, name),
    capabilities: list(oneOf(ACCOUNT_CAPABILITIES)),
    conflictPolicy: oneOf(['fail', 'skip', 'overwrite', 'dead-letter']),
    verification: oneOf(['full', 'counts']),
    readPreference: oneOf(READ_PREFERENCES),
    consent: boolean,
  },
  {
    sourceId: name,
    targetId: name,
    wanted: list(text()),
    selected: list(name),
    measured: object({ ruPerDocument: number(0), latencyMs: number(0), samples: number(0), of: name }),
    tried: object({ trial, of: name }),
    given: object({
      throughput: object(
        { collections: record(name, throughput), databases: record(name, throughput) },
        { atOnce: record(name, number(0)) },
      ),
      of: name,
    }),
    method: name,
    saved: object({ path: text(), planId: name }),
    openedFrom: text(),
    transforms: record(name, isTransform),
    leftOutIndexes: record(name, list(name)),
    keptAside: record(name, number(0)),
    handoff: object({}, Object.fromEntries(HANDOFF_FIELDS.map((field) => [field, name]))),
    readConcern: oneOf(['local', 'available', 'majority']),
    problem,
  },
);

/** Looked at no deeper than where another version would differ: the file is ours, and what is missing is read again. */
const hasFields =
  (...names: readonly string[]): Check =>
  (value) =>
    typeof value === 'object' && value !== null && names.every((field) => Object.hasOwn(value, field));

function isSource(value: unknown): boolean {
  if (!hasFields('clusterId', 'uri', 'inventory')(value)) return false;
  const { inventory } = value as { inventory: unknown };
  if (!hasFields('cluster', 'collections', 'failed', 'skipped', 'readAt')(inventory)) return false;
  const { collections } = inventory as { collections: unknown };
  return list(hasFields('ns', 'type', 'documents', 'logicalBytes', 'indexes', 'options'))(collections);
}

function isTarget(value: unknown): boolean {
  if (!hasFields('clusterId', 'uri', 'facts')(value)) return false;
  return hasFields('kind', 'versionArray', 'hosts', 'latencyMs')((value as { facts: unknown }).facts);
}

/** The state that was kept, or undefined for what this version did not write. Readings that are gone or damaged are left out. */
export function restoreState(kept: unknown, readings: unknown): WizardState | undefined {
  if (!choices(kept)) return undefined;
  const { source, target } = (readings ?? {}) as { source?: unknown; target?: unknown };
  const state: WizardState = {
    ...(kept as Choices),
    ...(isSource(source) ? { source: source as NonNullable<Readings['source']> } : {}),
    ...(isTarget(target) ? { target: target as NonNullable<Readings['target']> } : {}),
  };
  return { ...state, step: nearestReachable(state) };
}

/** The two halves that are kept apart: what is small and changes at every click, and what is large and seldom changes. */
export function partsOf(state: WizardState): { readonly choices: Choices; readonly readings: Readings } {
  const { source, target, ...rest } = state;
  return { choices: rest, readings: { ...(source ? { source } : {}), ...(target ? { target } : {}) } };
}
