/** What a figure of sizing or cost rests on, and why a vCore cluster is as it is, in sentences. */
import type { Assumption, Basis } from '../core/model/estimate.js';
import type { Reason } from '../core/model/method.js';
import type { AssumptionId } from '../core/size/assumption-ids.js';
import type { VcoreReasonId } from '../core/size/vcore-reason-ids.js';
import {
  bytesOf,
  countOf,
  durationOf,
  lookUp,
  numberOf,
  percentOf,
  ruOf,
  ruPerSecondOf,
  shortOf,
  textOf,
  unknownId,
  type Params,
} from './params.js';
import { formatCountOf } from './sizes.js';

/** Said alike by sizes and by recommendations, so that a report tells it once. */
export const CHARGE_TABLE = "Charges are those of Microsoft's table by document size, which it calls illustrative.";

const count = (p: Params, name: string, one: string, many?: string): string =>
  formatCountOf(numberOf(p, name), one, many);
/** Empty for an assessment of an older version, which has no such figures. */
const ofLoad = (p: Params): string =>
  p['perCore'] === undefined
    ? ''
    : `: ${shortOf(p, 'operationsPerSecond')} operations per second on average, ${shortOf(p, 'peak')} times as many then, ${countOf(p, 'perCore')} of them by a core that is used to ${percentOf(p, 'share')} (our judgement), and no more cores than the source has`;
/** Both empty for an assessment of an older version, which does not say of what the average is. */
const averageOf = (p: Params): string =>
  lookUp({ watched: ' of what was watched', 'since-start': " since the server's start" }, textOf(p, 'by')) ?? '';
const whyPeak = (p: Params): string =>
  lookUp(
    {
      watched: ': a busy time is chosen to be watched',
      'since-start': ': nights and weekends are a part of it',
    },
    textOf(p, 'by'),
  ) ?? '';
const hours = (p: Params): string => durationOf({ ms: numberOf(p, 'seconds') * 1000 }, 'ms');

