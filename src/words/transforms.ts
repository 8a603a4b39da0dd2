/** What a plan changes in documents on their way, and what is wrong with such a wish. */
import type { ErrorFacts } from '../core/model/error.js';
import type { CollectionTransform, FieldSetting, ReadConcern } from '../core/model/plan.js';
import type { ErrorWords } from './error-words.js';
import { methodNameOf } from './methods.js';
import { lookUp, textOf } from './params.js';

const json = (value: unknown): string => JSON.stringify(value);

/** One phrase per change, in the order in which it is made; without full stops. */
export function transformPhrases({ filter, drop, rename, set }: CollectionTransform): string[] {
  return [
    ...(filter === undefined ? [] : [`only documents that match ${json(filter)}`]),
    ...(drop === undefined || drop.length === 0 ? [] : [`without ${drop.join(', ')}`]),
    ...(rename ?? []).map(({ from, to }) => `${from} becomes ${to}`),
    ...(set ?? []).map(settingPhrase),
  ];
}

function settingPhrase(setting: FieldSetting): string {
  const value = 'copyOf' in setting ? `the value of ${setting.copyOf}` : json(setting.value);
  return setting.when === 'always'
    ? `${setting.field} is set to ${value}`
    : `${setting.field} is set to ${value} where it is missing`;
}

const READ_CONCERNS: Readonly<Record<ReadConcern, string>> = {
  local: 'local: what the member has, even if it may still be rolled back',
  available: 'available: as local, on a sharded source possibly with orphaned documents',
  majority: 'majority: what cannot be rolled back any more',
};

export function readConcernText(level: ReadConcern): string {
  return READ_CONCERNS[level];
}

const DIRECT_COPY_ONLY = 'Make the plan with --method direct-copy, or leave it out.';

const FLAWS: Readonly<Record<string, (ns: string, field: string, facts: ErrorFacts) => ErrorWords>> = {
  'transform-needs-direct-copy': (ns, _, facts) => ({
    happened: `Documents of ${ns} are to be filtered or changed on the way.`,
    why: `With ${methodNameOf(textOf(facts, 'method'))} they go over as they are; only a direct copy changes any.`,
    todo: DIRECT_COPY_ONLY,
  }),
  'read-concern-needs-direct-copy': (_, __, facts) => ({
    happened: 'A read concern is asked for.',
    why: `With ${methodNameOf(textOf(facts, 'method'))} there is none to choose; only a direct copy has one.`,
    todo: DIRECT_COPY_ONLY,
  }),
  'dead-letter-over-needs-direct-copy': (ns, _, facts) => ({
    happened: `Large documents of ${ns} are to be kept aside without having been sent.`,
    why: `With ${methodNameOf(textOf(facts, 'method'))} all are sent, and those that the target refuses are kept aside then; only a direct copy looks at sizes first.`,
    todo: DIRECT_COPY_ONLY,
  }),
  'transform-of-view': (ns) => ({
    happened: `${ns} is a view, and cannot be filtered or changed on the way.`,
    why: 'It has no documents of its own.',
    todo: 'Name the collection that it stands on.',
  }),
  'transform-bad-name': (ns) => ({
    happened: `A field of ${ns} is named by nothing, or with a null character.`,
    why: 'No field can be called so.',
    todo: 'Give the name of a field.',
  }),
  'transform-name-is-a-path': (ns, field) => ({
    happened: `"${field}" cannot be changed in documents of ${ns}.`,
    why: 'Only top-level fields can, and a new name has no dollar sign at its start.',
    todo: 'Give the name of a top-level field.',
  }),
  'transform-touches-id': (ns) => ({
    happened: `The _id of ${ns} cannot be dropped, renamed or set.`,
    why: 'By it every document is found again: resuming and the check hang on it.',
    todo: 'Leave _id as it is; its value can be copied into another field.',
  }),
  'transform-named-twice': (ns, field) => ({
    happened: `The plan says two things about ${field} of ${ns}.`,
    why: 'A field is dropped, or renamed once.',
    todo: 'Keep one of them.',
  }),
  'transform-same-target': (ns, field) => ({
    happened: `Two fields of ${ns} would be called ${field}.`,
    why: 'A field is set, or gets the name of one other field.',
    todo: 'Choose another name for one of them.',
  }),
  'transform-onto-itself': (ns, field) => ({
    happened: `${field} of ${ns} is renamed to its own name, or set to its own value.`,
    why: 'That changes nothing.',
    todo: 'Leave it out.',
  }),
  'transform-value-unreadable': (ns, field) => ({
    happened: `The value that ${field} of ${ns} is set to cannot be read.`,
    why: 'It is no Extended JSON of a BSON value.',
    todo: 'Write it as the MongoDB manual says under "Extended JSON", numbers beyond 2^53 as {"$numberLong": "..."}.',
  }),
  'filter-unreadable': (ns) => ({
    happened: `The filter of ${ns} cannot be read.`,
    why: 'It is no Extended JSON of a query.',
    todo: 'Write it as the MongoDB manual says under "Extended JSON", numbers beyond 2^53 as {"$numberLong": "..."}.',
  }),
  'filter-refused': (ns, _, facts) => ({
    happened: `The source refuses the filter of ${ns}.`,
    why: `The server said: ${textOf(facts, 'message').replace(/[.\s]+$/, '')}.`,
    todo: 'Correct the filter. It is used together with the _id index, which $text and $near cannot be.',
  }),
  'transform-fits-none': (ns, field, facts) => ({
    happened: `Not one of the documents of ${ns} that were looked at can be changed as the plan says.`,
    why:
      facts['why'] === 'no-value'
        ? `None has the field ${field}, whose value is to be copied.`
        : `They all have a field ${field} already, and another one would get that name.`,
    todo: 'Look at the field names; nothing was written.',
  }),
  'shard-key-lost': (ns, field, facts) => ({
    happened: `${ns} is sharded by ${field}, which its documents do not have on the target.`,
    why: facts['to'] === undefined ? 'The plan leaves it behind.' : `The plan renames it to ${textOf(facts, 'to')}.`,
    todo:
      facts['to'] === undefined
        ? 'Shard by another field, or keep this one.'
        : `Shard by ${textOf(facts, 'to')}, or leave the name as it is.`,
  }),
};

export function isTransformFlaw(reason: string): boolean {
  return lookUp(FLAWS, reason) !== undefined;
}

/** Reasons of `bad-plan` that are about what happens to documents on the way. */
export function transformFlaw(reason: string, facts: ErrorFacts): ErrorWords {
  const flaw = lookUp(FLAWS, reason);
  const ns = textOf(facts, 'namespace', 'a collection');
  const field = textOf(facts, 'field', '');
  return flaw?.(ns, field, facts) ?? { happened: 'The plan cannot be carried out.', why: '', todo: 'Make it again.' };
}
