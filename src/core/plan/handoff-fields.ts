/** What a hand-off has to be told, field by field: what is reckoned for it, what a person says, and what is wrong with that. */
import { MigrationError } from '../model/error.js';
import type { AzurePlace, Handoff } from '../model/handoff.js';
import type { Plan } from '../model/plan.js';
import { digestOf } from './plan-id.js';
import { sparkWorkers, type MovedBySpark } from './spark-workers.js';

export const HANDOFF_FIELDS = [
  'workspaceUrl',
  'secretScope',
  'mode',
  'nodeType',
  'workers',
  'runtime',
  'subscriptionId',
  'resourceGroup',
  'location',
  'factory',
  'storageAccount',
  'storageContainer',
  'integrationRuntime',
  'service',
  'project',
  'subnetId',
  'replication',
  'targetResourceId',
  'fromDump',
  'port',
] as const;
export type HandoffFieldId = (typeof HANDOFF_FIELDS)[number];

/** As typed, by field. */
export type HandoffValues = Readonly<Partial<Record<HandoffFieldId, string>>>;

/** `missing`: only a person knows it. Changes are followed, and dumps read, for RU targets only, and a dump holds no changes. */
export const HANDOFF_PROBLEMS = [
  'missing',
  'malformed',
  'continuous-needs-ru',
  'dump-has-no-changes',
  'dump-needs-ru',
] as const;
export type HandoffProblem = (typeof HANDOFF_PROBLEMS)[number];

export interface HandoffField {
  readonly id: HandoffFieldId;
  /** Empty for what is left open. */
  readonly value: string;
  readonly origin: 'computed' | 'user';
  /** What it may be; absent for free text. */
  readonly choices?: readonly string[];
  readonly problem?: HandoffProblem;
}

/** What the defaults follow from. */
export interface HandoffFacts extends MovedBySpark {
  /** What is moved, e.g. a database's name; names in Azure are made of it. */
  readonly subject: string;
  /** The two sides, so that two migrations of one database do not get the same names. */
  readonly between: readonly [source: string, target: string];
  readonly targetKind: Plan['targetKind'];
  /** The target in Azure: the service is best made beside it. */
  readonly azure?: AzurePlace & { readonly resourceId: string };
  /** The source is written to meanwhile. */
  readonly online?: boolean;
  /** The source's version is one that DMS does not read. */
  readonly tooNewForService?: boolean;
}

const FIELDS: Readonly<Record<Handoff['kind'], readonly HandoffFieldId[]>> = {
  'spark-databricks': ['workspaceUrl', 'secretScope', 'mode', 'nodeType', 'workers', 'runtime'],
  'data-factory': [
    ...(['subscriptionId', 'resourceGroup', 'location', 'factory'] as const),
    ...(['storageAccount', 'storageContainer', 'integrationRuntime'] as const),
  ],
  dms: [
    ...(['subscriptionId', 'resourceGroup', 'location', 'service', 'project'] as const),
    ...(['subnetId', 'replication', 'targetResourceId', 'fromDump'] as const),
  ],
  'studio-3t': ['port'],
};

/**
 * What each field takes, as the plan's schema has it.
 * Sources of the names: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules and learn.microsoft.com/azure/data-factory/naming-rules.
 */
