/** What figures take for granted, as sentences, whichever part of the calculation says it. */
import { BANDS_SOURCE } from '../core/advise/facts.js';
import type { ReasonId } from '../core/advise/reason-ids.js';
import type { Assumption, Basis } from '../core/model/estimate.js';
import type { Reason } from '../core/model/method.js';
import { SHARD_KEY_ASSUMPTION_IDS } from '../core/shard-key/reason-ids.js';
import { ASSUMPTION_IDS } from '../core/size/assumption-ids.js';
import { SIZE_SOURCES } from '../core/size/sources.js';
import { lookUp } from './params.js';
import { sentenceFor } from './reasons.js';
import { shardKeyAssumptionSentence } from './shard-keys.js';
import { simulationAssumption } from './simulation.js';
import { assumptionSentence, basisName } from './sizing.js';

const OF_SIZING: ReadonlySet<string> = new Set(ASSUMPTION_IDS);
const OF_SHARD_KEYS: ReadonlySet<string> = new Set(SHARD_KEY_ASSUMPTION_IDS);

export function anyAssumptionSentence(assumption: Pick<Assumption, 'id' | 'params'>): string {
  if (OF_SIZING.has(assumption.id)) return assumptionSentence(assumption);
  return OF_SHARD_KEYS.has(assumption.id) ? shardKeyAssumptionSentence(assumption) : simulationAssumption(assumption);
}

/** A sentence, and where what it says is from. */
export interface Grounds {
  readonly text: string;
  readonly source?: string;
}

/** What a figure rests on, with its basis. */
export function groundsOf(assumption: Assumption): Grounds {
  const text = `${anyAssumptionSentence(assumption)} (${basisName(assumption.basis)})`;
  return { text, ...(assumption.source === undefined ? {} : { source: assumption.source }) };
}

/** Of what a recommendation takes for granted; what is missing here was reckoned from the others. */
const BASES: Partial<Readonly<Record<ReasonId, { readonly basis: Basis; readonly source?: string }>>> = {
  'bands-by-microsoft': { basis: 'published', source: BANDS_SOURCE },
  'bands-by-settings': { basis: 'said' },
  'charge-by-published-table': { basis: 'published', source: SIZE_SOURCES.chargeTable },
  'charge-measured': { basis: 'measured', source: 'getLastRequestStatistics' },
  'one-term-per-index': { basis: 'judged' },
  'terms-by-scan': { basis: 'measured', source: 'data scan' },
  'speed-measured-elsewhere': { basis: 'judged' },
  'speed-judged': { basis: 'judged' },
  'simulated-spread-even': { basis: 'judged' },
  'simulated-spread-measured': { basis: 'measured' },
};

/** What a recommendation takes for granted, as {@link groundsOf} tells of figures. */
export function reasonGrounds(reason: Pick<Reason, 'id' | 'params'>): Grounds {
  const known = lookUp<{ readonly basis: Basis; readonly source?: string }>(BASES, reason.id);
  const text = sentenceFor(reason);
  if (!known) return { text: `${text} (follows from the others)` };
  return {
    text: `${text} (${basisName(known.basis)})`,
    ...(known.source === undefined ? {} : { source: known.source }),
  };
}
