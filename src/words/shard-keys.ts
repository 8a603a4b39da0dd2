import type { Assumption } from '../core/model/estimate.js';
import type { Reason } from '../core/model/method.js';
import type { SamplePower } from '../core/scan/sample-power.js';
import type { ShardKeyAssumptionId, ShardKeyNeedId, ShardKeyReasonId } from '../core/shard-key/reason-ids.js';
import { bytesOf, countOf, lookUp, numberOf, ruPerSecondOf, textOf, unknownId, type Params } from './params.js';
import { formatCount, formatCountOf, shortNumber } from './sizes.js';

type Sentences<Id extends string> = Readonly<Record<Id, (params: Params) => string>>;

const share = (p: Params): string => percent(numberOf(p, 'share'));
const times = (p: Params, name: string, one: string): string => formatCountOf(numberOf(p, name), one);

const NEEDS: Sentences<ShardKeyNeedId> = {
  'over-logical-partition': (p) =>
    `It holds ${bytesOf(p, 'bytes')}; without a shard key it can hold ${bytesOf(p, 'limitBytes')}.`,
  'near-logical-partition': (p) =>
    `It holds ${bytesOf(p, 'bytes')}; without a shard key it ends at ${bytesOf(p, 'limitBytes')}, and it cannot be given one later.`,
  'over-partition-throughput': (p) =>
    `It needs ${ruPerSecondOf(p, 'ruPerSecond')}; without a shard key it can have ${ruPerSecondOf(p, 'limitRuPerSecond')}.`,
  'near-partition-throughput': (p) =>
    `It needs ${ruPerSecondOf(p, 'ruPerSecond')}; without a shard key it ends at ${ruPerSecondOf(p, 'limitRuPerSecond')}, and it cannot be given one later.`,
  'grows-over-partition': (p) =>
    `At the present rate of inserts it will hold ${bytesOf(p, 'bytes')} in a year, more than the ${bytesOf(p, 'limitBytes')} that it can hold without a shard key.`,
  'fits-one-partition': (p) =>
    `Its ${bytesOf(p, 'bytes')} fit well into the ${bytesOf(p, 'limitBytes')} that it can hold without a shard key.`,
  'over-one-vcore-node': (p) => `It holds ${bytesOf(p, 'bytes')}; one node holds ${bytesOf(p, 'limitBytes')}.`,
  'large-for-one-vcore-node': (p) =>
    `It holds ${bytesOf(p, 'bytes')}; from about ${bytesOf(p, 'largeBytes')} on it is advised to spread a collection over several nodes.`,
  'fits-one-vcore-node': (p) =>
    `Its ${bytesOf(p, 'bytes')} do well on one node, which holds up to ${bytesOf(p, 'limitBytes')}; a shard key can be given later.`,
  'keeps-source-key': () => 'A MongoDB target keeps the shard key that the source has.',
};

