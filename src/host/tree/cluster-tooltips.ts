/** What a row tells when it is pointed at: Markdown, every name in it escaped, no secret. */
import type { Finding } from '../../core/model/finding.js';
import type { CollectionOptions, IndexFacts } from '../../core/model/facts.js';
import { accountAbilities } from '../../words/account-abilities.js';
import { clusterLines, targetName, throughputText } from '../../words/clusters.js';
import { errorWords } from '../../words/errors.js';
import { findingSentence, remedySentence } from '../../words/findings.js';
import { clusterKind } from '../../words/cluster-kinds.js';
import { formatBytes, formatCount, formatDuration, formatRuPerSecond } from '../../words/sizes.js';
import type { ClusterProfile } from '../clusters/cluster-profile.js';
import { errorUnder, type TreeState } from './cluster-children.js';
import { addressOf } from './cluster-rows.js';
import type { DatabaseTotals } from './cluster-record.js';
import { findingsSummary, type RowFindings, type TargetFindings } from './finding-index.js';
import { code, plain } from './names-in-markdown.js';
import type { ClusterTreeNode } from './node.js';
import type { Translate } from '../translate.js';

/** Label and value, both Markdown already. */
type Line = readonly [label: string, value: string];

/** Most findings that a tooltip spells out. */
const MOST_FINDINGS = 10;

export interface TooltipWords {
  readonly t: Translate;
  /** A time as people here write it. */
  readonly time: (ms: number) => string;
}

/** Undefined where the row says everything itself. */
export function tooltipOf(
  node: ClusterTreeNode,
  state: TreeState,
  found: RowFindings | undefined,
  words: TooltipWords,
): string | undefined {
  const { t } = words;
  switch (node.kind) {
    case 'cluster':
      return clusterTooltip(node.clusterId, state, found, words);
    case 'database': {
      const entry = state.catalog.database(node.clusterId, node.db);
      const views = entry?.collections?.filter(({ type }) => type === 'view').length ?? 0;
      const lines = totalsLines(entry?.totals, t);
      if (views > 0) lines.push([t('Views'), formatCount(views)]);
      lines.push(...raisableLines(node.clusterId, `${node.db}.`, state, t));
      const error = entry?.statistics.error ?? entry?.listing.error;
      return assemble(node.db, lines, found, t, error ? errorText(error) : undefined);
    }
    case 'collection':
      return collectionTooltip(node, state, found, t);
    case 'index': {
      const entry = state.catalog.collection(node.clusterId, node.db, node.coll);
      const index = entry?.facts?.indexes.find(({ name }) => name === node.index);
      return assemble(node.index, index ? indexLines(index, words) : [], found, t);
    }
    case 'error': {
      const error = errorUnder(node.parent, state);
      return errorText({ code: node.code, facts: error?.facts ?? {} });
    }
    case 'group':
    case 'loading':
    case 'add':
      return undefined;
  }
}

function errorText(error: Parameters<typeof errorWords>[0]): string {
  const { happened, why, todo } = errorWords(error);
  return [`**${plain(happened)}**`, plain(why), plain(todo)].filter((text) => text !== '').join('\n\n');
}

function assemble(
  title: string,
  lines: readonly Line[],
  found: RowFindings | undefined,
  t: Translate,
  problem?: string,
): string {
  const parts = [`**${plain(title)}**`];
  if (lines.length > 0) parts.push(lines.map(([label, value]) => `- ${plain(label)}: ${value}`).join('\n'));
  if (problem !== undefined) parts.push(problem);
  if (found?.byTarget?.some(({ own }) => own.length > 0)) {
    parts.push(`**${t('Findings')}**`, sideBySide(found.byTarget, t));
  } else if (found && found.blockers + found.warnings + found.infos > 0) {
    parts.push(`**${t('Findings')}**: ${plain(findingsSummary(found, t))}`);
    const told = found.own.slice(0, MOST_FINDINGS);
    const left = found.own.length - told.length;
    const items = told.map((f) => `- ${plain(findingSentence(f))} *${plain(remedySentence(f))}*`);
    if (left > 0) items.push(`- ${plain(t('{0} more', left))}`);
    if (items.length > 0) parts.push(items.join('\n'));
  }
  return parts.join('\n\n');
}

