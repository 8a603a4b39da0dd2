/** How a plan is told where another system carries it out: an option for each setting, the same settings that the wizard shows. */
import { Option, type Command } from 'commander';
import { MigrationError } from '../core/model/error.js';
import type { Handoff } from '../core/model/handoff.js';
import type { MethodId } from '../core/model/method.js';
import {
  HANDOFF_FIELDS,
  handoffFieldIds,
  incompleteHandoff,
  isHandedOff,
  makeHandoff,
  type HandoffFacts,
  type HandoffFieldId,
  type HandoffValues,
  type MadeHandoff,
} from '../core/plan/handoff-fields.js';

interface HandoffOption {
  readonly flag: string;
  readonly help: string;
  readonly choices?: readonly string[];
}

const OPTIONS: Readonly<Record<HandoffFieldId, HandoffOption>> = {
  subscriptionId: { flag: '--subscription <id>', help: 'data-factory, dms: the subscription of Azure' },
  resourceGroup: {
    flag: '--resource-group <name>',
    help: 'data-factory, dms: where things are made; it has to be there',
  },
  location: { flag: '--location <region>', help: 'data-factory, dms: a region as Azure spells it, such as westeurope' },
  factory: { flag: '--factory <name>', help: 'data-factory: made where it is not there' },
  storageAccount: { flag: '--storage-account <name>', help: 'data-factory: for markers of finished ranges' },
  storageContainer: { flag: '--storage-container <name>', help: 'data-factory: the container of the markers' },
  integrationRuntime: {
    flag: '--integration-runtime <name>',
    help: 'data-factory: self-hosted, where Azure does not reach the source',
  },
  service: { flag: '--dms-service <name>', help: 'dms: made where it is not there' },
  project: { flag: '--dms-project <name>', help: 'dms, RU targets: the project in the service' },
  subnetId: { flag: '--subnet <id>', help: 'dms, RU targets: resource id of the subnet that the service lives in' },
  replication: {
    flag: '--replication <how>',
    help: 'dms, RU targets: continuous follows changes until the cut-over',
    choices: ['one-time', 'continuous'],
  },
  targetResourceId: { flag: '--target-resource <id>', help: 'dms, vCore targets: resource id of the cluster' },
  fromDump: { flag: '--from-dump', help: 'dms, RU targets: the source is a dump in a blob container' },
  workspaceUrl: {
    flag: '--workspace <url>',
    help: 'spark-databricks: address of the workspace; without it only files are made',
  },
  secretScope: { flag: '--secret-scope <name>', help: 'spark-databricks: holds the connection strings' },
  mode: {
    flag: '--spark-mode <mode>',
    help: 'spark-databricks: raw keeps every byte, transform changes types',
    choices: ['raw', 'transform'],
  },
  nodeType: { flag: '--node-type <size>', help: 'spark-databricks: machine of the cluster' },
  workers: {
    flag: '--spark-workers <n>',
    help: 'spark-databricks: workers of the cluster (default: by size and throughput)',
  },
  runtime: { flag: '--spark-runtime <version>', help: 'spark-databricks: Databricks Runtime' },
  port: {
    flag: '--studio-port <n>',
    help: 'studio-3t: where the throttle relay listens on this machine, for as long as the run waits',
  },
};

export function addHandoffOptions(command: Command): Command {
  for (const { flag, help, choices } of Object.values(OPTIONS)) {
    const option = new Option(flag, help);
    command.addOption(choices === undefined ? option : option.choices(choices));
  }
  return command;
}

function flagOf(id: HandoffFieldId): string {
  return OPTIONS[id].flag.split(' ', 1)[0] ?? '';
}

/** What was said, by field. */
export function handoffValuesFrom(options: Readonly<Record<string, unknown>>): HandoffValues {
  const said = HANDOFF_FIELDS.flatMap((id): [HandoffFieldId, string][] => {
    const value = options[new Option(OPTIONS[id].flag).attributeName()];
    if (value === true) return [[id, 'yes']];
    return typeof value === 'string' ? [[id, value]] : [];
  });
  return Object.fromEntries(said);
}

/** What nothing follows from but what a person says. */
const PLACE = ['subscriptionId', 'resourceGroup', 'location'] as const;

/** What can be known without either cluster. @throws MigrationError as {@link handoffFrom}. */
export function checkHandoffSaid(options: Readonly<Record<string, unknown>>, method: MethodId): void {
  const said = handoffValuesFrom(options);
  checkOwn(said, method);
  if (!isHandedOff(method)) return;
  const own: readonly string[] = handoffFieldIds(method);
  const fields = PLACE.filter((id) => own.includes(id) && said[id] === undefined).map(
    (id) => ({ id, value: '', origin: 'user', problem: 'missing' }) as const,
  );
  if (fields.length > 0) throw withOptions(method, { kind: 'incomplete', fields });
}

/**
 * The hand-off of a method that has one, by what was said and what is reckoned. * @throws MigrationError `bad-option` (`handoff-option-of-other-method`), `bad-plan` (`handoff-incomplete`) with the options that say what is missing.
 */
export function handoffFrom(
  options: Readonly<Record<string, unknown>>,
  method: MethodId,
  facts: () => HandoffFacts,
): Handoff | undefined {
  const said = handoffValuesFrom(options);
  checkOwn(said, method);
  if (!isHandedOff(method)) return undefined;
  const made = makeHandoff(method, said, facts());
  if (made.kind === 'made') return made.handoff;
  throw withOptions(method, made);
}

/** Whether a method that nobody has asked for can be planned with what was said. */
export function isHandoffSaid(
  options: Readonly<Record<string, unknown>>,
  method: MethodId,
  facts: () => HandoffFacts,
): boolean {
  if (!isHandedOff(method)) return true;
  const made = makeHandoff(method, handoffValuesFrom(options), facts());
  if (made.kind !== 'made') return false;
  const { handoff } = made;
  // Without a workspace nothing could be started.
  return handoff.kind !== 'spark-databricks' || handoff.workspaceUrl !== undefined;
}

function withOptions(
  method: Handoff['kind'],
  { fields }: Extract<MadeHandoff, { kind: 'incomplete' }>,
): MigrationError {
  const error = incompleteHandoff(method, fields);
  return new MigrationError(error.code, { ...error.facts, options: fields.map(({ id }) => flagOf(id)) });
}

/** @throws MigrationError `bad-option`. */
function checkOwn(said: HandoffValues, method: MethodId): void {
  const own: readonly string[] = isHandedOff(method) ? handoffFieldIds(method) : [];
  const stray = HANDOFF_FIELDS.find((id) => said[id] !== undefined && !own.includes(id));
  if (stray === undefined) return;
  throw new MigrationError('bad-option', {
    option: flagOf(stray),
    reason: 'handoff-option-of-other-method',
    for: OPTIONS[stray].help.split(/[,:]/, 1)[0] ?? '',
    method,
  });
}
