/** A size analysis for people: the sums first, then every collection, then what could not be read. */
import type { ClusterInventory, CollectionFacts } from '../core/model/facts.js';
import { formatNamespace } from '../core/model/namespace.js';
import { totalSize } from '../core/size/totals.js';
import { formatBytes, formatCount } from '../words/sizes.js';
import { table, type Column } from './table.js';
import { bullet, plural } from './text-blocks.js';
import { throughputText } from '../words/clusters.js';

/** `24 collections in 5 databases, 412,000 documents, 96 MB of data (40 MB on disk), 12 MB of indexes`. */
export function sizeSentence(collections: readonly CollectionFacts[]): string {
  if (collections.length === 0) return 'no collections';
  const total = totalSize(collections);
  const databases = new Set(collections.map((c) => c.ns.db)).size;
  return [
    `${formatCount(total.collections)} ${plural(total.collections, 'collection')} in ${formatCount(databases)} ${plural(databases, 'database')}`,
    `${formatCount(total.documents)} ${plural(total.documents, 'document')}`,
    `${formatBytes(total.logicalBytes)} of data (${formatBytes(total.storageBytes)} on disk)`,
    `${formatBytes(total.indexBytes)} of indexes`,
  ].join(', ');
}

const COLUMNS: readonly Column[] = [
  { title: 'collection', most: 44 },
  { title: 'documents', align: 'right' },
  { title: 'data', align: 'right' },
  { title: 'on disk', align: 'right' },
  { title: 'average', align: 'right' },
  { title: 'largest*', align: 'right' },
  { title: 'indexes', align: 'right' },
  { title: 'remarks' },
];

export function collectionTable(collections: readonly CollectionFacts[]): string[] {
  const rows = collections.map((c) => [
    formatNamespace(c.ns),
    c.type === 'view' ? '' : formatCount(c.documents),
    c.type === 'view' ? '' : formatBytes(c.logicalBytes),
    c.type === 'view' ? '' : formatBytes(c.storageBytes),
    c.documents > 0 ? formatBytes(c.averageBytes) : '',
    c.sample && c.sample.sampledDocuments > 0 ? formatBytes(c.sample.largestBytes) : '',
    c.type === 'view' ? '' : `${c.indexes.length} (${formatBytes(c.indexBytes)})`,
    remarks(c).join(', '),
  ]);
  const lines = table(COLUMNS, rows, '  ');
  return collections.some((c) => c.sample && c.sample.sampledDocuments > 0)
    ? [...lines, '', '  * of a sample; no collection was scanned']
    : lines;
}

function remarks(c: CollectionFacts): string[] {
  const { options } = c;
  const idTypes = Object.keys(c.sample?.idTypes ?? {});
  const special = c.indexes.flatMap((index) => {
    const kinds = index.key.map(([, kind]) => kind).filter((kind) => typeof kind === 'string');
    return [
      ...kinds.map(String),
      ...(index.unique && index.name !== '_id_' ? ['unique'] : []),
      ...(index.expireAfterSeconds === undefined ? [] : ['TTL']),
    ];
  });
  return [
    ...(options.view ? [`view on ${options.view.on}`] : []),
    ...(c.type === 'timeseries' ? ['time series (counted in buckets)'] : []),
    ...(options.capped ? [`capped at ${formatBytes(options.capped.sizeBytes)}`] : []),
    ...(options.clustered ? ['clustered'] : []),
    ...(options.validator ? ['validator'] : []),
    ...(options.collation ? ['collation'] : []),
    ...(c.shardKey ? [`sharded by ${c.shardKey.map(([path]) => path).join(', ')}`] : []),
    ...(c.throughput ? [throughputText(c.throughput)] : []),
    ...(idTypes.length > 1 ? [`_id: ${idTypes.join(', ')}`] : []),
    ...[...new Set(special)].map((kind) => `${kind} index`),
  ];
}

/** What was not read, and why. */
export function gapLines(inventory: ClusterInventory, width: number): string[] {
  const failed = inventory.failed.flatMap((f) =>
    bullet('!', `${formatNamespace(f.ns)} could not be read: ${f.message} (${f.code})`, width),
  );
  const system = inventory.skipped.filter((s) => s.reason === 'system').map((s) => formatNamespace(s.ns));
  const unselected = inventory.skipped.filter((s) => s.reason === 'not-selected').length;
  return [
    ...failed,
    ...(system.length > 0
      ? bullet('·', `left out because they are the server's own: ${shortList(system)}`, width)
      : []),
    ...(unselected > 0
      ? bullet(
          '·',
          `left out by --include or --exclude: ${formatCount(unselected)} ${plural(unselected, 'collection')}`,
          width,
        )
      : []),
  ];
}

function shortList(names: readonly string[]): string {
  const shown = names.slice(0, 6).join(', ');
  return names.length > 6 ? `${shown} and ${names.length - 6} more` : shown;
}
