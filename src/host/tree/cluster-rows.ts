/** What each row of the Clusters view says. */
import type { ClusterKind, IndexFacts } from '../../core/model/facts.js';
import { errorWords } from '../../words/errors.js';
import { clusterKind } from '../../words/cluster-kinds.js';
import { formatBytes, formatCount } from '../../words/sizes.js';
import { COMMANDS, type CommandId } from '../ids.js';
import { errorUnder, isWaiting, type TreeState } from './cluster-children.js';
import type { CollectionEntry, DatabaseEntry } from './cluster-record.js';
import { findingsSummary, type RowFindings } from './finding-index.js';
import type { ClusterTreeNode } from './node.js';
import type { Translate } from '../translate.js';

export interface Row {
  readonly label: string;
  readonly description: string;
  readonly contextValue: string;
  /** Of VS Code's own icons. */
  readonly icon: { readonly id: string; readonly color?: string };
  readonly open: 'never' | 'collapsed' | 'expanded';
  /** What a screen reader says: the kind of the row too, which others see by its icon. */
  readonly spoken: string;
  /** A click runs it, with the node. */
  readonly command?: CommandId;
}

const CLUSTER_ICONS: Readonly<Record<ClusterKind, string>> = {
  mongodb: 'server',
  atlas: 'cloud',
  'cosmos-ru': 'globe',
  'cosmos-vcore': 'server-environment',
  'amazon-documentdb': 'cloud',
  ferretdb: 'server',
  unknown: 'server',
};
const NEVER_SEEN = 'plug';
const WARNING = { id: 'warning', color: 'list.warningForeground' };
const ERROR = { id: 'error', color: 'list.errorForeground' };

export function describeRow(
  node: ClusterTreeNode,
  state: TreeState,
  found: RowFindings | undefined,
  t: Translate,
): Row {
  const row = rowOf(node, state, found, t);
  return row.description !== '' && RIGHT_TO_LEFT.test(row.label)
    ? { ...row, description: `${POP}${ISOLATE}${row.description}${END_ISOLATE}` }
    : row;
}

/** Letters that run from right to left, and marks that make others do so: without a fence they carry the description along. */
const RIGHT_TO_LEFT =
  /[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]|[\ud802\ud803\ud83a\ud83b]/;
/** Pop directional formatting, left-to-right isolate, pop directional isolate (Unicode Standard Annex 9). */
const [POP, ISOLATE, END_ISOLATE] = ['\u202c', '\u2066', '\u2069'];

function rowOf(node: ClusterTreeNode, state: TreeState, found: RowFindings | undefined, t: Translate): Row {
  switch (node.kind) {
    case 'group': {
      const label = node.role === 'source' ? t('Sources') : t('Targets');
      const count = state.profiles(node.role).length;
      const description = count === 0 ? '' : formatCount(count);
      const icon = { id: node.role === 'source' ? 'repo-pull' : 'repo-push' };
      return { label, description, contextValue: `group.${node.role}`, icon, open: 'expanded', spoken: label };
    }
    case 'cluster':
      return clusterRow(node.clusterId, state, found, t);
    case 'database': {
      const role = roleOf(node.clusterId, state);
      const entry = state.catalog.database(node.clusterId, node.db);
      const description = databaseDescription(entry, t);
      return {
        label: node.db,
        description,
        contextValue: `database.${role}`,
        icon: entry?.listing.error || entry?.statistics.error ? WARNING : { id: 'database' },
        open: 'collapsed',
        spoken: spoken(t('database {0}', node.db), description, found, t),
      };
    }
    case 'collection':
      return collectionRow(node, state, found, t);
    case 'index': {
      const entry = state.catalog.collection(node.clusterId, node.db, node.coll);
      const index = entry?.facts?.indexes.find(({ name }) => name === node.index);
      const description = index ? indexDescription(index, t) : '';
      return {
        label: node.index,
        description,
        contextValue: `index.${roleOf(node.clusterId, state)}`,
        icon: { id: index?.unique ? 'key' : 'list-tree' },
        open: 'never',
        spoken: spoken(t('index {0}', node.index), description, found, t),
      };
    }
    case 'error': {
      const error = errorUnder(node.parent, state);
      const { happened } = errorWords({ code: node.code, facts: error?.facts ?? {} });
      return {
        label: happened,
        description: t('Select to retry'),
        contextValue: 'error',
        icon: ERROR,
        open: 'never',
        spoken: t('Error: {0} Retry', happened),
        command: COMMANDS.retryNode,
      };
    }
    case 'loading': {
      const label = loadingLabel(node.parent, state, t);
      return {
        label,
        description: '',
        contextValue: 'loading',
        icon: { id: 'loading~spin' },
        open: 'never',
        spoken: label,
      };
    }
    case 'add': {
      const source = node.role === 'source';
      const label = source ? t('Add Source...') : t('Add Target...');
      const command = source ? COMMANDS.addSource : COMMANDS.addTarget;
      return {
        label,
        description: '',
        contextValue: 'add',
        icon: { id: 'add' },
        open: 'never',
        spoken: label,
        command,
      };
    }
  }
}