/** A column for each target; the worst of both stand at the top. */
function sideBySide(byTarget: readonly TargetFindings[], t: Translate): string {
  const rows = Math.min(MOST_FINDINGS, Math.max(...byTarget.map(({ own }) => own.length)));
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const lines = Array.from({ length: rows }, (_, i) =>
    row(byTarget.map(({ own }) => (own[i] ? cellOf(own[i], t) : i === 0 ? t('nothing found') : ''))),
  );
  const left = byTarget.map(({ own }) => (own.length > rows ? plain(t('{0} more', own.length - rows)) : ''));
  return [
    row(byTarget.map(({ target }) => plain(targetName(target)))),
    row(byTarget.map(() => '---')),
    ...lines,
    ...(left.some((text) => text !== '') ? [row(left)] : []),
  ].join('\n');
}

function cellOf(finding: Finding, t: Translate): string {
  const words = { blocker: t('Blocker'), warning: t('Warning'), info: t('Note') };
  const text = `**${words[finding.severity]}** ${plain(findingSentence(finding))} *${plain(remedySentence(finding))}*`;
  return text.replaceAll(/\r?\n/g, ' ');
}

function clusterTooltip(
  clusterId: string,
  state: TreeState,
  found: RowFindings | undefined,
  { t, time }: TooltipWords,
): string | undefined {
  const profile = state.profile(clusterId);
  if (!profile) return undefined;
  const { facts, databases, inventory, listing } = state.catalog.cluster(clusterId);
  const lines: Line[] = [];
  if (facts) {
    for (const [label, value] of clusterLines(facts))
      lines.push([label.charAt(0).toUpperCase() + label.slice(1), plain(value)]);
  } else {
    if (profile.kind)
      lines.push([t('Last seen as'), plain(`${clusterKind(profile.kind)} ${profile.version ?? ''}`.trim())]);
    lines.push([t('Servers'), plain(addressOf(profile.uri))]);
  }
  const user = userOf(profile.uri);
  if (user !== undefined) lines.push([t('User'), plain(user)]);
  const secret = secretText(profile, t);
  if (secret !== undefined) lines.push([t('Password'), plain(secret)]);
  if (profile.azure) {
    const { location, resourceGroup, account } = profile.azure;
    const told = [location, resourceGroup, ...(account ? accountAbilities(account) : [])];
    lines.push([t('In Azure'), plain(told.join(' · '))]);
  }
  if (profile.origin === 'settings') lines.push([t('Defined in'), t('the settings')]);
  if (databases && listing.state === 'ready') lines.push([t('Databases'), formatCount(databases.length)]);
  if (inventory) lines.push([t('Size analysed'), plain(time(Date.parse(inventory.readAt)))]);
  const error = listing.error ? errorText(listing.error) : undefined;
  return assemble(profile.name, lines, found, t, error);
}

/** Its name only: what stands after a colon never gets here. */
function userOf(uri: string): string | undefined {
  const user = /^mongodb(?:\+srv)?:\/\/([^/@:]+)[^/@]*@/.exec(uri)?.[1];
  if (user === undefined) return undefined;
  try {
    return decodeURIComponent(user);
  } catch {
    return user;
  }
}

function secretText(profile: ClusterProfile, t: Translate): string | undefined {
  switch (profile.secret) {
    case 'none':
      return undefined;
    case 'stored':
      return t('kept in the secret store');
    case 'session':
      return t('kept until this window closes, because the keyring of this machine cannot be used');
    case 'environment':
      return t('from an environment variable');
  }
}

function totalsLines(totals: DatabaseTotals | undefined, t: Translate): Line[] {
  if (!totals) return [];
  return [
    [t('Data'), formatBytes(totals.logicalBytes)],
    [t('On disk'), formatBytes(totals.storageBytes)],
    [t('Indexes'), formatBytes(totals.indexBytes)],
    [t('Documents'), formatCount(totals.documents)],
    [t('Collections'), formatCount(totals.collections)],
  ];
}

