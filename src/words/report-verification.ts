/** The evidence: what was compared, and what differs. */
import type { CollectionReport, RunReport } from '../engine/journal/report.js';
import type { VerificationResult } from '../engine/verify/result.js';
import { code, prose, section, type Block, type Cell, type Section } from './report-parts.js';
import { formatCount, formatCountOf, formatDuration } from './sizes.js';
import { differenceSentences, meansName, unverifiedSentence, wasRead } from './verdicts.js';

export function verification(report: RunReport): Section | undefined {
  const checked = report.collections.filter((c) => c.verification);
  if (checked.length === 0) return undefined;
  const rows = checked.map((c) => verificationRow(c.target, c.verification as VerificationResult));
  return section(
    'Verification',
    {
      kind: 'paragraph',
      text: isCounted(checked)
        ? 'Only the numbers of documents were compared: what is in them was read on neither side.'
        : `${howCompared(report, checked)} A digest is the sum over the hashes of all documents, byte for byte; ` +
          'two sides with the same digest hold the same documents.',
    },
    {
      kind: 'table',
      columns: [
        { title: 'Collection' },
        { title: 'Result' },
        { title: 'Source', right: true },
        { title: 'Target', right: true },
        { title: 'Bytes', right: true },
        { title: 'Digest' },
        { title: 'How' },
        { title: 'Time', right: true },
      ],
      rows,
    },
    ...remarks(report, checked),
  );
}

function isCounted(checked: readonly CollectionReport[]): boolean {
  const found = checked.flatMap(({ verification: one }) => (one ? [one.evidence] : []));
  return !found.some(wasRead) && found.some(({ means }) => means === 'counts');
}

function howCompared({ verdict }: RunReport, checked: readonly CollectionReport[]): string {
  if (verdict?.proves === 'files-written')
    return 'The source and the files were read and compared; "Target" stands for the files.';
  if (verdict?.proves === 'files-on-target')
    return 'The files and the target were read and compared; "Source" stands for the files.';
  return checked.some((c) => c.verification?.evidence.means === 'streamed')
    ? 'Documents of the source were hashed while they were copied; then the target was read and compared with that. Where the column "How" says otherwise, both sides were read.'
    : 'Both sides were read and compared.';
}

const RESULTS = { equal: 'equal', different: 'DIFFERENT', unverified: 'not proven' } as const;

function verificationRow(ns: string, found: VerificationResult): readonly Cell[] {
  const { source, target, seconds } = found.evidence;
  const sameBytes = source.bytes === target.bytes;
  const digest =
    source.digest === target.digest ? source.digest : `${source.digest || 'none'} / ${target.digest || 'none'}`;
  return [
    code(ns),
    prose(RESULTS[found.kind]),
    prose(formatCount(source.documents)),
    prose(formatCount(target.documents)),
    prose(
      source.digest === ''
        ? ''
        : sameBytes
          ? formatCount(source.bytes)
          : `${formatCount(source.bytes)} / ${formatCount(target.bytes)}`,
    ),
    digest === '' ? prose('') : code(digest),
    prose(meansName(found.evidence)),
    prose(formatDuration(seconds * 1000)),
  ];
}

function remarks({ history }: RunReport, checked: readonly CollectionReport[]): readonly Block[] {
  const latest = history.findLast(({ state }) => state === 'preparing')?.at;
  const items = checked.flatMap((c) => {
    const { deadLettered, mended, at } = (c.verification as VerificationResult).evidence;
    return [
      ...(at !== undefined && latest !== undefined && Date.parse(at) < Date.parse(latest)
        ? [
            [
              code(c.target),
              prose(`: compared at ${at}, by an earlier attempt; the latest one did not compare it again.`),
            ],
          ]
        : []),
      ...(deadLettered.known > 0
        ? [
            [
              code(c.target),
              prose(`: ${formatCountOf(deadLettered.known, 'dead letter')} left out of the comparison on both sides.`),
            ],
          ]
        : []),
      ...(mended > 0
        ? [
            [
              code(c.target),
              prose(
                `: ${formatCountOf(mended, 'document')} had an empty timestamp, which a server fills in on insert; set right afterwards.`,
              ),
            ],
          ]
        : []),
    ];
  });
  return items.length === 0 ? [] : [{ kind: 'list', items }];
}

export function differences(report: RunReport): Section | undefined {
  const items = report.collections.flatMap((c) => {
    const found = c.verification;
    if (!found || found.kind === 'equal') return [];
    const sentences = [
      ...(found.kind === 'unverified'
        ? [
            unverifiedSentence({
              why: found.why ?? '',
              ...(found.detail === undefined ? {} : { detail: found.detail }),
            }),
          ]
        : []),
      ...(found.differences ? differenceSentences(found.differences) : []),
    ];
    return sentences.map((text) => [code(c.target), prose(`: ${text}`)]);
  });
  return items.length === 0 ? undefined : section('What differs', { kind: 'list', items });
}