const ASSUMPTIONS: Readonly<Record<AssumptionId, (params: Params) => string>> = {
  'charge-table': () => CHARGE_TABLE,
  'older-charges': (p) =>
    `Older pages of Microsoft's say up to ${ruOf(p, 'ru')} for writing 1 KB: the high figure takes that.`,
  'charge-calibrated': (p) =>
    `The table is scaled by ${shortOf(p, 'factor')}: an insert into your account was measured at ${ruOf(p, 'ruPerDocument')}.`,
  'bson-for-json': (p) =>
    `The service measures JSON text, this measures BSON: the low figure takes the text for ${percentOf(p, 'share')} as long.`,
  'session-consistency': () =>
    'Reads are charged for session consistency; strong and bounded staleness cost twice as much, which the high figure takes.',
  'sizes-scanned': (p) =>
    `Sizes are those of all ${count(p, 'documents', 'document')} of collections that were read to the end.`,
  'sizes-sampled': (p) => `Sizes are those of a sample of ${count(p, 'documents', 'document')} of ${countOf(p, 'of')}.`,
  'sizes-averaged': () =>
    'Only the average size is known: low and high are what documents of that average can come to at most. A data scan says more.',
  'terms-scanned': (p) => `Index entries (${count(p, 'indexes', 'index', 'indexes')}) are counted in all documents.`,
  'terms-sampled': (p) =>
    `Index entries (${count(p, 'indexes', 'index', 'indexes')}) are counted in a sample of ${count(p, 'documents', 'document')}.`,
  'terms-guessed': (p) =>
    `${numberOf(p, 'indexes') === 1 ? 'The index is' : `Each of ${countOf(p, 'indexes')} indexes is`} taken for one entry per document; an array has one for each element, up to 5 in the high figure. A data scan counts them.`,
  'index-build-charge': () =>
    'Nobody has published what building an index costs: its entries at 0.2 RU each, in the high figure also a reading of the collection for each index.',
  'documents-per-query': (p) =>
    `A query is taken to return ${count(p, 'expected', 'document')}: one read by its key in the low figure, ${countOf(p, 'high')} without the shard key in the high one.`,
  'changed-terms': (p) => `An update is taken to change ${count(p, 'expected', 'index entry', 'index entries')}.`,
  'rates-averaged': (p) =>
    textOf(p, 'by') === 'watched'
      ? `Operations are those that were counted while the source was watched for ${hours(p)}.`
      : `Operations are the average of the server's counters over ${numberOf(p, 'seconds') > 0 ? hours(p) : 'its uptime'}.`,
  'inserts-in-batches': (p) =>
    `Inserts had ${count(p, 'documents', 'document')} each on average: the server counts inserts by collection, and their documents for all collections together.`,
  'counters-too-young': (p) =>
    `The server's counters cover ${hours(p)} only, which is too short for a load to be taken from them; an assessment that watches the source for a while counts for as long as you say.`,
  'peak-over-average': (p) =>
    `The busiest time is taken for ${shortOf(p, 'expected')} times the average${averageOf(p)}, ${shortOf(p, 'high')} times in the high figure${whyPeak(p)}.`,
  'write-mix-unknown': () =>
    'How many writes are inserts, updates or deletes is not known: they are taken for updates, which cost most.',
  'commands-left-out': () =>
    'Aggregations and other commands are counted by the server together with its own, so they are not in the load.',
  'cores-to-ru': (p) =>
    `By Microsoft's rule a core is worth ${ruPerSecondOf(p, 'ruPerCore')}: ${count(p, 'cores', 'core')} of a member times ${count(p, 'shards', 'shard')}. Microsoft calls it a rough starting point for whoever does not know the operations; where they are known, they count.`,
  'cores-worth': (p) =>
    `The low figure takes a core for ${ruPerSecondOf(p, 'low')}, which is that rule's figure for other interfaces; the high one for ${ruPerSecondOf(p, 'high')}, as a busy core does more than a starting point.`,
  'load-unknown': (p) =>
    `Nothing is known of the load: the figure is the least that the service takes, the high one (${ruPerSecondOf(p, 'most')}) all that could be used.`,
  'load-by-lower-bound': () =>
    'The load itself is not known, only the size of the machines: most are used far less than that.',
  'least-throughput': (p) =>
    `The service takes no less than ${ruPerSecondOf(p, 'ruPerSecond')} for ${count(p, 'budgets', 'throughput')}, by data and earlier boosts.`,
  'shared-throughput': () =>
    'Small collections share the throughput of their database, 25 at most; each with its own would cost at least 400 RU/s.',
  'copy-within': (p) =>
    textOf(p, 'said') === 'true'
      ? `The documents are to be written within ${durationOf(p, 'ms')}, as you said.`
      : `Nobody said how long the copy may take: ${durationOf(p, 'ms')}, which a direct copy takes by itself (an hour at least), or as fast as the partitions allow that the data need.`,
  'copy-pace-use': (p) =>
    `A copy uses ${percentOf(p, 'expected')} of the throughput, ${percentOf(p, 'low')} where keys are uneven or others use it.`,
  'unsharded-limit': (p) =>
    `${count(p, 'budgets', 'throughput')} cannot have what the wished time needs: a collection without a shard key has ${ruPerSecondOf(p, 'ruPerSecond')} at most.`,
  'sharded-as-needed': (p) =>
    numberOf(p, 'collections') === 1
      ? 'One collection has more than 20 GB: it is taken to get a shard key, without which it cannot be kept there.'
      : `${countOf(p, 'collections')} collections have more than 20 GB each: they are taken to get shard keys, without which they cannot be kept there.`,
  'partition-size': () => 'A physical partition is planned for 40 GB of its 50 GB, and gives 10,000 RU/s.',
  'floor-after-boost': (p) =>
    `Throughput can never again be set below a ${textOf(p, 'part')}th of the highest that it had, nor below 1 RU/s for each GB.`,
  'ru-storage': () =>
    'Documents are stored as JSON without compression, for 0.8 to 1.3 bytes of each byte of BSON; indexes for half to twice their bytes on the source.',
  'working-set-cache': (p) =>
    `What is in use is what the cache of the source holds (${bytesOf(p, 'bytes')}; it is not full), and no more than all documents and indexes; the low figure is the indexes alone.`,
  'working-set-cache-full': (p) =>
    `What is in use is what the cache of the source holds (${bytesOf(p, 'bytes')}; it is full, so that more may be in use), and no more than all documents and indexes; the low figure is the indexes alone.`,
  'working-set-share': (p) =>
    `What is in use is not known: all indexes and ${percentOf(p, 'share')} of the documents are taken, ${percentOf(p, 'high')} in the high figure.`,
  'vcore-compression': (p) =>
    `The source compresses its documents ${shortOf(p, 'ratio')} to 1; the target compresses large ones only. Half of that is expected.`,
  'vcore-index-size': (p) =>
    `Indexes are taken for ${shortOf(p, 'expected')} times their size on the source, ${shortOf(p, 'high')} times in the high figure.`,
  'storage-headroom': (p) => `Disks are chosen so that they are ${percentOf(p, 'share')} full at first.`,
  'iops-by-cache': (p) =>
    `Disk operations follow from the ${bytesOf(p, 'bytesPerSecond')} per second between the source's cache and its disk, ${bytesOf(p, 'operationBytes')} each.`,
  'iops-by-writes': (p) =>
    `Disk operations follow from ${shortOf(p, 'writesPerSecond')} writes per second with ${shortOf(p, 'indexes')} indexes each.`,
  'hours-per-month': (p) => `A month has ${textOf(p, 'hours')} hours; Microsoft's bills of 30 days count 720.`,
  'wall-clock-hours': () =>
    'Each hour of the clock that the copy touches is billed at its highest throughput: 9:30 to 10:45 are two hours. Nobody knows when it starts, so that on average its length and one hour are billed.',
  'copy-time-by-charge': () => 'The copy is taken to last as long as its charge takes at that throughput.',
  'autoscale-use': (p) =>
    `An average hour reaches ${percentOf(p, 'share')} of the maximum; no hour is billed below ${percentOf(p, 'least')}.`,
  'one-region': () => 'One region is reckoned with: each further one costs the same again, and traffic.',
  'several-regions': (p) =>
    `${count(p, 'regions', 'region')}, each with all of the throughput and storage; traffic between them is not counted.${textOf(p, 'writesOfAccount') === 'true' ? ' That each takes writes was read from the account.' : ''}`,
  'regions-of-account': (p) => {
    if (numberOf(p, 'regions') === 1)
      return 'One region, as read from the account: each further one would cost the same again, and traffic.';
    const writes = textOf(p, 'multipleWriteRegions') === 'true' ? ', each taking writes' : '';
    return `${count(p, 'regions', 'region')}${writes}, as read from the account, each with all of the throughput and storage; traffic between them is not counted.`;
  },
  'least-storage-billed': (p) =>
    `${numberOf(p, 'collections') === 1 ? 'The collection' : `Each of ${countOf(p, 'collections')} collections`} is billed for 1 GB at least.`,
  'list-price': (p) => `${priceName(p)}: ${priceOf(p)}, as printed on ${textOf(p, 'date')}.`,
  'price-unverified': (p) => `${priceName(p)}: ${priceOf(p)} of ${textOf(p, 'date')}, which no public page confirms.`,
  'price-yours': (p) => `${priceName(p)}: ${priceOf(p)} of ${textOf(p, 'date')}, from your file.`,
  'availability-doubles': (p) =>
    `High availability is taken to double what is paid: ${count(p, 'nodes', 'node')} for ${count(p, 'shards', 'shard')}. No page was found that says so.`,
  'migration-tier-hours': () => 'The larger tier is paid for the hours of the copy, in the place of the smaller one.',
  'held-while-moving': () =>
    'All that the target has while the data is moved counts for as long as that takes, also what is paid for by the month anyway: the cost of the migration counts only what is raised for it. Building indexes and checking come afterwards and are not in the figure.',
  'throughput-as-sized': () =>
    'The throughput while the data is moved is the one that was sized for it, paid for as manual throughput.',
  'throughput-as-said': () =>
    'The throughput while the data is moved is the one that you said, of all collections together.',
  'charge-only': () => 'A serverless account is paid for what is written, however long that takes.',
  'copies-at-once': (p) =>
    `Data Factory runs ${count(p, 'copies', 'copy', 'copies')} at once, as the plan would have it, each with the ${countOf(p, 'units')} data integration units that it has by itself.`,
  'nodes-as-planned': (p) =>
    `The Spark cluster has ${count(p, 'workers', 'worker')}, as the plan would ask for, and a driver.`,
  'service-while-moving': () =>
    'What does the moving is paid for as long as the data is moved; setting it up, and leaving it on, is not in the figure.',
};