function collectionTooltip(
  node: ClusterTreeNode & { readonly kind: 'collection' },
  state: TreeState,
  found: RowFindings | undefined,
  t: Translate,
): string {
  const entry = state.catalog.collection(node.clusterId, node.db, node.coll);
  const facts = entry?.facts;
  const series = entry?.type === 'timeseries';
  const lines: Line[] = [];
  if (facts && entry.type !== 'view') {
    lines.push([series ? t('Buckets') : t('Documents'), formatCount(facts.documents)]);
    lines.push([t('Data'), formatBytes(facts.logicalBytes)], [t('On disk'), formatBytes(facts.storageBytes)]);
    lines.push([t('Indexes'), `${facts.indexes.length} (${formatBytes(facts.indexBytes)})`]);
    lines.push([series ? t('Average bucket') : t('Average document'), formatBytes(facts.averageBytes)]);
    if (facts.sample) {
      const { largestBytes, sampledDocuments, idTypes } = facts.sample;
      const largest = t('{0} in a sample of {1}', formatBytes(largestBytes), formatCount(sampledDocuments));
      lines.push([t('Largest document'), plain(largest)]);
      lines.push([t('Types of _id'), plain(Object.keys(idTypes).join(', '))]);
    }
    if (facts.shardKey) lines.push([t('Shard key'), code(pattern(facts.shardKey))]);
    if (facts.throughput) lines.push([t('Throughput'), plain(throughputText(facts.throughput))]);
  }
  lines.push(...raisableLines(node.clusterId, `${node.db}.${node.coll}`, state, t));
  if (entry) lines.push(...optionLines(entry.options, t));
  const error = errorUnder(node, state);
  return assemble(`${node.db}.${node.coll}`, lines, found, t, error ? errorText(error) : undefined);
}

/** How far Azure raises it at once, where that was read. */
function raisableLines(clusterId: string, budget: string, state: TreeState, t: Translate): Line[] {
  const most = state.catalog.cluster(clusterId).throughput?.get(budget)?.instantMaximumRuPerSecond;
  return most === undefined ? [] : [[t('Throughput at once up to'), plain(formatRuPerSecond(most))]];
}

function optionLines(options: CollectionOptions, t: Translate): Line[] {
  const lines: Line[] = [];
  const { view, capped, timeseries, validator, collation, clustered, changeStreamPreAndPostImages } = options;
  if (view) lines.push([t('View of'), plain(view.on)], [t('Pipeline'), code(short(view.pipeline))]);
  if (capped) {
    const most = capped.maxDocuments;
    const size = formatBytes(capped.sizeBytes);
    lines.push([t('Capped'), plain(most === undefined ? size : t('{0}, {1} documents', size, formatCount(most)))]);
  }
  if (timeseries) lines.push([t('Time series'), code(short(timeseries))]);
  if (validator) {
    const how = [options.validationLevel, options.validationAction].filter((text) => text !== undefined).join(', ');
    lines.push([t('Validator'), `${code(short(validator))}${how === '' ? '' : ` (${plain(how)})`}`]);
  }
  if (collation) lines.push([t('Collation'), code(short(collation))]);
  if (clustered) lines.push([t('Clustered'), t('yes')]);
  if (changeStreamPreAndPostImages) lines.push([t('Images of before and after changes'), t('yes')]);
  if (options.expireAfterSeconds !== undefined) {
    lines.push([t('Expires after'), formatDuration(options.expireAfterSeconds * 1000)]);
  }
  return lines;
}

function indexLines(index: IndexFacts, { t, time }: TooltipWords): Line[] {
  const lines: Line[] = [[t('Key'), code(pattern(index.key))]];
  const flags = [index.unique ? t('unique') : '', index.sparse ? t('sparse') : '', index.hidden ? t('hidden') : ''];
  const set = flags.filter((flag) => flag !== '').join(', ');
  if (set !== '') lines.push([t('Options'), plain(set)]);
  if (index.expireAfterSeconds !== undefined) {
    lines.push([t('Expires after'), formatDuration(index.expireAfterSeconds * 1000)]);
  }
  if (index.partialFilterExpression) lines.push([t('Only documents with'), code(short(index.partialFilterExpression))]);
  if (index.collation) lines.push([t('Collation'), code(short(index.collation))]);
  if (index.wildcardProjection) lines.push([t('Wildcard projection'), code(short(index.wildcardProjection))]);
  if (index.sizeBytes !== undefined) lines.push([t('Size'), formatBytes(index.sizeBytes)]);
  if (index.usageOps !== undefined) {
    const since = index.usageSince === undefined ? Number.NaN : Date.parse(index.usageSince);
    const count = formatCount(index.usageOps);
    const used = Number.isNaN(since) ? t('{0} times', count) : t('{0} times since {1}', count, time(since));
    lines.push([t('Used'), plain(used)]);
  }
  return lines;
}

/** `{ a: 1, b: -1 }`, in order. */
function pattern(key: readonly (readonly [string, number | string])[]): string {
  return `{ ${key.map(([field, kind]) => `${JSON.stringify(field)}: ${JSON.stringify(kind)}`).join(', ')} }`;
}

/** A tooltip is no place for a schema of pages. */
const LONGEST_JSON = 300;

function short(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= LONGEST_JSON ? text : `${text.slice(0, LONGEST_JSON)} ...`;
}
