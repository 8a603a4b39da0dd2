import type { NotMigrated, PlannedCollection, PlannedIndex } from '../core/model/plan.js';
import { splitWhys, type IndexWhy, type NotMigratedWhy, type OptionWhy } from '../core/plan/whys.js';
import { lookUp } from './params.js';

const INDEX_WHYS: Readonly<Record<IndexWhy, string>> = {
  'text-unsupported': 'the target has no text indexes',
  '2d-unsupported': 'the target has no 2d indexes, only 2dsphere',
  'kind-unsupported': 'the target does not know this kind of index',
  'hashed-to-ascending': 'the target has no hashed indexes; an ascending one serves the same queries',
  'shard-key-indexed': 'the target indexes the shard key by itself',
  'sparse-dropped': 'the target has no sparse indexes; it covers all documents',
  'unique-sparse-unsupported':
    'the target has no sparse indexes, and without that only one document could lack the field',
  'collation-dropped': 'the target compares bytes only; its collation is left off',
  'partial-dropped': 'the target does not take its filter; it covers all documents',
  'unique-partial-unsupported':
    'the target does not take its filter, and without it documents of the source would be duplicates',
  'wildcard-unsupported': 'the target is older than wildcard indexes',
  'wildcard-projection-unsupported':
    'the target can index all fields or none with a wildcard, and all would cost too much',
  'compound-wildcard-unsupported': 'the target takes no wildcard within a compound index',
  'compound-too-many-fields': 'it has more fields than the target takes in one index',
  'compound-2dsphere-unsupported': 'the target takes 2dsphere only on its own',
  'nested-needs-capability':
    'its nested fields need EnableUniqueCompoundNestedDocs on the account, and nobody has said that it is on',
  'path-too-deep': 'a field of it lies deeper than the target indexes',
  'path-unsupported': 'the target does not take one of its field names',
  'unique-without-shard-key': 'on a sharded collection a unique index has to start with the shard key',
  'ttl-dropped': 'the target expires documents by _ts only; it is a plain index now and nothing expires',
  'ttl-one-per-collection': 'the target expires documents by one field only; it is a plain index now',
  'ttl-value-invalid': 'its expiry is no valid number of seconds; it is a plain index now and nothing expires',
  'hidden-unsupported': 'it is hidden, so no query uses it, and the target cannot hide it',
  'hidden-dropped': 'the target cannot hide it; it is visible there',
  'text-version-dropped': 'the target chooses the version of its text indexes itself',
  'too-many-indexes': 'the collection has more indexes than the target takes',
  'duplicate-by-key': 'another index with the same key is on the target already',
  'field-renamed': 'a field of it gets another name on the way, and so does the index',
  'field-dropped': 'the plan leaves a field of it behind',
  'fields-merged': 'two of its fields get the same name',
  'unique-constant': 'it is unique, and the plan gives all documents the same value',
  'left-out-by-user': 'the plan leaves it out by choice',
};

/** Why an index is not on the target as it was; ids may be joined. */
export function indexWhySentence(why: string): string {
  return splitWhys(why)
    .map((id) => lookUp(INDEX_WHYS, id) ?? id)
    .join('; ');
}

const WHEN = {
  'before-data': 'before the data',
  'after-data': 'after the data',
  'after-verification': 'last of all, after the check, so that nothing expires before it was checked',
} as const;

/** What happens to an index, in one line. */
export function fateSentence(planned: PlannedIndex): string {
  const { index, fate } = planned;
  switch (fate.kind) {
    case 'create':
      return `${index.name}: created ${WHEN[fate.when]}.`;
    case 'rewrite':
      return `${index.name}: created with changes, ${WHEN[fate.when]}: ${indexWhySentence(fate.why)}.`;
    case 'skip':
      return `${index.name}: not created: ${indexWhySentence(fate.why)}.`;
  }
}

const OPTIONS: Readonly<Record<string, string>> = {
  capped: 'Capped size',
  validator: 'Validator',
  collation: 'Default collation',
  clustered: 'Clustering',
  changeStreamPreAndPostImages: 'Pre- and post-images',
  expireAfterSeconds: 'Expiry',
  shardKey: 'Shard key',
  throughput: 'Throughput',
};

const OPTION_WHYS: Readonly<Record<OptionWhy, string>> = {
  'capped-unsupported': 'left off: the target has no capped collections, so this one grows without end',
  'validator-unsupported': 'left off: the target has no validators',
  'validator-not-carried':
    'left off: not every cluster takes one, and it could refuse old documents; add it with collMod',
  'validator-fields-changed': 'left off: it was written for the documents as they were; add it with collMod',
  'collation-unsupported': 'left off: the target compares bytes only',
  'clustered-unsupported': 'left off: the target makes an ordinary collection',
  'pre-images-unsupported': 'left off: the target does not keep them',
  'expiry-unsupported': 'left off: the target does not know it for a whole collection',
  'expiry-would-delete': 'left off, or documents would expire before they were checked; set it afterwards with collMod',
  'shard-key-compound': 'left off: the target takes a single field; choose one, it cannot be changed later',
  'shard-key-left-out': 'left off: the target holds the collection unsharded; you can shard it later',
  'shard-key-field-dropped': 'left off: the plan leaves a field of it behind; choose another one',
  'throughput-lowered-unsharded': 'lowered to 10,000 RU/s, the most that a collection without a shard key can have',
};

export function droppedOptionSentence(dropped: PlannedCollection['droppedOptions'][number]): string {
  const { option, why } = dropped;
  const words = lookUp(OPTION_WHYS, why) ?? `left off: ${why}`;
  return `${lookUp(OPTIONS, option) ?? option} ${words}.`;
}

const NOT_MIGRATED: Readonly<Record<NotMigratedWhy, string>> = {
  view: 'it is a view, and the target has none.',
  'view-base-not-migrated': 'it is a view on a collection that is not migrated.',
  'view-reads-not-migrated':
    'it is a view whose stages read a collection that is not migrated: make it by hand where that is there.',
  'view-in-other-database': 'it is a view, and its collection goes to another database.',
  'view-names-renamed': 'it is a view whose stages name a collection that gets a new name: make it again by hand.',
  'view-fields-changed': 'it is a view on fields that are renamed or left behind on the way: make it again by hand.',
  'timeseries-unsupported': 'it is a time series, which the target does not have.',
  'timeseries-not-carried':
    'it is a time series, which cannot be copied and checked document by document: use mongorestore by hand.',
  system: 'it belongs to the server itself.',
  unreadable: 'it could not be read.',
  'name-too-long': 'its name is too long for the target: give it another one.',
  'name-characters': 'the target does not take a character of its name: give it another one.',
};

/** Why a namespace stays behind, without its name. */
export function notMigratedSentence(left: Pick<NotMigrated, 'why'>): string {
  const words = lookUp(NOT_MIGRATED, left.why) ?? `${left.why}.`;
  return `Not migrated: ${words}`;
}
