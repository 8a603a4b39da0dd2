/** What figures take for granted, as sentences, whichever part of the calculation says it. */
import type { Assumption } from '../core/model/estimate.js';
import { SHARD_KEY_ASSUMPTION_IDS } from '../core/shard-key/reason-ids.js';
import { ASSUMPTION_IDS } from '../core/size/assumption-ids.js';
import { shardKeyAssumptionSentence } from './shard-keys.js';
import { simulationAssumption } from './simulation.js';
import { assumptionSentence } from './sizing.js';

const OF_SIZING: ReadonlySet<string> = new Set(ASSUMPTION_IDS);
const OF_SHARD_KEYS: ReadonlySet<string> = new Set(SHARD_KEY_ASSUMPTION_IDS);

export function anyAssumptionSentence(assumption: Pick<Assumption, 'id' | 'params'>): string {
  if (OF_SIZING.has(assumption.id)) return assumptionSentence(assumption);
  return OF_SHARD_KEYS.has(assumption.id) ? shardKeyAssumptionSentence(assumption) : simulationAssumption(assumption);
}
