import type { Finding } from '../core/model/finding.js';
import type { OptionWhy } from '../core/plan/whys.js';
import { indexWhySentence, droppedOptionSentence } from './fates.js';
import { bytesOf, countOf, lookUp, numberOf, textOf, unknownId, type Params } from './params.js';
import { clusterKind } from './reasons.js';
import { methodNameOf } from './methods.js';
import { formatCountOf } from './sizes.js';

/** An option's own name, for findings that come from a plan's reason. */
const OPTION_OF: Readonly<Record<OptionWhy, string>> = {
  'capped-unsupported': 'capped',
  'validator-unsupported': 'validator',
  'validator-not-carried': 'validator',
  'validator-fields-changed': 'validator',
  'collation-unsupported': 'collation',
  'clustered-unsupported': 'clustered',
  'pre-images-unsupported': 'changeStreamPreAndPostImages',
  'expiry-unsupported': 'expireAfterSeconds',
  'expiry-would-delete': 'expireAfterSeconds',
  'shard-key-compound': 'shardKey',
  'shard-key-left-out': 'shardKey',
  'shard-key-field-dropped': 'shardKey',
  'throughput-lowered-unsharded': 'throughput',
};

const seen = (p: Params): string => `seen in a sample of ${formatCountOf(numberOf(p, 'sampled'), 'document')}`;

const SENTENCES: Readonly<Record<string, (params: Params) => string>> = {
  'document-over-2mb': (p) => `A document of ${bytesOf(p, 'bytes')} (${seen(p)}): the account takes up to 2 MB.`,
  'document-over-16mb': (p) => `A document of ${bytesOf(p, 'bytes')} (${seen(p)}): the target takes up to 16 MB.`,
  'unsharded-over-20gb': (p) =>
    `${bytesOf(p, 'bytes')} without a shard key: an RU account holds up to ${bytesOf(p, 'limitBytes')} of it.`,
  'view-unsupported': () => 'A view: the target has none, so it stays behind.',
  'view-recreated': () => 'A view: it is made again from its definition after the data.',
  'timeseries-unsupported': () => 'A time series: the target has none, so it stays behind.',
  'timeseries-not-carried': () =>
    'A time series: it cannot be copied and checked document by document, so it stays behind.',
  'name-refused': (p) =>
    textOf(p, 'why') === 'name-too-long'
      ? 'Its name is too long for the target.'
      : 'Its name has a character that the target refuses.',
  'name-risky': () =>
    'Its name has spaces or special characters, which Azure advises against. It is passed on as it is.',
  'mixed-id-types': (p) => `Its _id has several types (${textOf(p, 'types')}). All of them are copied and checked.`,
  'ttl-on-source': (p) =>
    `The source may expire documents while they are copied (by ${textOf(p, 'by')}): those that were copied before stay on the target, and the check tells of them.`,
  'too-many-namespaces-ru': (p) =>
    `${countOf(p, 'count')} databases and collections: an RU account takes ${countOf(p, 'limit')} altogether.`,
  'too-many-collections-vcore': (p) =>
    `${countOf(p, 'count')} collections: a vCore cluster takes ${countOf(p, 'limit')} altogether.`,
  'source-too-old': (p) =>
    `The source is MongoDB ${textOf(p, 'version')}; the oldest that can be read is ${textOf(p, 'oldest')}.`,
  'source-too-new-for-service': (p) =>
    `The source is MongoDB ${textOf(p, 'version')}; ${methodNameOf(textOf(p, 'method'))} reads up to ${textOf(p, 'newest')} for an RU account.`,
  'source-kind-refused-by-service': (p) =>
    `${methodNameOf(textOf(p, 'method'))} takes no ${clusterKind(textOf(p, 'kind'))} as a source.`,
  'namespace-unreadable': (p) => `It could not be read: ${textOf(p, 'message')} (${textOf(p, 'code')}).`,
};

/** What was found, without the namespace's name. */
export function findingSentence(finding: Finding): string {
  const { rule, params } = finding;
  if (rule.startsWith('index-')) {
    return `Index ${textOf(params, 'index')}: ${indexWhySentence(rule.slice('index-'.length))}.`;
  }
  const why = rule.replace(/^option-/, '');
  const option = lookUp(OPTION_OF, why);
  if (option !== undefined && why !== rule) return droppedOptionSentence({ option, why });
  return lookUp(SENTENCES, rule)?.(params) ?? unknownId(rule, params);
}

const REMEDIES: Readonly<Record<string, string>> = {
  'nothing-to-do': 'Nothing to do.',
  'use-search-elsewhere': 'Move text search out of the database (Azure AI Search), or choose a vCore target.',
  'use-2dsphere': 'Store points as GeoJSON and use a 2dsphere index.',
  'drop-index-kind': 'Replace the index with a kind that the target has.',
  'check-queries': 'Look at the queries that use it; they run, at another cost.',
  'enforce-unique-in-application': 'Make the application keep it unique, or store a value in every document.',
  'check-collation': 'Look at queries that ignore case or accents: store a lower-case copy of the field for them.',
  'upgrade-target': 'Upgrade the target, or leave the index out.',
  'choose-fields': 'Name the fields that queries use, in indexes of their own.',
  'shorten-index': 'Make an index of fewer or less deeply nested fields.',
  'split-index': 'Make two indexes of it.',
  'enable-nested-capability': 'Switch EnableUniqueCompoundNestedDocs on for the account and say so when planning.',
  'enable-ttl-capability':
    'Switch EnableTtlOnCustomPath on for the account and say so when planning, or delete old documents yourself.',
  'keep-one-expiry': 'Choose one field to expire by; delete by the others yourself.',
  'stop-expiry-on-source':
    'Stop expiry on the source for the time of the migration (setParameter ttlMonitorEnabled: false, or a longer expireAfterSeconds by collMod).',
  'set-expiry-again': 'Set the expiry again after the migration.',
  'drop-unused-indexes': 'Drop indexes that nobody uses on the source first.',
  'prune-by-ttl': 'Give the target a TTL index, or delete old documents yourself.',
  'validate-in-application': 'Check documents in the application.',
  'add-validator-later': 'Add it with collMod after the migration, where the cluster takes it.',
  'check-change-streams': 'Look at readers of change streams that use images of before.',
  'add-ttl-index': 'Give the target a TTL index after the migration.',
  'choose-shard-key': 'Choose a shard key of one field when planning. It cannot be changed later.',
  'enable-16mb':
    'Switch EnableMongo16MBDocumentSupport on for the account and say so when planning, or make such documents smaller; else they are kept aside as dead letters.',
  'split-documents': 'Make such documents smaller; else they are kept aside as dead letters.',
  'query-instead-of-view': 'Run its pipeline as a query, or choose a vCore target.',
  'copy-timeseries-as-documents': 'Copy it into an ordinary collection on the source ($out) and migrate that.',
  'restore-timeseries-by-hand':
    'Move it with mongodump and mongorestore by hand, or copy it into an ordinary collection ($out) and migrate that.',
  'rename-collection': 'Give it another name on the target with a rename.',
  'spread-over-accounts': 'Leave some out, or spread them over several accounts.',
  'spread-over-clusters': 'Leave some out, or spread them over several clusters.',
  'upgrade-source': 'Upgrade the source to 3.6 or newer first.',
  'choose-other-method': 'Choose another method.',
  'grant-read': 'Let the user read it (role readAnyDatabase), or leave it out.',
};

/** What to do about a finding. */
export function remedySentence(finding: Pick<Finding, 'remedy'>): string {
  return lookUp(REMEDIES, finding.remedy) ?? finding.remedy;
}
