/** What is said of a hand-off to Azure Data Factory. */
import type { ErrorFacts } from '../core/model/error.js';
import type { ErrorWords } from './error-words.js';
import { lookUp, textOf, type Params } from './params.js';
import { formatCountOf } from './sizes.js';

/** Why a run ended that Data Factory has carried out. */
export const DATA_FACTORY_REASONS: Readonly<Record<string, (params: Params) => string>> = {
  'data-factory-run-ended': (p) =>
    `The pipeline run ended (${textOf(p, 'outcome')}) with ${formatCountOf(Number(p['ranges'] ?? 0), 'range')} not copied${said(p)}. Look at it in the factory's monitor, then resume: finished ranges are skipped.`,
  'data-factory-refuses-all': (p) =>
    `Nothing of ${textOf(p, 'ns')} is taken by the target${said(p)}. Put that right and resume; no document was given up for it.`,
};

function said(params: Params): string {
  const message = textOf(params, 'message', '');
  return message === '' ? '' : `: ${message}`;
}

const FLAWS: Readonly<Record<string, (facts: ErrorFacts) => ErrorWords>> = {
  'data-factory-nothing': () => ({
    happened: 'There is nothing for Data Factory to copy.',
    why: 'The plan holds views only, or no collection at all.',
    todo: 'Choose collections, or another method: the direct copy makes views too.',
  }),
  'data-factory-timeseries': (facts) => ({
    happened: `${textOf(facts, 'namespace')} cannot go by Data Factory.`,
    why: 'It is a time series, and documents of one cannot be replaced by their _id.',
    todo: 'Leave it out of the plan, and bring it by a direct copy.',
  }),
  'data-factory-changes': (facts) => ({
    happened: `${textOf(facts, 'namespace')} cannot go by Data Factory as the plan says.`,
    why: 'The plan filters or changes its documents on the way, which only a direct copy does.',
    todo: 'Take that out of the plan, or choose the direct copy.',
  }),
  'data-factory-overwrites': (facts) => ({
    happened: `${textOf(facts, 'namespace')} holds documents on the target already.`,
    why: 'Data Factory replaces documents of the same _id, and the plan does not allow that.',
    todo: 'Empty the collection, or set conflictPolicy to overwrite.',
  }),
  'factory-without-identity': (facts) => ({
    happened: `The factory ${textOf(facts, 'factory')} has no identity of its own.`,
    why: 'It writes a marker for every finished range, and signs in to the storage account as itself.',
    todo: 'Give it a system-assigned identity, or name a factory that does not exist yet.',
  }),
  'runtime-missing': (facts) => ({
    happened: `The factory ${textOf(facts, 'factory')} has no integration runtime ${textOf(facts, 'runtime')}.`,
    why: 'The plan has the source read by it, and a self-hosted runtime is made in the factory and on its machine by hand.',
    todo: 'Make it in that factory and register its machine, or take integrationRuntime out of the plan where Azure reaches the source itself.',
  }),
  'runtime-not-online': (facts) => ({
    happened: `The integration runtime ${textOf(facts, 'runtime')} is not online: ${textOf(facts, 'state')}.`,
    why: 'The source is read by it, so that nothing would be copied.',
    todo: 'Start its machine, or register it with the factory; look at it under Manage > Integration runtimes.',
  }),
  'name-not-unicode': (facts) => ({
    happened: `${textOf(facts, 'namespace')} cannot go by Data Factory.`,
    why: 'Its name is no valid Unicode, and no request can carry it.',
    todo: 'Rename it on the source, or choose the direct copy.',
  }),
  'range-too-large': (facts) => ({
    happened: `The range ${textOf(facts, 'range')} does not fit into a pipeline.`,
    why: 'The _ids at its ends are too long.',
    todo: 'Bring that collection by a direct copy.',
  }),
};

export function isDataFactoryFlaw(reason: string): boolean {
  return lookUp(FLAWS, reason) !== undefined;
}

export function dataFactoryFlaw(reason: string, facts: ErrorFacts): ErrorWords {
  return lookUp(FLAWS, reason)?.(facts) ?? { happened: reason, why: '', todo: '' };
}

/** Notes of the artefacts, for whoever deploys them. */
export const DATA_FACTORY_NOTES: Readonly<Record<string, (params: Params) => string>> = {
  'data-factory-source-version-unknown': () =>
    'The version of the source is not known: the connector for versions newer than 4.2 is used.',
  'data-factory-atlas-connector-inferred': () =>
    'The source is read by the MongoDB Atlas connector. That it reads servers outside of Atlas is inferred from the page of the MongoDB connector, and not documented.',
  'data-factory-vcore-sink-unverified': () =>
    'No documentation names a connector that writes to Cosmos DB for MongoDB vCore: the MongoDB Atlas connector is used, unverified.',
  'data-factory-sharded-upsert': (p) =>
    `${textOf(p, 'namespace')} is sharded on the target. How the connector replaces documents of sharded collections is not documented: try it with a few first.`,
  'data-factory-view': (p) => `${textOf(p, 'namespace')} is a view: it is made on the target, and not copied.`,
  'data-factory-timeseries': (p) => `${textOf(p, 'namespace')} is a time series: Data Factory cannot bring it.`,
};
