/** The settings, typed and within bounds whatever the user's file says: VS Code shows a squiggle for a wrong value and hands it out all the same. */
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { AdviceInput } from '../core/advise/facts.js';
import { MOST_REGIONS } from '../core/model/regions.js';
import { bytes, GIB } from '../core/model/units.js';
import { SETTINGS } from './ids.js';

/** Paths of the database tools, where they are not to be looked for. */
export type ToolSettings = Readonly<
  Partial<Record<'mongodump' | 'mongorestore' | 'mongoexport' | 'mongoimport', string>>
>;

export interface Settings {
  /** As written; checked entry by entry where clusters are made of them. */
  readonly connections: readonly unknown[];
  readonly tools: ToolSettings;
  readonly nativeToolsUpToGb: number;
  readonly servicesUpToGb: number;
  readonly analysisParallelism: number;
  /** Absent: computed. */
  readonly insertionWorkers?: number;
  /** Absent: the folder that the command line uses too. */
  readonly runsFolder?: string;
  /** Absent: the prices that are shipped. */
  readonly pricesFile?: string;
  /** Of an RU account, for its cost. Absent: not said, so that those count that were read of the account. */
  readonly regions?: number;
  readonly notifications: 'all' | 'problems' | 'none';
  readonly azure: {
    /** Of Azure Resource Manager; absent: the public cloud's. */
    readonly endpoint?: string;
    /** Where a run that Azure carries out has its tokens from: this window, or what its terminal finds in the environment. */
    readonly signIn: 'vscode' | 'environment';
  };
}

/** Defaults and bounds; package.json says the same to the user, and a test holds the two together. */
export const BOUNDS = {
  [SETTINGS.nativeToolsUpToGb]: { default: 10, minimum: 0.001, maximum: 100_000 },
  [SETTINGS.servicesUpToGb]: { default: 1024, minimum: 0.001, maximum: 10_000_000 },
  [SETTINGS.analysisParallelism]: { default: 8, minimum: 1, maximum: 64 },
  [SETTINGS.insertionWorkers]: { default: 0, minimum: 0, maximum: 64 },
  [SETTINGS.regions]: { default: 0, minimum: 0, maximum: MOST_REGIONS },
} as const;

export type ThresholdSettings = Pick<Settings, 'nativeToolsUpToGb' | 'servicesUpToGb'>;

/** Thresholds that the user has changed; the defaults are Microsoft's and are told of as such. */
export function bandsOf({
  nativeToolsUpToGb: native,
  servicesUpToGb: services,
}: ThresholdSettings): NonNullable<AdviceInput['settings']> {
  return {
    ...(native === BOUNDS[SETTINGS.nativeToolsUpToGb].default ? {} : { nativeToolsUpTo: bytes(native * GIB) }),
    ...(services === BOUNDS[SETTINGS.servicesUpToGb].default ? {} : { servicesUpTo: bytes(services * GIB) }),
  };
}

/** Every setting, read through `get` with the keys of `SETTINGS`. */
export function readSettings(get: (key: string) => unknown): Settings {
  const tools = {
    mongodump: path(get(SETTINGS.toolMongodump)),
    mongorestore: path(get(SETTINGS.toolMongorestore)),
    mongoexport: path(get(SETTINGS.toolMongoexport)),
    mongoimport: path(get(SETTINGS.toolMongoimport)),
  };
  const workers = Math.round(bounded(get, SETTINGS.insertionWorkers));
  const runsFolder = path(get(SETTINGS.runsFolder));
  const pricesFile = path(get(SETTINGS.pricesFile));
  const regions = Math.round(bounded(get, SETTINGS.regions));
  const connections = get(SETTINGS.connections);
  const notifications = get(SETTINGS.notifications);
  const endpoint = get(SETTINGS.azureEndpoint);
  return {
    connections: Array.isArray(connections) ? (connections as readonly unknown[]) : [],
    tools: Object.fromEntries(Object.entries(tools).filter(([, found]) => found !== undefined)),
    nativeToolsUpToGb: bounded(get, SETTINGS.nativeToolsUpToGb),
    servicesUpToGb: bounded(get, SETTINGS.servicesUpToGb),
    analysisParallelism: Math.round(bounded(get, SETTINGS.analysisParallelism)),
    ...(workers === 0 ? {} : { insertionWorkers: workers }),
    ...(runsFolder === undefined ? {} : { runsFolder }),
    ...(pricesFile === undefined ? {} : { pricesFile }),
    ...(regions === 0 ? {} : { regions }),
    notifications: notifications === 'problems' || notifications === 'none' ? notifications : 'all',
    azure: {
      ...(typeof endpoint === 'string' && endpoint.trim() !== '' ? { endpoint: endpoint.trim() } : {}),
      signIn: get(SETTINGS.azureSignIn) === 'environment' ? 'environment' : 'vscode',
    },
  };
}

function bounded(get: (key: string) => unknown, key: keyof typeof BOUNDS): number {
  const { default: fallback, minimum, maximum } = BOUNDS[key];
  const value = get(key);
  if (typeof value !== 'number' || !Number.isFinite(value)) return fallback;
  return Math.min(maximum, Math.max(minimum, value));
}

/** Absolute: the window and the runner in its terminal work in different folders and have to mean the same file. */
function path(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value.trim() : '';
  return text === '' ? undefined : resolve(homedir(), text.replace(/^~(?=$|[\\/])/, homedir()));
}
