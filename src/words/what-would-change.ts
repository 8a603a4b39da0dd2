import type { WhatIfId } from '../core/advise/what-would-change.js';
import type { WhatIf } from '../core/model/assessment.js';
import { methodName } from './methods.js';
import { durationOf, lookUp, ruPerSecondOf, shortOf, textOf, unknownId, type Params } from './params.js';
import { clusterKind } from './cluster-kinds.js';

const CONDITIONS: Readonly<Record<WhatIfId, (params: Params) => string>> = {
  'online-wanted': () => 'If the source has to be written to while the data moves',
  'online-not-wanted': () => 'If writes to the source may stop while the data moves',
  'studio-owned': () => 'If you own Studio 3T',
  'json-wanted': () => 'If you want JSON files',
  'csv-wanted': () => 'If you want CSV files',
  'ten-times-the-size': (p) => `If there is ${shortOf(p, 'times')} times as much data`,
  'other-target': (p) => `If the target is ${clusterKind(textOf(p, 'kind'))}`,
  'source-upgraded': (p) => `If the source is MongoDB ${textOf(p, 'version')} or newer`,
  'source-downgraded': (p) => `If the source is MongoDB ${textOf(p, 'version')} or older`,
  'window-shorter': (p) => `If writes may stop for ${durationOf(p, 'windowMs')} only`,
  'azure-reach-lost': () => 'If Azure does not reach the source',
  'azure-reach-found': () => 'If Azure reaches the source',
  'here-reach-lost': () => 'If this machine does not reach both sides',
  serverless: () => 'If the account is serverless',
  'throughput-doubled': (p) => `With ${ruPerSecondOf(p, 'ruPerSecond')}`,
  'azure-known': () => 'If somebody knows Azure',
  'spark-known': () => 'If somebody knows Spark',
};

/** What changes the recommendation, as one sentence. Never fails: an unknown id is shown as it is. */
export function whatIfSentence({ id, params, recommended, best }: WhatIf): string {
  const condition = lookUp(CONDITIONS, id);
  const when = condition ? condition(params) : unknownId(id, params);
  if (best === undefined) return `${when}: no method is left.`;
  return `${when}: ${methodName(recommended)}.`;
}