const PRICES: Readonly<Record<string, string>> = {
  'throughput-manual': 'Manual throughput',
  'throughput-manual-multi-write': 'Manual throughput with several write regions',
  'throughput-autoscale': 'Autoscale throughput',
  'throughput-autoscale-multi-write': 'Autoscale throughput with several write regions',
  serverless: 'Serverless request units',
  storage: 'Storage of the RU account',
  'vcore-storage': 'Storage of the vCore cluster',
  'data-factory-unit': 'A data integration unit of Data Factory',
  'databricks-node': 'A node of Databricks, machine and DBUs',
  dms: 'Azure Database Migration Service',
  machine: 'The machine that this product runs on',
};
const UNITS: Readonly<Record<string, string>> = {
  '100-ru-per-second-hour': 'for 100 RU/s and an hour',
  'million-ru': 'for a million RU',
  'gb-month': 'for a GB and a month',
  'node-hour': 'for a node and an hour',
  'gib-month': 'for a GiB and a month',
  'unit-hour': 'for a unit and an hour',
  hour: 'for an hour',
};

/** What a price is of, as the start of a sentence. `price` is its id. */
export function priceName(p: Params): string {
  const id = textOf(p, 'price');
  return lookUp(PRICES, id) ?? `A node of ${id.replace(/^vcore-/, '')}`;
}

