import type { TuningId } from '../core/tune/explanations.js';
import type { Tuning } from '../core/model/plan.js';
import {
  bytesOf,
  countOf,
  durationOf,
  lookUp,
  numberOf,
  ruOf,
  ruPerSecondOf,
  shortOf,
  unknownId,
  type Params,
} from './params.js';
import { formatCountOf } from './sizes.js';

const batch = (p: Params): string => formatCountOf(numberOf(p, 'batch'), 'document');

const SENTENCES: Readonly<Record<TuningId, (params: Params) => string>> = {
  'batch-by-formula': (p) =>
    `Batch of ${batch(p)}: ${ruPerSecondOf(p, 'ruPerSecond')} pays for that many at ${ruOf(p, 'ruPerDocument')} each.`,
  'batch-capped-24': (p) => `Batch of ${batch(p)}: the most that Microsoft advises.`,
  'batch-below-one-worker': (p) => `Batch made smaller, ${batch(p)}: more would be refused in the time of one reply.`,
  'batch-at-least-one': (p) =>
    `One document (${ruOf(p, 'ruPerDocument')}) is more than the target takes within one reply: writes will wait.`,
  'workers-by-formula': (p) =>
    `${formatCountOf(numberOf(p, 'workers'), 'worker')}: ${ruPerSecondOf(p, 'ruPerSecond')} × ${durationOf(p, 'latencyMs')} ÷ (${countOf(p, 'batch')} × ${ruOf(p, 'ruPerDocument')}) = ${shortOf(p, 'exact')}, rounded down.`,
  'workers-at-least-one': (p) => `1 worker: the formula gives ${shortOf(p, 'exact')}, less than one.`,
  'latency-floor': (p) =>
    `A write is taken to last ${durationOf(p, 'usedMs')}: a ping took ${durationOf(p, 'measuredMs')}, but does no work.`,
  'budget-shared': (p) =>
    `Shared throughput: each of ${formatCountOf(numberOf(p, 'collections'), 'collection')} at once gets ${ruPerSecondOf(p, 'ruPerSecond')}.`,
  'budget-per-collection': (p) => `Each collection has ${ruPerSecondOf(p, 'ruPerSecond')} of its own.`,
  'budget-one-partition': (p) =>
    `Writes go to one of ${countOf(p, 'partitions')} partitions at a time, which has ${ruPerSecondOf(p, 'ruPerSecond')}.`,
  'parallel-collections': (p) => `${formatCountOf(numberOf(p, 'collections'), 'collection')} at a time.`,
  'batch-by-tool-default': (p) => `Batch of ${batch(p)}: what the tools use themselves.`,
  'batch-by-server-limit': (p) => `Batch of ${batch(p)}: the most that the server takes.`,
  'batch-by-message-size': (p) =>
    `Batch of ${batch(p)}: with ${bytesOf(p, 'documentBytes')} each, more would not fit into one message.`,
  'batch-by-memory': (p) =>
    `Batch of ${batch(p)}: with ${bytesOf(p, 'documentBytes')} each, more would take too much memory on the way.`,
  'batch-by-user': (p) => `Batch of ${batch(p)}: chosen by you.`,
  'workers-by-user': (p) => `${formatCountOf(numberOf(p, 'workers'), 'worker')}: chosen by you.`,
  'parallel-by-user': (p) => `${formatCountOf(numberOf(p, 'collections'), 'collection')} at a time: chosen by you.`,
  'workers-by-cores-and-latency': (p) =>
    `${formatCountOf(numberOf(p, 'workers'), 'worker')} for each collection: ${formatCountOf(numberOf(p, 'cores'), 'core')} of the target kept busy, with ${durationOf(p, 'latencyMs')} on the way and ${durationOf(p, 'serviceMs')} of work for a batch.`,
  'relay-corrects': () => 'These numbers are a start: the relay measures what is really charged and corrects the pace.',
};

export function tuningSentence(item: Tuning['explanation'][number]): string {
  const sentence = lookUp(SENTENCES, item.id);
  return sentence ? sentence(item.params) : unknownId(item.id, item.params);
}
