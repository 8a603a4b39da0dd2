/** Which shard key each collection should get on an RU account, and how its documents would be spread. */
import type { Assessment, ShardKeyAdvice, ShardKeyCandidate, TargetAssessment } from '../core/model/assessment.js';
import { formatNamespace } from '../core/model/namespace.js';
import type { NoteBook } from './assessment-notes.js';
import { shortTargetName } from './assessment-targets.js';
import { more } from './bounded.js';
import { code, lines, prose, section, type Block, type Content, type Section } from './report-parts.js';
import { shardKeyNeedSentence, shardKeyReasonSentence } from './shard-keys.js';
import { formatCount, formatCountOf } from './sizes.js';

/** Collections that are told in full. */
const MOST_COLLECTIONS = 12;
const MOST_CANDIDATES = 5;

const NEEDED: Readonly<Record<ShardKeyAdvice['needed'], string>> = {
  required: 'It needs a shard key.',
  advised: 'A shard key is advised.',
  none: 'It does well without a shard key.',
};
const URGENCY = ['required', 'advised', 'none'] as const;

export function shardKeys(assessment: Assessment, notes: NoteBook): Section | undefined {
  const blocks = assessment.targets.flatMap((target) => ofTarget(target, notes, assessment.targets.length > 1));
  return blocks.length === 0 ? undefined : section('Shard keys', ...blocks);
}

function ofTarget({ target, shardKeys: advice }: TargetAssessment, notes: NoteBook, named: boolean): readonly Block[] {
  if (advice.length === 0) return [];
  const wanted = [...advice]
    .filter(({ needed }) => needed !== 'none')
    .sort((a, b) => URGENCY.indexOf(a.needed) - URGENCY.indexOf(b.needed));
  const without = advice.filter(({ needed }) => needed === 'none');
  return [
    ...(named ? [{ kind: 'paragraph' as const, text: `On ${shortTargetName(target.kind)}:` }] : []),
    ...wanted.slice(0, MOST_COLLECTIONS).flatMap((one) => adviceBlocks(one, notes)),
    ...more(wanted.length - MOST_COLLECTIONS),
    ...(without.length === 0
      ? []
      : [
          {
            kind: 'paragraph' as const,
            text: `${formatCountOf(without.length, 'collection does', 'collections do')} well without a shard key.${largestOf(without)}`,
          },
        ]),
  ];
}

/** Why the one that is nearest to needing one does not: it stands for the others. */
function largestOf(without: readonly ShardKeyAdvice[]): string {
  const bytes = ({ why }: ShardKeyAdvice): number => Number(why[0]?.params['bytes'] ?? 0);
  const [first, ...others] = without;
  const largest = others.reduce((most, one) => (most && bytes(one) > bytes(most) ? one : most), first);
  const [why] = largest?.why ?? [];
  return largest && why && bytes(largest) > 0
    ? ` The largest is ${formatNamespace(largest.ns)}: ${shardKeyNeedSentence(why).replace(/^Its /, 'its ')}`
    : '';
}

function adviceBlocks(advice: ShardKeyAdvice, notes: NoteBook): readonly Block[] {
  const possible = advice.candidates.filter((candidate) => candidate.possible && candidate.distribution.length > 1);
  const shown = advice.candidates.slice(0, MOST_CANDIDATES);
  return [
    { kind: 'heading', text: formatNamespace(advice.ns), code: true },
    {
      kind: 'list',
      items: [NEEDED[advice.needed], ...advice.why.map(shardKeyNeedSentence)].map((text) => [prose(text)]),
    },
    ...(shown.length === 0
      ? []
      : [
          {
            kind: 'table' as const,
            columns: [
              { title: 'Candidate' },
              { title: 'Score', right: true as const },
              { title: 'Values', right: true as const },
              { title: 'Largest logical partition' },
              { title: 'Reasons' },
            ],
            rows: shown.map((candidate) => candidateRow(candidate, notes)),
          },
        ]),
    ...(possible.length === 0
      ? []
      : [
          {
            kind: 'shares' as const,
            title: 'How the bytes are spread over the physical partitions',
            rows: possible.slice(0, MOST_CANDIDATES).map(({ path, distribution }) => ({
              label: path,
              shares: distribution,
              text: spreadText(distribution),
            })),
          },
        ]),
    ...more(advice.candidates.length - MOST_CANDIDATES),
  ];
}

/** The largest of them decides: throughput is dealt out evenly. */
function spreadText(distribution: readonly number[]): string {
  const [largest = 1] = distribution;
  const even = 1 / Math.max(1, distribution.length);
  return `largest of ${distribution.length}: ${percent(largest)} (even: ${percent(even)})`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}

function candidateRow(candidate: ShardKeyCandidate, notes: NoteBook): readonly Content[] {
  const { path, score, possible, distinct, largestLogicalPartition, reasons } = candidate;
  return [
    code(path),
    possible ? prose(formatCount(score)) : { text: '✗ no', tone: 'bad' },
    prose(`${distinct.exact ? '' : 'about '}${formatCount(distinct.values)}`),
    notes.figure(largestLogicalPartition),
    lines(reasons.map(shardKeyReasonSentence)),
  ];
}