function roleOf(clusterId: string, state: TreeState): string {
  return state.profile(clusterId)?.role ?? 'source';
}

/** One sentence of it all for the ear. */
function spoken(what: string, description: string, found: RowFindings | undefined, t: Translate): string {
  const parts = [what, ...description.split(SEPARATOR).filter((part) => part !== '')];
  if (found && found.blockers + found.warnings + found.infos > 0) parts.push(findingsSummary(found, t));
  return parts.join(', ');
}

const SEPARATOR = ' · ';
const joined = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(SEPARATOR);

function loadingLabel(parent: ClusterTreeNode, state: TreeState, t: Translate): string {
  switch (parent.kind) {
    case 'cluster':
      return state.catalog.cluster(parent.clusterId).facts ? t('Loading databases...') : t('Connecting...');
    case 'database':
      return t('Loading collections...');
    case 'collection':
      return t('Loading indexes...');
    case 'group':
    case 'index':
    case 'error':
    case 'loading':
    case 'add':
      return t('Loading...');
  }
}

function clusterRow(clusterId: string, state: TreeState, found: RowFindings | undefined, t: Translate): Row {
  const profile = state.profile(clusterId);
  const { facts, databases, sizes, listing } = state.catalog.cluster(clusterId);
  const kind = facts?.kind ?? profile?.kind;
  const server = kind && `${clusterKind(kind)} ${release(facts?.version ?? profile?.version ?? '')}`.trim();
  const count = listing.state === 'ready' ? databases?.length : undefined;
  const bytes =
    sizes.state === 'ready' || databases?.every(({ totals }) => totals)
      ? databases?.reduce((sum, { totals }) => sum + (totals?.logicalBytes ?? 0), 0)
      : undefined;
  // A narrow view cuts off the end: what the cluster is goes first.
  const description = joined(
    server ?? addressOf(profile?.uri ?? ''),
    listing.state === 'failed' ? t('not connected') : '',
    count === undefined ? '' : count === 1 ? t('1 database') : t('{0} databases', formatCount(count)),
    count === undefined || bytes === undefined ? '' : formatBytes(bytes),
  );
  const label = profile?.name ?? clusterId;
  const what = profile?.role === 'target' ? t('target {0}', label) : t('source {0}', label);
  return {
    label,
    description,
    contextValue: `cluster.${profile?.role ?? 'source'}.${profile?.origin ?? 'saved'}${profile?.azure ? '.azure' : ''}`,
    icon: listing.state === 'failed' ? WARNING : { id: kind ? CLUSTER_ICONS[kind] : NEVER_SEEN },
    open: 'collapsed',
    spoken: spoken(what, description, found, t),
  };
}

