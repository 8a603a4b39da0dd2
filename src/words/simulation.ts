import type { ReasonId } from '../core/advise/reason-ids.js';
import type { SimulatedRun } from '../core/model/assessment.js';
import type { Assumption } from '../core/model/estimate.js';
import type { SimulationAssumptionId } from '../core/simulate/assumption-ids.js';
import { countOf, durationOf, lookUp, numberOf, ruPerSecondOf, type Params } from './params.js';
import { paceText, sentenceFor } from './reasons.js';
import { formatCountOf, shortNumber } from './sizes.js';

const collections = (p: Params): string => formatCountOf(numberOf(p, 'collections'), 'collection');

/** Those that a recommendation tells as well have their words there. */
const SENTENCES: Readonly<Record<Exclude<SimulationAssumptionId, ReasonId>, (params: Params) => string>> = {
  'simulated-readers': (p) =>
    `${formatCountOf(numberOf(p, 'readers'), 'part')} of the source are read at once, as a direct copy does with a source that answers after ${durationOf(p, 'latencyMs')}.`,
  'simulated-charge-sized': () => 'What documents cost is from the sizing of each collection.',
  'simulated-partitions-by-rule': () =>
    'How many physical partitions there are follows from throughput and size, by the published rules.',
  'simulated-shared-placed-in-turn': (p) =>
    `${collections(p)} without a shard key share partitions: on which of them each lies is the service's secret, so they are dealt out in turn.`,
  'simulated-serverless-rate': (p) =>
    `Each collection of a serverless account is taken to get ${ruPerSecondOf(p, 'ruPerSecond')}, which is not guaranteed.`,
  'simulated-budget-alone': () =>
    'Nobody else uses the throughput meanwhile; at worst something else takes 15 % of it.',
  'simulated-builds-judged': (p) =>
    p['documents'] === undefined
      ? 'How long index builds take is judged, not measured.'
      : `Building an index is taken to read ${paceText(p)}, ${shortNumber(numberOf(p, 'leastMs') / 1000)} s at least; on an RU account no faster than its throughput pays for.`,
  'simulated-check-judged': (p) =>
    `The check is taken to read ${paceText(p)}; on an RU account one collection after the other, no faster than its throughput pays for.`,
  'simulated-made-in-turn': (p) =>
    `An account makes ${countOf(p, 'collections')} collections in five minutes, so that more of them wait.`,
};

/** What a simulated copy takes for granted; what a trial has said is among it. Never fails: an unknown id is shown as it is. */
export function simulationAssumption({ id, params }: Pick<Assumption, 'id' | 'params'>): string {
  const sentence = lookUp(SENTENCES, id);
  return sentence ? sentence(params) : sentenceFor({ id, params });
}

const CAUSES: Readonly<Record<SimulatedRun['limitedBy'], string>> = {
  'request-units':
    "The target's throughput sets the pace: more of it, where the slowest collection is written, is faster.",
  'hot-partition':
    'One physical partition gets more documents than the others and sets the pace: more throughput helps little, another shard key does.',
  source: 'Reading the source sets the pace.',
  network: 'The way between the two sets the pace.',
  target: 'The writing itself sets the pace.',
};

/** What holds a simulated copy up most of the time. */
export function limitSentence(run: Pick<SimulatedRun, 'limitedBy'>): string {
  return CAUSES[run.limitedBy];
}
