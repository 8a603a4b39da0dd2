/** All methods with their reasons as Markdown: the recommended one first, then the others, then what will not work on the target. */
import type { Decisions } from '../../core/decide/decide.js';
import type { Finding } from '../../core/model/finding.js';
import type { RankedMethod, Reason } from '../../core/model/method.js';
import { groupFindings, namespacesInShort } from '../../words/finding-groups.js';
import { methodName } from '../../words/methods.js';
import { sentenceFor } from '../../words/reasons.js';
import type { Block, Cell, Section } from '../../words/report-parts.js';
import { sectionsMarkdown } from '../../words/report-markdown.js';
import { formatDuration } from '../../words/sizes.js';
import { tuningSentence } from '../../words/tuning.js';
import type { Translate } from '../translate.js';

const prose = (text: string): Cell => ({ text });

/** `assessed`: by which assessment of the source, where there is one. */
export function recommendationDocument(
  title: string,
  pair: string,
  { recommendation, findings, tuning, assessed }: Decisions & { readonly assessed?: string | undefined },
  t: Translate,
): string {
  const chosen = recommendation.ranked.find(({ method }) => method === recommendation.recommended);
  const others = recommendation.ranked.filter((method) => method !== chosen);
  const rests = [...(assessed === undefined ? [] : [assessed]), ...recommendation.assumptions.map(sentenceFor)];
  const headline = t('Recommended: {0}', methodName(recommendation.recommended));
  return sectionsMarkdown(title, headline, [
    { title: pair, blocks: chosen ? methodBlocks(chosen, t) : [] },
    ...(tuning ? [{ title: t('Tuning'), blocks: [list(tuning.explanation.map((item) => tuningSentence(item)))] }] : []),
    ...findingSections(findings, t),
    ...others.map((method) => ({
      title: `${methodName(method.method)}${state(method, t)}`,
      blocks: methodBlocks(method, t),
    })),
    ...(rests.length > 0 ? [{ title: t('What the figures rest on'), blocks: [list(rests)] }] : []),
  ]);
}

function list(items: readonly string[]): Block {
  return { kind: 'list', items: items.map((item) => [prose(item)]) };
}

function state({ possible }: RankedMethod, t: Translate): string {
  return possible ? '' : `: ${t('not possible here')}`;
}

function methodBlocks(method: RankedMethod, t: Translate): readonly Block[] {
  const { low, expected, high } = method.durationMs;
  const duration = t('Moving the data takes about {0} ({1} to {2}).', ...[expected, low, high].map(formatDuration));
  return [
    list([
      ...(method.possible ? [duration] : []),
      ...method.reasons.map((reason) => reasonSentence(reason, t)),
      ...(method.possible ? method.needs.map((need) => t('Needs: {0}', sentenceFor(need))) : []),
    ]),
  ];
}

/** In words: a sign at the start of a line would be read as a list, and by a screen reader not at all. */
function reasonSentence(reason: Reason, t: Translate): string {
  const sentence = sentenceFor(reason);
  switch (reason.weight) {
    case '+':
      return t('For it: {0}', sentence);
    case '-':
      return t('Against it: {0}', sentence);
    case '!':
      return t('Rules it out: {0}', sentence);
  }
}

function findingSections(findings: readonly Finding[], t: Translate): Section[] {
  if (findings.length === 0) return [{ title: t('Findings'), blocks: [list([t('Nothing stands in the way.')])] }];
  const words = { blocker: t('Blocker'), warning: t('Warning'), info: t('Note') };
  const sorted = (['blocker', 'warning', 'info'] as const).flatMap((s) => findings.filter((f) => f.severity === s));
  const rows = groupFindings(sorted).map(({ severity, sentence, remedy, namespaces }) => [
    prose(words[severity]),
    prose(namespacesInShort(namespaces)),
    prose(sentence),
    prose(remedy),
  ]);
  const columns = [t('Severity'), t('Where'), t('What'), t('What to do')].map((title) => ({ title }));
  return [{ title: t('Findings'), blocks: [{ kind: 'table', columns, rows }] }];
}
