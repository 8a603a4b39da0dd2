import type { Plan } from '../core/model/plan.js';
import { ruPerSecond } from '../core/model/units.js';
import { estimateVerificationCharge } from '../engine/verify/charge.js';
import { formatDuration, formatRu, formatRuPerSecond } from '../words/sizes.js';
import { readableRate, type RuFacts } from '../assembly/ru-read-pacer.js';

/** What reading every document of an RU target costs, in words; undefined where there is nothing to read. */
export async function verificationCharge(plan: Plan, ru: RuFacts): Promise<string | undefined> {
  const data = plan.collections.filter((c) => !c.options.view);
  if (data.every((c) => c.documents === 0)) return undefined;
  const rate = ruPerSecond(await readableRate(plan, ru));
  const { ru: charge, seconds } = estimateVerificationCharge(data, rate);
  return `${formatRu(charge)}, which takes ${formatDuration(seconds * 1000)} at ${formatRuPerSecond(rate)}`;
}