/** `6.0` of `6.0.5`: the tooltip has it whole. */
function release(version: string): string {
  return /^\d+\.\d+/.exec(version)?.[0] ?? version;
}

/** The hosts of a connection string without a secret, for a cluster that nothing else is known of. */
export function addressOf(uri: string): string {
  const authority = /^mongodb(?:\+srv)?:\/\/([^/?]*)/.exec(uri)?.[1] ?? '';
  return authority.slice(authority.lastIndexOf('@') + 1);
}

function databaseDescription(entry: DatabaseEntry | undefined, t: Translate): string {
  if (!entry) return '';
  const { totals, collections, statistics } = entry;
  const listed = entry.listing.state === 'ready' ? collections : undefined;
  const views = listed?.filter(({ type }) => type === 'view').length ?? 0;
  const count = listed ? listed.length - views : totals?.collections;
  return joined(
    totals ? formatBytes(totals.logicalBytes) : '',
    count === undefined ? '' : count === 1 ? t('1 collection') : t('{0} collections', formatCount(count)),
    views === 0 ? '' : views === 1 ? t('1 view') : t('{0} views', formatCount(views)),
    statistics.state === 'failed' ? t('not all sizes could be read') : '',
  );
}

function collectionRow(
  node: ClusterTreeNode & { readonly kind: 'collection' },
  state: TreeState,
  found: RowFindings | undefined,
  t: Translate,
): Row {
  const entry = state.catalog.collection(node.clusterId, node.db, node.coll);
  const database = state.catalog.database(node.clusterId, node.db);
  const description = collectionDescription(entry, t);
  const failed = entry !== undefined && errorUnder(node, state) !== undefined;
  const waiting = entry !== undefined && isWaiting(entry) && database?.statistics.state === 'loading';
  const what =
    entry?.type === 'view'
      ? t('view {0}', node.coll)
      : entry?.type === 'timeseries'
        ? t('time series {0}', node.coll)
        : t('collection {0}', node.coll);
  return {
    label: node.coll,
    description: failed && !entry.facts ? joined(description, t('could not be read')) : description,
    contextValue: `collection.${roleOf(node.clusterId, state)}`,
    icon: failed ? WARNING : { id: collectionIcon(entry) },
    open: entry?.type === 'view' ? 'never' : 'collapsed',
    spoken: spoken(what, waiting ? t('sizes are being read') : description, found, t),
  };
}

function collectionIcon(entry: CollectionEntry | undefined): string {
  if (entry?.type === 'view') return 'eye';
  if (entry?.type === 'timeseries') return 'graph-line';
  return 'symbol-namespace';
}

function collectionDescription(entry: CollectionEntry | undefined, t: Translate): string {
  if (!entry) return '';
  const { type, options, facts } = entry;
  if (type === 'view') return joined(t('view of {0}', options.view?.on ?? '?'));
  return joined(
    facts ? formatBytes(facts.logicalBytes) : '',
    // Of a time series the server only tells its buckets.
    !facts || type === 'timeseries'
      ? ''
      : facts.documents === 1
        ? t('1 document')
        : t('{0} documents', formatCount(facts.documents)),
    type === 'timeseries' ? t('time series') : '',
    options.capped ? t('capped') : '',
    facts?.shardKey ? t('sharded') : '',
  );
}

/** `unique · sparse · expires after 1 h · 4.1 MB`. */
function indexDescription(index: IndexFacts, t: Translate): string {
  const special = index.key.map(([, kind]) => kind).find((kind) => typeof kind === 'string');
  return joined(
    special === undefined ? '' : String(special),
    index.unique ? t('unique') : '',
    index.sparse ? t('sparse') : '',
    index.partialFilterExpression ? t('partial') : '',
    index.hidden ? t('hidden') : '',
    index.expireAfterSeconds === undefined ? '' : t('expires'),
    index.sizeBytes === undefined ? '' : formatBytes(index.sizeBytes),
  );
}
