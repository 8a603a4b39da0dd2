/** What is said of what a run has made in Azure, before and after it is taken away: the same in the terminal and in VS Code. */
import type { AzurePlace } from '../core/model/handoff.js';
import type { RunState } from '../core/model/run.js';
import type { LeftoverKind, Leftovers, Standing } from '../core/plan/made-in-azure.js';
import type { MigrationError } from '../core/model/error.js';
import { errorSentence } from './errors.js';

const KINDS: Readonly<Record<LeftoverKind, (name: string) => string>> = {
  factory: (name) => `data factory ${name}`,
  pipeline: (name) => `pipeline ${name}`,
  dataset: (name) => `dataset ${name}`,
  'linked-service': (name) => `linked service ${name}`,
  storage: (name) => `storage account ${name}`,
  container: (name) => `blob container ${name}`,
  'dms-service': (name) => `migration service ${name}`,
  'dms-migration-service': (name) => `migration service ${name}`,
  'dms-project': (name) => `project ${name}`,
  'dms-task': (name) => `task ${name} of the migration service`,
  'dms-migration': (name) => `migration ${name} of the cluster`,
  deployment: (name) => `record of the deployment ${name}`,
};

/** What goes with it, whoever has put it there. */
const CONTENTS: Readonly<Partial<Record<LeftoverKind, string>>> = {
  factory: ', with everything in it',
  storage: ', with everything in it',
  'dms-service': ', with its projects and tasks',
  'dms-migration-service': ', with what it still copies',
  'linked-service': ', with the connection string in it',
  'dms-task': ', with the connection strings in it',
};

/** Of what lies in something that stays. */
const INSIDE: Readonly<Partial<Record<LeftoverKind, string>>> = {
  container: ' in it, with the markers of the run and the role of the factory',
  'dms-project': ' in it, without the tasks of the run',
};

/** `data factory adf-migration`. */
export function standingText({ kind, name }: Standing): string {
  return KINDS[kind](name);
}

/** One line each: what is taken away, by name, and what goes with it. */
export function goesLines({ goes }: Leftovers): readonly string[] {
  return goes.map((one) => `${standingText(one)}${CONTENTS[one.kind] ?? ''}`);
}

/** The same of what is left alone. */
export function staysLines({ stays }: Leftovers): readonly string[] {
  return [
    ...stays.map((one) => `${standingText(one)}${INSIDE[one.kind] ?? ': it was there before the run'}`),
    'what was copied, on the target',
    'the files of the run on this machine: report, journal, dead letters',
  ];
}

export function goesHeading({ subscriptionId, resourceGroup }: AzurePlace): string {
  return `This is taken away from the resource group ${resourceGroup} (subscription ${subscriptionId}):`;
}

export const STAYS_HEADING = 'This stays:';

/** What it means for a run that is not complete; empty for one that is. */
export function cleanUpWarning(state: RunState): string {
  return state === 'completed' || state === 'completed-with-findings' || state === 'cancelled'
    ? ''
    : 'The run is not complete: what of it still goes on in Azure is ended. Resuming it makes all this again.';
}

export const CLEAN_UP_QUESTION = 'Take away what this run has made in Azure?';

export const NOTHING_TO_CLEAN_UP = 'Nothing stands in Azure that this run has made.';

export function takenAwayText(one: Standing): string {
  return `taken away: ${standingText(one)}`;
}

/** Azure's reason with it, and that it costs. */
export function notTakenAwayText(one: Standing, error: Pick<MigrationError, 'code' | 'facts'>): string {
  return `could not be taken away: ${standingText(one)}. It stays, and costs what it costs until it is deleted. ${errorSentence(error)}`;
}
