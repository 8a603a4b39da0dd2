/** How large everything is, and what its documents hold. */
import type { Assessment } from '../core/model/assessment.js';
import type { CollectionFacts } from '../core/model/facts.js';
import { formatNamespace } from '../core/model/namespace.js';
import type { CollectionScan } from '../core/model/scan.js';
import { isWhole } from '../core/scan/is-whole.js';
import { totalSize } from '../core/size/totals.js';
import { boundedTable } from './bounded.js';
import { code, number, prose, section, type Content, type Section } from './report-parts.js';
import { formatBytes, formatCount, formatCountOf } from './sizes.js';

/** Bars that can be told apart at a glance. */
const MOST_BARS = 12;

export function sizes({ inventory, scans }: Assessment): Section {
  const scanned = new Map(scans.map((scan) => [formatNamespace(scan.ns), scan]));
  const collections = [...inventory.collections].sort(bySize);
  const total = totalSize(collections);
  const largest = collections.filter(({ logicalBytes }) => logicalBytes > 0).slice(0, MOST_BARS);
  const rows = collections.map((c): readonly Content[] => {
    const scan = scanned.get(formatNamespace(c.ns));
    return [
      code(formatNamespace(c.ns)),
      prose(c.type === 'collection' ? '' : c.type === 'view' ? 'view' : 'time series'),
      number(c.documents),
      prose(c.type === 'view' ? '' : formatBytes(c.logicalBytes)),
      prose(c.type === 'view' ? '' : formatBytes(c.indexBytes)),
      prose(c.documents === 0 ? '' : formatBytes(c.logicalBytes / c.documents)),
      prose(largestText(scan?.largestBytes ?? c.sample?.largestBytes, scan !== undefined && isWhole(scan))),
      prose(scan ? lookedText(scan) : ''),
    ];
  });
  return section(
    'Sizes',
    {
      kind: 'paragraph',
      text: `${formatBytes(total.logicalBytes)} of documents (${formatBytes(total.storageBytes)} on disk) and ${formatBytes(total.indexBytes)} of indexes, in ${formatCountOf(total.documents, 'document')}.`,
    },
    ...(largest.length < 2
      ? []
      : [
          {
            kind: 'bars' as const,
            title: 'Largest collections',
            bars: largest.map((c) => ({
              label: formatNamespace(c.ns),
              value: c.logicalBytes,
              text: formatBytes(c.logicalBytes),
            })),
          },
        ]),
    ...boundedTable(
      [
        { title: 'Collection' },
        { title: 'Kind' },
        { title: 'Documents', right: true },
        { title: 'Size', right: true },
        { title: 'Indexes', right: true },
        { title: 'Average', right: true },
        { title: 'Largest', right: true },
        { title: 'Looked at', right: true },
      ],
      rows,
    ),
  );
}

function bySize(a: CollectionFacts, b: CollectionFacts): number {
  return b.logicalBytes - a.logicalBytes || (formatNamespace(a.ns) < formatNamespace(b.ns) ? -1 : 1);
}

/** A full scan that was cut short has read the first ones in the order of `_id`. */
function lookedText(scan: CollectionScan): string {
  const how = isWhole(scan) ? 'all' : scan.mode === 'full' ? 'cut short' : 'a sample';
  return `${formatCount(scan.documents)}, ${how}`;
}

/** A sample may have missed a larger one. */
function largestText(bytes: number | undefined, certain: boolean): string {
  if (bytes === undefined || bytes === 0) return '';
  return certain ? formatBytes(bytes) : `≥ ${formatBytes(bytes)}`;
}