function priceOf(p: Params): string {
  return `${textOf(p, 'currency', '')} ${textOf(p, 'amount')} ${lookUp(UNITS, textOf(p, 'unit')) ?? ''}`.trim();
}

/** One sentence for one assumption. */
export function assumptionSentence({ id, params }: Pick<Assumption, 'id' | 'params'>): string {
  return lookUp<(p: Params) => string>(ASSUMPTIONS, id)?.(params) ?? unknownId(id, params);
}

const BASES: Readonly<Record<Basis, string>> = {
  measured: 'measured',
  published: 'published',
  unverified: 'not confirmed anywhere',
  judged: 'our judgement',
  said: 'said by you',
};

/** Where an assumption is from, in a word or two. */
export function basisName(basis: Basis): string {
  return BASES[basis];
}

const VCORE_REASONS: Readonly<Record<VcoreReasonId, (params: Params) => string>> = {
  'memory-holds-working-set': (p) =>
    `Three quarters of its ${gib(p, 'memoryGib')} of memory hold what is in use (${bytesOf(p, 'bytes')} per shard).`,
  'memory-exceeded': (p) =>
    `Not even ${gib(p, 'memoryGib')} of memory hold what is in use (${bytesOf(p, 'bytes')} per shard).`,
  'working-set-guessed': () =>
    "What is in use is a guess: with the server's counters (role clusterMonitor) it is measured.",
  'cores-for-load': (p) =>
    textOf(p, 'by') === 'load'
      ? `${count(p, 'vcores', 'vCore')} for a load that needs about ${count(p, 'wanted', 'core')} at its busiest${ofLoad(p)}.`
      : `${count(p, 'vcores', 'vCore')}, as the source has ${count(p, 'wanted', 'core')}; its load is not known.`,
  'cores-unknown': (p) => `${count(p, 'vcores', 'vCore')}: neither the load nor the cores of the source are known.`,
  'disk-holds-data': (p) =>
    `A disk of ${gib(p, 'gib')} takes ${bytesOf(p, 'bytes')} per shard without getting more than 70 % full.`,
  'disk-for-iops': (p) =>
    `A disk of ${gib(p, 'gib')} for its operations: ${countOf(p, 'iops')} per second are needed, the smaller one gives ${countOf(p, 'gives')}.`,
  'iops-need-premium-v2': (p) =>
    `${countOf(p, 'iops')} disk operations per second need Premium SSD v2 (${countOf(p, 'tierGives')} with ${textOf(p, 'tier')}), a preview without high availability; Premium SSD gives ${countOf(p, 'gives')}.`,
  'iops-beyond-tiers': (p) =>
    `${countOf(p, 'iops')} disk operations per second are more than ${textOf(p, 'tier')} gives with any disk: try it with your load first.`,
  'shards-for-size': (p) =>
    `${count(p, 'shards', 'shard')} for ${bytesOf(p, 'bytes')}: more than ${bytesOf(p, 'limitBytes')} should not be on one.`,
  'shards-for-memory': (p) =>
    `${count(p, 'shards', 'shard')}, as ${bytesOf(p, 'bytes')} are in use, more than the memory of one ${textOf(p, 'tier')}.`,
  'shards-for-cores': (p) =>
    `${count(p, 'shards', 'shard')}, as one ${textOf(p, 'tier')} has too few cores for the load.`,
  'too-many-shards': (p) => `${count(p, 'shards', 'shard')} would be needed, and a cluster has ${textOf(p, 'limit')}.`,
  'high-availability-on': () => 'With high availability: each shard has a standby that takes over.',
  'high-availability-off': () => 'Without high availability: a shard that fails is gone until it is back.',
  'burstable-enough': (p) => `${textOf(p, 'tier')} is a burstable tier: enough for a small load, not for a steady one.`,
  'larger-while-copying': (p) =>
    `${textOf(p, 'tier')} while the data is copied, then back to ${textOf(p, 'back')}: tiers change both ways without an interruption.`,
  'too-many-collections': (p) =>
    `${count(p, 'collections', 'collection')} are more than a cluster takes (${countOf(p, 'limit')}).`,
  'smaller-lacks-memory': (p) =>
    `Its ${gib(p, 'memoryGib')} of memory do not hold what is in use (${bytesOf(p, 'bytes')}).`,
  'smaller-lacks-cores': (p) =>
    `It has ${count(p, 'vcores', 'vCore')}, where about ${countOf(p, 'wanted')} are needed.`,
  'smaller-lacks-availability': (p) => `${textOf(p, 'tier')} has no high availability.`,
  'smaller-lacks-disk': (p) => `Its disk has ${gib(p, 'gib')} at most.`,
  'smaller-lacks-iops': (p) =>
    `It uses ${countOf(p, 'gives')} disk operations per second, where ${countOf(p, 'iops')} are needed.`,
  'smaller-would-do': () => 'It would do by these figures.',
  'larger-gives-memory': (p) => `It has ${gib(p, 'memoryGib')} of memory, where this one has ${gib(p, 'before')}.`,
  'larger-gives-cores': (p) => `It has ${count(p, 'vcores', 'vCore')}, where this one has ${countOf(p, 'before')}.`,
};

function gib(p: Params, name: string): string {
  return `${countOf(p, name)} GiB`;
}

/** One sentence for one reason of a vCore sizing or of an alternative to it. */
export function vcoreReasonSentence({ id, params }: Pick<Reason, 'id' | 'params'>): string {
  return lookUp<(p: Params) => string>(VCORE_REASONS, id)?.(params) ?? unknownId(id, params);
}
