/** What is found of shard keys, and of collections that have none. */
import { documentsIn, lookedPhrase } from './looked.js';
import { bytesOf, countOf, numberOf, ruPerSecondOf, textOf, type Params } from './params.js';
import { shortNumber } from './sizes.js';

const KEY = (p: Params): string => `Shard key ${textOf(p, 'path')}`;
/** Where a random sample bounds it. */
const between = (p: Params): string =>
  p['lowBytes'] === undefined
    ? ''
    : `, with 95 % certainty between ${bytesOf(p, 'lowBytes')} and ${bytesOf(p, 'highBytes')}`;
const percentOf = (p: Params, name: string): string => `${shortNumber(100 * numberOf(p, name))} %`;

export const SHARD_KEY_FINDINGS: Readonly<Record<string, (params: Params) => string>> = {
  'unsharded-over-20gb': (p) =>
    `${bytesOf(p, 'bytes')} without a shard key: an RU account holds up to ${bytesOf(p, 'limitBytes')} of it.`,
  'unsharded-near-20gb': (p) =>
    `${bytesOf(p, 'bytes')} without a shard key: it fits, but not much longer, as an RU account holds up to ${bytesOf(p, 'limitBytes')} of it.`,
  'unsharded-over-10000-ru': (p) =>
    `It needs about ${ruPerSecondOf(p, 'ruPerSecond')}: without a shard key it can be given ${ruPerSecondOf(p, 'limitRuPerSecond')}.`,
  'logical-partition-over-20gb': (p) =>
    `${KEY(p)}: one value has about ${bytesOf(p, 'bytes')} of the documents${between(p)} (${lookedPhrase(p)}), and the account holds up to ${bytesOf(p, 'limitBytes')} for one value.`,
  'logical-partition-near-20gb': (p) =>
    `${KEY(p)}: one value has about ${bytesOf(p, 'bytes')} of the documents${between(p)} (${lookedPhrase(p)}), which leaves little room below ${bytesOf(p, 'limitBytes')}.`,
  'shard-key-missing': (p) => `${KEY(p)}: ${documentsIn(p)} without it ${lookedPhrase(p)}, which the account refuses.`,
  'shard-key-not-looked-at': (p) =>
    `${KEY(p)}: the scan did not look at this field, so nothing is known of its values.`,
  'shard-key-null': (p) =>
    `${KEY(p)}: null in ${documentsIn(p)} ${lookedPhrase(p)}, all of which go to one logical partition.`,
  'shard-key-array': (p) =>
    `${KEY(p)}: an array in ${documentsIn(p)} ${lookedPhrase(p)}, which is no value that documents can be spread by.`,
  'shard-key-too-large': (p) =>
    `${KEY(p)}: a value of ${bytesOf(p, 'bytes')} ${lookedPhrase(p)}: the account takes up to ${bytesOf(p, 'limitBytes')}.`,
  'shard-key-mixed-types': (p) =>
    `${KEY(p)}: several types of value (${textOf(p, 'types')}) ${lookedPhrase(p)}. What looks the same as text and as a number is kept apart.`,
  'shard-key-other-types': (p) =>
    `${KEY(p)}: values of type ${textOf(p, 'types')} ${lookedPhrase(p)}. Azure documents texts and numbers, and nobody has confirmed others.`,
  'shard-key-skewed': (p) =>
    `${KEY(p)}: one value has ${percentOf(p, 'share')} of the documents or bytes (${lookedPhrase(p)}), more than one of ${countOf(p, 'partitions')} partitions can take: it is throttled while the others idle.`,
  'shard-key-few-values': (p) =>
    `${KEY(p)}: ${countOf(p, 'values')} different values ${lookedPhrase(p)}, too few to spread over ${numberOf(p, 'partitions') > 1 ? `${countOf(p, 'partitions')} partitions` : 'more than one partition'}.`,
};
