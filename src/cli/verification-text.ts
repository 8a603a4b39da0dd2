/** Results of verification for people: what differs first, in full; what is equal in one table. */
import type { VerificationResult } from '../engine/verify/result.js';
import { formatBytes, formatCount, formatCountOf, formatDuration } from '../words/sizes.js';
import { differenceSentences, equalText, meansName, unverifiedSentence, wasRead } from '../words/verdicts.js';
import { table, type Column } from './table.js';
import { bullet } from './text-blocks.js';

const COLUMNS: readonly Column[] = [
  { title: 'collection', most: 44 },
  { title: 'result' },
  { title: 'source', align: 'right' },
  { title: 'target', align: 'right' },
  { title: 'bytes compared', align: 'right' },
  { title: 'how' },
  { title: 'time', align: 'right' },
];

export function verificationLines(results: readonly VerificationResult[], width: number): string[] {
  const butForDeadLetters = results.filter((r) => r.kind === 'equal' && r.evidence.deadLettered.onSource > 0).length;
  const equal = results.filter((r) => r.kind === 'equal').length - butForDeadLetters;
  const rows = results.map((r) => [
    r.ns,
    resultText(r),
    formatCount(r.evidence.source.documents),
    formatCount(r.evidence.target.documents),
    wasRead(r.evidence) ? formatBytes(r.evidence.target.bytes) : '',
    meansName(r.evidence),
    formatDuration(r.evidence.seconds * 1000),
  ]);
  const rest = results.flatMap((r) => {
    if (r.kind === 'equal') return [];
    const lines = r.kind === 'unverified' ? [unverifiedSentence(r)] : [];
    return [...lines, ...differenceSentences(r.differences)].flatMap((text) => bullet('!', `${r.ns}: ${text}`, width));
  });
  return [
    '',
    ...table(COLUMNS, rows, '  '),
    ...(rest.length > 0 ? ['', ...rest] : []),
    '',
    equal === results.length
      ? equal === 1
        ? 'The collection is equal, byte for byte.'
        : `All ${formatCount(equal)} collections are equal, byte for byte.`
      : `${equalText({ equal, butForDeadLetters, all: results.length })}.`,
  ];
}

/** Documents that the target refuses are on one side only and are not compared: that is no equality of the whole. */
function resultText({ kind, evidence }: VerificationResult): string {
  const { onSource } = evidence.deadLettered;
  return kind === 'equal' && onSource > 0 ? `equal but for ${formatCountOf(onSource, 'dead letter')}` : kind;
}
