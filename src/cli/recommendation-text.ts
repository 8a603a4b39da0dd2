/** The ranked methods for people: the recommended one in full, then the others, each with its reasons. */
import type { RankedMethod, Reason, Recommendation } from '../core/model/method.js';
import { groundsOf, reasonGrounds, type Grounds } from '../words/assumptions.js';
import { costNotice, methodCostTexts } from '../words/costs.js';
import { methodName } from '../words/methods.js';
import { needPhrase, sentenceFor } from '../words/reasons.js';
import { formatDurationRange } from '../words/sizes.js';
import { bullet, heading } from './text-blocks.js';

const MARKS: Readonly<Record<Reason['weight'], string>> = { '+': '+', '-': '-', '!': '✗' };

/** @param prices where the methods have a cost: the list that it is by */
export function recommendationLines(
  recommendation: Recommendation,
  width: number,
  prices?: Parameters<typeof costNotice>[0],
): string[] {
  const chosen = recommendation.ranked.find((m) => m.method === recommendation.recommended);
  const others = recommendation.ranked.filter((m) => m !== chosen);
  const lines: string[] = [];
  if (chosen) {
    lines.push(...heading(`Recommended: ${methodName(chosen.method)}`), ...methodBody(chosen, width));
  }
  lines.push(...heading('The other methods, best first'));
  others.forEach((method, i) => {
    const title = `${methodName(method.method)}${state(method)}`;
    lines.push(...(i === 0 ? [] : ['']), `  ${title}`, ...methodBody(method, width, '    '));
  });
  const rests = [
    ...recommendation.assumptions.map(reasonGrounds).map(groundsText),
    ...costAssumptions(recommendation.ranked),
    ...(prices ? [costNotice(prices)] : []),
  ];
  if (rests.length > 0) {
    lines.push(...heading('What the figures rest on'), ...rests.flatMap((text) => bullet('·', text, width)));
  }
  return lines;
}

/** Each once: they are the same for most methods. */
function costAssumptions(ranked: readonly RankedMethod[]): readonly string[] {
  const assumptions = ranked.flatMap(({ cost }) => cost?.amount?.assumptions ?? []);
  return [...new Set(assumptions.map(groundsOf).map(groundsText))];
}

function groundsText({ text, source }: Grounds): string {
  return source === undefined ? text : `${text} ${source}`;
}

function costLines({ cost }: RankedMethod, width: number, indent: string): readonly string[] {
  if (!cost) return [];
  const { amount, lines, leftOut } = methodCostTexts(cost);
  const made = lines.length === 0 ? amount : `${amount}, for: ${lines.join('; ')}`;
  return [
    ...bullet('·', `moving the data costs ${made}`, width, indent),
    ...leftOut.flatMap((text) => bullet('·', text, width, indent)),
  ];
}

function state({ possible }: RankedMethod): string {
  return possible ? '' : ': not possible here';
}

function methodBody(method: RankedMethod, width: number, indent = '  '): string[] {
  return [
    ...(method.possible
      ? bullet('·', `moving the data takes ${formatDurationRange(method.durationMs)}`, width, indent)
      : []),
    ...costLines(method, width, indent),
    ...method.reasons.flatMap((reason) => bullet(MARKS[reason.weight], sentenceFor(reason), width, indent)),
    ...(method.possible && method.needs.length > 0
      ? bullet('·', `needs: ${method.needs.map(needPhrase).join('; ')}.`, width, indent)
      : []),
  ];
}