const REASONS: Sentences<ShardKeyReasonId> = {
  'many-values': (p) =>
    `About ${formatCountOf(numberOf(p, 'values'), 'value')}: plenty for ${formatCountOf(numberOf(p, 'partitions'), 'partition')}.`,
  'few-values': (p) =>
    `Only about ${formatCountOf(numberOf(p, 'values'), 'value')}: chance alone fills ${formatCountOf(numberOf(p, 'partitions'), 'partition')} unevenly.`,
  'one-value': () => 'All documents have the same value, so that all would lie on one partition.',
  'values-even': (p) => `Its values are even: the heaviest holds about ${share(p)} of the bytes.`,
  'values-skewed': (p) =>
    `Its values are uneven: the heaviest holds about ${share(p)} of the bytes, and its partition gets that much more work.`,
  'partition-too-large': (p) =>
    `Its heaviest value holds about ${bytesOf(p, 'bytes')}; all documents of one value can hold ${bytesOf(p, 'limitBytes')}.`,
  'partition-may-be-too-large': (p) =>
    `Its heaviest value holds about ${bytesOf(p, 'bytes')} (up to ${bytesOf(p, 'highBytes')}); all documents of one value can hold ${bytesOf(p, 'limitBytes')}.`,
  'partition-has-room': (p) =>
    `Its heaviest value holds about ${bytesOf(p, 'bytes')}, far from the ${bytesOf(p, 'limitBytes')} that one value can hold.`,
  'missing-in-documents': (p) =>
    `About ${share(p)} of the documents lack it; a document without its shard key is refused.`,
  'in-every-document': (p) =>
    numberOf(p, 'share') === 0
      ? `All ${times(p, 'documents', 'document')} have it.`
      : `All ${times(p, 'documents', 'document')} that were looked at have it; up to ${share(p)} of the others may not.`,
  'null-in-documents': (p) => `It is null in about ${share(p)} of the documents, which would all lie on one partition.`,
  'arrays-on-path': (p) => `It is an array in about ${share(p)} of the documents, and an array can be no shard key.`,
  'documents-as-values': () => 'Its values are documents, which can be no shard key of an RU account.',
  'type-advised': (p) => `Its type (${textOf(p, 'types')}) is one that Microsoft advises.`,
  'type-unconfirmed': (p) =>
    `Microsoft advises strings and numbers and says nothing of its type (${textOf(p, 'types')}): try it with a few documents.`,
  'types-mixed': (p) =>
    `Its values are of different types (${textOf(p, 'types')}): a query must ask for the right one.`,
  'value-too-long': (p) =>
    `Its longest value takes ${formatCount(numberOf(p, 'bytes'))} bytes; a shard key's value can take ${formatCount(numberOf(p, 'limitBytes'))}.`,
  'changed-by-updates': (p) =>
    `The application changes it (${times(p, 'updates', 'update')} seen), and a shard key's value cannot be changed.`,
  'never-changes': () => 'It never changes.',
  'changes-unknown': () =>
    'Whether the application ever changes it is not known: the value of a shard key cannot be changed.',
  'asked-by-equality': (p) =>
    `Queries ask for one value of it (${formatCountOf(numberOf(p, 'queries'), 'query', 'queries')} seen), and each then goes to one partition.`,
  'rarely-asked-by-equality': (p) =>
    `Few queries ask for one value of it (${formatCountOf(numberOf(p, 'queries'), 'query', 'queries')} seen): most would go to every partition.`,
  'leads-an-index': (p) => `An index begins with it (${textOf(p, 'index')}): queries seem to ask for it.`,
  'unique-index-without-it': (p) =>
    `A unique index lacks it (${textOf(p, 'index')}), and can then not be made: it must contain the shard key.`,
  'unique-index-with-it': (p) => `Every unique index contains it (${textOf(p, 'index')}), as it must.`,
  'grows-but-hashed': () => 'Its values grow with time, which does no harm: they are hashed.',
  'source-shard-key': () => 'It is the shard key of the source.',
  'not-looked-at': () => 'Nobody has looked at its values: a scan would tell how they spread.',
  'looked-at-in-part': (p) =>
    `So many fields compete that it was not followed in the first ${times(p, 'documents', 'document')}.`,
};

const ASSUMPTIONS: Sentences<ShardKeyAssumptionId> = {
  'partition-of-all-documents': (p) => `Counted over all ${times(p, 'documents', 'document')}.`,
  'partition-of-random-sample': (p) =>
    `From ${times(p, 'documents', 'document')} of ${countOf(p, 'of')}, drawn at random: the range holds with 95% certainty.`,
  'partition-of-stretches': (p) =>
    `From ${times(p, 'documents', 'document')} of ${countOf(p, 'of')}, read in stretches, whose neighbours may be alike: the range is judged.`,
  'partition-of-one-document': () => 'Each value of _id has one document.',
  'partition-not-looked-at': () => 'No document was looked at: it may be anything from one document to all.',
  'bson-bytes-stand-for-storage': () => 'Bytes of BSON stand for the bytes that the service counts.',
};

/** Why a collection needs a shard key, or does well without. Never fails: an unknown id is shown as it is. */
export function shardKeyNeedSentence({ id, params }: Pick<Reason, 'id' | 'params'>): string {
  return lookUp(NEEDS, id)?.(params) ?? unknownId(id, params);
}

/** What speaks for or against a candidate. */
export function shardKeyReasonSentence({ id, params }: Pick<Reason, 'id' | 'params'>): string {
  return lookUp(REASONS, id)?.(params) ?? unknownId(id, params);
}

/** What the size of the largest logical partition rests on. */
export function shardKeyAssumptionSentence({ id, params }: Pick<Assumption, 'id' | 'params'>): string {
  return lookUp(ASSUMPTIONS, id)?.(params) ?? unknownId(id, params);
}

/** What a sample may have missed. */
export function samplePowerSentence(power: SamplePower): string {
  if (power.missedShare === 0) return `All ${formatCountOf(power.documents, 'document')} were looked at.`;
  if (power.documents === 0) return 'No document was looked at.';
  return `${formatCount(power.documents)} of ${formatCountOf(power.of, 'document')} were looked at: what fewer than ${percent(power.missedShare)} of them have (${formatCountOf(power.missedDocuments, 'document')}) may have been missed.`;
}

function percent(part: number): string {
  const value = part * 100;
  return value > 0 && value < 0.01 ? 'less than 0.01%' : `${shortNumber(value)}%`;
}
