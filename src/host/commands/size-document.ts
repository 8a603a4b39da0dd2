/** A size analysis as Markdown: the totals, then every collection, the biggest first. */
import type { ClusterInventory, CollectionFacts } from '../../core/model/facts.js';
import { formatNamespace } from '../../core/model/namespace.js';
import { totalSize } from '../../core/size/totals.js';
import { clusterSummary } from '../../words/clusters.js';
import type { Cell, Section } from '../../words/report-parts.js';
import { sectionsMarkdown } from '../../words/report-markdown.js';
import { formatBytes, formatCount, formatCountOf } from '../../words/sizes.js';
import type { Translate } from '../translate.js';

/** Rows that a page shows; the rest is summed up in one line. */
const MOST_ROWS = 1000;
/** Width of the longest bar. */
const BAR = 12;

export function sizeDocument(title: string, inventory: ClusterInventory, t: Translate): string {
  const collections = [...inventory.collections].sort((a, b) => b.logicalBytes - a.logicalBytes);
  const total = totalSize(collections);
  const databases = new Set(collections.map(({ ns }) => ns.db)).size;
  const headline = [
    t('{0} in {1}', formatCountOf(total.collections, 'collection'), formatCountOf(databases, 'database')),
    formatCountOf(total.documents, 'document'),
    t('{0} of data', formatBytes(total.logicalBytes)),
    t('{0} of indexes', formatBytes(total.indexBytes)),
  ].join(', ');
  return sectionsMarkdown(title, headline, [
    totals(inventory, total, t),
    ...(collections.length === 0 ? [] : [collectionTable(collections, t)]),
    ...gaps(inventory, t),
  ]);
}

const prose = (text: string): Cell => ({ text });
/** Numbers stay on one line. */
const figure = (text: string): Cell => ({ text: text.replaceAll(' ', '\u00a0') });
const code = (text: string): Cell => ({ text, code: true });

function totals({ cluster, readAt }: ClusterInventory, total: ReturnType<typeof totalSize>, t: Translate): Section {
  return {
    title: t('Totals'),
    blocks: [
      {
        kind: 'pairs',
        pairs: [
          [t('Cluster'), prose(clusterSummary(cluster))],
          [t('Documents'), prose(formatCount(total.documents))],
          [t('Data'), prose(t('{0}, on disk {1}', formatBytes(total.logicalBytes), formatBytes(total.storageBytes)))],
          [t('Indexes'), prose(formatBytes(total.indexBytes))],
          [t('Average document'), prose(formatBytes(total.averageBytes))],
          [
            t('Largest document seen'),
            prose(t('{0} (of a sample; no collection was scanned)', formatBytes(total.largestSampledBytes ?? 0))),
          ],
          [t('Read at'), prose(readAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC'))],
        ],
      },
    ],
  };
}

function collectionTable(collections: readonly CollectionFacts[], t: Translate): Section {
  const largest = Math.max(1, ...collections.map((c) => c.logicalBytes));
  const shown = collections.slice(0, MOST_ROWS);
  const left = collections.length - shown.length;
  return {
    title: t('Collections, the biggest first'),
    blocks: [
      {
        kind: 'table',
        columns: [
          { title: t('Collection') },
          { title: '' },
          { title: t('Data'), right: true },
          { title: t('Documents'), right: true },
          { title: t('Average'), right: true },
          { title: t('Largest'), right: true },
          { title: t('Indexes'), right: true },
        ],
        rows: shown.map((c) => row(c, largest)),
      },
      ...(left > 0
        ? [{ kind: 'paragraph' as const, text: t('{0} smaller ones are left out here.', formatCount(left)) }]
        : []),
    ],
  };
}

function row(c: CollectionFacts, largest: number): readonly Cell[] {
  const name = code(formatNamespace(c.ns));
  if (c.type === 'view') return [name, prose('view'), ...Array.from({ length: 5 }, () => prose(''))];
  const length = Math.round((c.logicalBytes / largest) * BAR);
  return [
    name,
    prose(c.logicalBytes > 0 ? '█'.repeat(Math.max(1, length)) : ''),
    figure(formatBytes(c.logicalBytes)),
    figure(formatCount(c.documents)),
    figure(c.documents > 0 ? formatBytes(c.averageBytes) : ''),
    figure(c.sample && c.sample.sampledDocuments > 0 ? formatBytes(c.sample.largestBytes) : ''),
    figure(`${c.indexes.length} (${formatBytes(c.indexBytes)})`),
  ];
}

/** What was not read, and why. */
function gaps({ failed, skipped }: ClusterInventory, t: Translate): Section[] {
  const system = skipped.filter(({ reason }) => reason === 'system').length;
  if (failed.length === 0 && system === 0) return [];
  const items = [
    ...failed.map(({ ns, code: why, message }) => [
      code(formatNamespace(ns)),
      prose(` ${t('could not be read: {0} ({1})', message, why)}`),
    ]),
    ...(system > 0 ? [[prose(t('The server’s own databases and collections are left out ({0}).', system))]] : []),
  ];
  return [{ title: t('Not in these numbers'), blocks: [{ kind: 'list', items }] }];
}