export const HANDOFF_PATTERNS: Readonly<Partial<Record<HandoffFieldId, RegExp>>> = {
  workspaceUrl: /^https?:\/\/[^/?#@]+\/?$/,
  secretScope: /^[A-Za-z0-9_@.-]{1,128}$/,
  subscriptionId: /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/,
  resourceGroup: /^[\p{L}\p{N}_().-]{0,89}[\p{L}\p{N}_()-]$/u,
  location: /^[a-z0-9]+$/,
  factory: /^[A-Za-z0-9](?:[A-Za-z0-9-]{1,61}[A-Za-z0-9])$/,
  storageAccount: /^[a-z0-9]{3,24}$/,
  storageContainer: /^[a-z0-9](?:[a-z0-9-]{1,61}[a-z0-9])$/,
  service: /^[A-Za-z][A-Za-z0-9_-]{0,61}$/,
  project: /^[A-Za-z0-9][A-Za-z0-9_-]{0,56}$/,
  subnetId: /^\/subscriptions\/.+\/subnets\/.+$/,
  targetResourceId: /^\/subscriptions\/.+$/,
};

const CHOICES: Readonly<Partial<Record<HandoffFieldId, readonly string[]>>> = {
  mode: ['raw', 'transform'],
  replication: ['one-time', 'continuous'],
  fromDump: ['no', 'yes'],
};

const NUMBERS: Readonly<Partial<Record<HandoffFieldId, readonly [least: number, most: number]>>> = {
  workers: [1, 1_000],
  port: [1_024, 65_535],
};

/** Any free port does; a fixed one keeps a connection good that was made once in Studio 3T. Above 1023, where no rights are needed, and away from MongoDB's own. */
export const STUDIO_3T_PORT = 27_717;

/** Long-term support, Spark 3.5 and Scala 2.12, for which the connector is built. Source: docs.databricks.com/release-notes/runtime. */
const RUNTIME = '15.4.x-scala2.12';
/** Four cores, 16 GB, a local disk: a raw copy needs cores and a network, hardly any memory. Source: learn.microsoft.com/azure/virtual-machines/ddsv5-series. */
const NODE_TYPE = 'Standard_D4ds_v5';
/** Letters and digits of a name, for names of Azure. */
function slug(subject: string, longest: number): string {
  const plain = subject.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return plain.slice(0, longest).replace(/^-+|-+$/g, '');
}

/** Factories and storage accounts have names that nobody else on earth may have. */
function computed(id: HandoffFieldId, facts: HandoffFacts): string {
  const mark = digestOf([facts.subject, ...facts.between].join('\n')).slice(0, 8);
  const name = (longest: number): string => ['mcm', slug(facts.subject, longest)].filter((part) => part).join('-');
  switch (id) {
    case 'secretScope':
      return 'mongo-cosmos-migration';
    case 'mode':
      return 'raw';
    case 'nodeType':
      return NODE_TYPE;
    case 'workers':
      return String(sparkWorkers(facts));
    case 'runtime':
      return RUNTIME;
    case 'factory':
      return `${name(40)}-${mark}`;
    case 'storageAccount':
      return `mcm${slug(facts.subject, 12).replaceAll('-', '')}${mark}`;
    case 'storageContainer':
      return 'migration';
    case 'service':
      return name(40);
    case 'project':
      return slug(facts.subject, 50) || 'migration';
    case 'replication':
      return facts.online && facts.targetKind === 'cosmos-ru' && !facts.tooNewForService ? 'continuous' : 'one-time';
    case 'fromDump':
      return facts.tooNewForService ? 'yes' : 'no';
    case 'port':
      return String(STUDIO_3T_PORT);
    case 'subscriptionId':
    case 'resourceGroup':
    case 'location':
      return facts.azure?.[id] ?? '';
    case 'targetResourceId':
      return facts.azure?.resourceId ?? '';
    default:
      return '';
  }
}

/** Left open without harm, as the kind of target has it. */
function isOptional(id: HandoffFieldId, { targetKind }: HandoffFacts): boolean {
  if (id === 'workspaceUrl' || id === 'integrationRuntime') return true;
  // The classic service lives in a subnet; the other finds its target by its resource.
  if (id === 'subnetId') return targetKind !== 'cosmos-ru';
  return id === 'targetResourceId' && targetKind === 'cosmos-ru';
}

function problemOf(
  id: HandoffFieldId,
  value: string,
  all: HandoffValues,
  facts: HandoffFacts,
): HandoffProblem | undefined {
  if (value === '') return isOptional(id, facts) ? undefined : 'missing';
  const bounds = NUMBERS[id];
  if (bounds) {
    const number = /^\d{1,6}$/.test(value) ? Number(value) : Number.NaN;
    return number >= bounds[0] && number <= bounds[1] ? undefined : 'malformed';
  }
  if (CHOICES[id]?.includes(value) === false || HANDOFF_PATTERNS[id]?.test(value) === false) return 'malformed';
  if (id === 'replication' && value === 'continuous') {
    if (facts.targetKind !== 'cosmos-ru') return 'continuous-needs-ru';
    if (all.fromDump === 'yes') return 'dump-has-no-changes';
  }
  if (id === 'fromDump' && value === 'yes' && facts.targetKind !== 'cosmos-ru') return 'dump-needs-ru';
  return undefined;
}

/** True for a method that another system, or a person with another program, carries out. */
export function isHandedOff(method: Plan['method']): method is Handoff['kind'] {
  return Object.hasOwn(FIELDS, method);
}

/** The fields of a hand-off of this kind. */
export function handoffFieldIds(kind: Handoff['kind']): readonly HandoffFieldId[] {
  return FIELDS[kind];
}

/** Every field of a hand-off of this kind with what counts for it now. Values of other kinds' fields are not looked at. */
export function handoffFields(
  kind: Handoff['kind'],
  said: HandoffValues,
  facts: HandoffFacts,
): readonly HandoffField[] {
  const ids = FIELDS[kind];
  const values: Partial<Record<HandoffFieldId, string>> = {};
  for (const id of ids) values[id] = said[id] ?? computed(id, facts);
  return ids.map((id): HandoffField => {
    const value = values[id] ?? '';
    const choices = CHOICES[id];
    const problem = problemOf(id, value, values, facts);
    return {
      id,
      value,
      origin: said[id] === undefined ? 'computed' : 'user',
      ...(choices === undefined ? {} : { choices }),
      ...(problem === undefined ? {} : { problem }),
    };
  });
}

export type MadeHandoff =
  | { readonly kind: 'made'; readonly handoff: Handoff }
  | { readonly kind: 'incomplete'; readonly fields: readonly HandoffField[] };

/** The hand-off itself, or the fields that keep it from being one. */
export function makeHandoff(kind: Handoff['kind'], said: HandoffValues, facts: HandoffFacts): MadeHandoff {
  const fields = handoffFields(kind, said, facts);
  const wrong = fields.filter(({ problem }) => problem !== undefined);
  if (wrong.length > 0) return { kind: 'incomplete', fields: wrong };
  const values = new Map(fields.map(({ id, value }) => [id, value]));
  const text = (id: HandoffFieldId): string => values.get(id) ?? '';
  return { kind: 'made', handoff: fromTexts(kind, text) };
}

/** `bad-plan` for a hand-off that is not one yet, with the fields that keep it from being one. */
export function incompleteHandoff(kind: Handoff['kind'], fields: readonly HandoffField[]): MigrationError {
  return new MigrationError('bad-plan', {
    reason: 'handoff-incomplete',
    method: kind,
    fields: fields.map(({ id }) => id),
    values: fields.map(({ value }) => value),
    problems: fields.flatMap(({ problem }) => problem ?? []),
  });
}

function fromTexts(kind: Handoff['kind'], text: (id: HandoffFieldId) => string): Handoff {
  const open = (id: HandoffFieldId): Record<string, string> => (text(id) === '' ? {} : { [id]: text(id) });
  const azure = {
    subscriptionId: text('subscriptionId'),
    resourceGroup: text('resourceGroup'),
    location: text('location'),
  };
  switch (kind) {
    case 'spark-databricks':
      return {
        kind,
        ...open('workspaceUrl'),
        secretScope: text('secretScope'),
        mode: text('mode') === 'transform' ? 'transform' : 'raw',
        cluster: { nodeType: text('nodeType'), workers: Number(text('workers')), runtime: text('runtime') },
      };
    case 'data-factory':
      return {
        kind,
        azure,
        factory: text('factory'),
        storage: { account: text('storageAccount'), container: text('storageContainer') },
        ...open('integrationRuntime'),
      };
    case 'dms':
      return {
        kind,
        azure,
        service: text('service'),
        project: text('project'),
        ...open('subnetId'),
        replication: text('replication') === 'continuous' ? 'continuous' : 'one-time',
        ...open('targetResourceId'),
        ...(text('fromDump') === 'yes' ? { fromDump: true } : {}),
      };
    case 'studio-3t':
      return { kind, port: Number(text('port')) };
  }
}

/** What a hand-off of a plan stands for, as if it had been typed. */
export function handoffValues(handoff: Handoff): HandoffValues {
  switch (handoff.kind) {
    case 'spark-databricks': {
      const { workspaceUrl, secretScope, mode, cluster } = handoff;
      const { nodeType, workers, runtime } = cluster;
      return { workspaceUrl: workspaceUrl ?? '', secretScope, mode, nodeType, workers: String(workers), runtime };
    }
    case 'data-factory': {
      const { azure, factory, storage, integrationRuntime = '' } = handoff;
      const { account: storageAccount, container: storageContainer } = storage;
      return { ...azure, factory, storageAccount, storageContainer, integrationRuntime };
    }
    case 'dms': {
      const { azure, service, project, subnetId = '', replication, targetResourceId = '', fromDump } = handoff;
      return { ...azure, service, project, subnetId, replication, targetResourceId, fromDump: fromDump ? 'yes' : 'no' };
    }
    case 'studio-3t':
      return { port: String(handoff.port) };
  }
}
