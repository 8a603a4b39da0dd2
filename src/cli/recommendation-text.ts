/** The ranked methods for people: the recommended one in full, then the others, each with its reasons. */
import type { RankedMethod, Reason, Recommendation } from '../core/model/method.js';
import { CARRIED_OUT_ON_REQUEST } from '../core/advise/advise.js';
import { methodName } from '../words/methods.js';
import { sentenceFor } from '../words/reasons.js';
import { formatDurationRange } from '../words/sizes.js';
import { bullet, heading } from './text-blocks.js';

const MARKS: Readonly<Record<Reason['weight'], string>> = { '+': '+', '-': '-', '!': '✗' };

export function recommendationLines(recommendation: Recommendation, width: number): string[] {
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
  if (recommendation.assumptions.length > 0) {
    lines.push(...heading('What the figures rest on'));
    lines.push(...recommendation.assumptions.flatMap((reason) => bullet('·', sentenceFor(reason), width)));
  }
  return lines;
}

function state(method: RankedMethod): string {
  if (!method.possible) return ': not possible here';
  if (method.available) return '';
  return CARRIED_OUT_ON_REQUEST.has(method.method)
    ? `: carried out when it is asked for (plan --method ${method.method})`
    : ': possible, but not carried out by this version';
}

function methodBody(method: RankedMethod, width: number, indent = '  '): string[] {
  return [
    ...(method.possible
      ? bullet('·', `moving the data takes ${formatDurationRange(method.durationMs)}`, width, indent)
      : []),
    ...method.reasons.flatMap((reason) => bullet(MARKS[reason.weight], sentenceFor(reason), width, indent)),
    ...(method.possible && method.needs.length > 0 ? bullet('·', needs(method.needs), width, indent) : []),
  ];
}

function needs(reasons: readonly Reason[]): string {
  const phrases = reasons.map((need) => sentenceFor(need).replace(/\.$/, ''));
  // Sentences become parts of one; names keep their capitals.
  return `needs: ${phrases.map((text) => text.replace(/^(The|An?|Disk) /, (word) => word.toLowerCase())).join('; ')}.`;
}
