import type { ReasonId } from '../core/advise/reason-ids.js';
import type { Reason } from '../core/model/method.js';
import {
  bytesOf,
  countOf,
  durationOf,
  lookUp,
  numberOf,
  ruOf,
  ruPerSecondOf,
  textOf,
  unknownId,
  type Params,
} from './params.js';
import { clusterKind } from './cluster-kinds.js';
import { circumstances } from './reasons-circumstances.js';
import { formatCountOf } from './sizes.js';
import { CHARGE_TABLE } from './sizing.js';

const rateOfDocuments = (p: Params, name: string): string => `${formatCountOf(numberOf(p, name), 'document')}/s`;
const collections = (p: Params): string => formatCountOf(numberOf(p, 'collections'), 'collection');

const SENTENCES: Readonly<Record<ReasonId, (params: Params) => string>> = {
  ...circumstances((p) => clusterKind(textOf(p, 'kind'))),
  'size-in-band': (p) => `${bytesOf(p, 'sizeBytes')} is the size that this method is advised for.`,
  'size-above-band': (p) =>
    `${bytesOf(p, 'sizeBytes')} is more than this method is advised for (up to ${bytesOf(p, 'limitBytes')}).`,
  'size-below-band': (p) =>
    `${bytesOf(p, 'sizeBytes')} is little for this method, which is meant for ${bytesOf(p, 'limitBytes')} and more.`,
  'relay-absorbs-throttling': () =>
    'When the target refuses documents because its throughput is used up, they are sent again until all are in.',
  'throttling-left-to-service': () => 'How refused documents are sent again is up to the service.',
  'bytes-kept': () => 'Every document arrives byte for byte as it was.',
  'bytes-may-change': (p) =>
    textOf(p, 'format') === 'csv'
      ? 'CSV keeps only the fields that are listed, and no types: dates and numbers come back as guesses.'
      : 'JSON text changes a few rare values: NaN, text that is no UTF-8, and documents that look like Extended JSON. The check finds each.',
  'text-files-wanted': (p) => `It gives the ${textOf(p, 'format').toUpperCase()} files that you asked for.`,
  'text-files-not-wanted': () => 'It goes by way of text, which nobody asked for.',
  'gives-no-text-files': (p) => `It leaves no ${textOf(p, 'format').toUpperCase()} files behind.`,
  'works-online': () => 'The source can be written to while the data moves.',
  'online-needs-replica-set': () =>
    'Following changes needs a replica set, and this source is a single server: writes would have to stop after all.',
  'writes-must-stop': () => 'The source must not be written to while the data moves, which you wanted to avoid.',
  'resumes-where-it-stopped': () => 'A run that was stopped goes on where it stopped.',
  'resumes-within-ranges': () =>
    'A run that was stopped goes on in the middle of a collection: at most a second of work is done again.',
  'reads-some-in-one-go': (p) =>
    `${capital(collections(p))} (capped, clustered or with a collation of ${numberOf(p, 'collections') === 1 ? 'its' : 'their'} own) can only be read from the start to the end: stopped in the middle, ${numberOf(p, 'collections') === 1 ? 'it is' : 'each is'} read from the start again.`,
  'source-knows-no-ranges': () =>
    'This kind of source does not read parts of a collection: each is read by one connection, and from the start again after a stop.',
  'checks-the-target-only': () =>
    'The check reads the target alone: the digests of the source are taken while it is copied.',
  'needs-no-other-program': () => 'It needs no other program on this machine.',
  'faster-than-the-tools': () =>
    'It was faster than mongodump and mongorestore wherever both were measured side by side; a trial of 5 seconds says how fast it is here.',
  'starts-again-when-stopped': () =>
    'A run that was stopped reads its collections from the start again, which takes long at this size.',
  'sets-large-documents-aside': (p) =>
    `Documents too large for the target (seen in ${collections(p)}) are kept aside; everything else arrives.`,
  'stops-at-large-documents': (p) =>
    `Documents too large for the target were seen in ${collections(p)}, and this method has no place to put them aside.`,
  'mixed-id-types-kept': (p) => `Mixed types of _id (seen in ${collections(p)}) are no problem for it.`,
  'bound-to-one-machine': () => 'It runs on one machine, which is slow at this size.',
  'runs-beside-the-target': () => 'It runs in Azure, near the target.',
  'setup-in-azure': () => 'It needs resources in Azure to be set up, and paid for, first.',
  'source-version-unverified': (p) =>
    `The source is MongoDB ${textOf(p, 'version')}; Microsoft's page on migrating to an RU account names versions up to ${textOf(p, 'newest')}. The connector for newer ones is used: try a small collection first.`,
  'reads-newer-from-dump': (p) =>
    `The source is MongoDB ${textOf(p, 'version')}; this service reads servers up to ${textOf(p, 'newest')} for an RU account, and newer ones from a dump in a blob container.`,
  'source-version-too-old': (p) =>
    `The source is MongoDB ${textOf(p, 'version')}; ${textOf(p, 'oldest')} is the oldest that this method can read.`,
  'source-kind-unsupported': (p) => `It takes no ${clusterKind(textOf(p, 'kind'))} as a source.`,
  'target-kind-unsupported': (p) => `It does not write to a ${clusterKind(textOf(p, 'kind'))} target.`,
  'serverless-unsupported': () => 'It does not write to serverless accounts.',
  'sink-unverified': () =>
    "No page of Microsoft's names a connector that writes to vCore: try a small collection first.",
  'studio-owned': () => 'You own Studio 3T.',
  'studio-not-owned': () => 'You did not say that you own Studio 3T.',
  'done-by-hand': () => 'You start and watch the copy yourself; only the check afterwards is ours.',
  'slower-than-binary': () =>
    'Text takes several times the computing of the binary tools, which tells where the target could take more.',
  'need-database-tools': () => 'The MongoDB Database Tools.',
  'need-write-stop': () => 'A stop of all writes to the source, from the start of the copy to the end of the check.',
  'need-machine-that-stays-on': () => 'A machine that reaches both sides and stays on until the end.',
  'need-disk-space': (p) => `Disk space for the files: ${bytesOf(p, 'sizeBytes')} or more.`,
  'need-studio-3t': () => 'Studio 3T on this machine.',
  'need-dump-in-blob': () => 'A dump of the source in a blob container, made while nothing writes.',
  'need-dms-service': () => 'An Azure Database Migration Service in a virtual network.',
  'need-data-factory': () => 'An Azure Data Factory, with an integration runtime that reaches the source.',
  'need-storage-account': () => 'An Azure storage account for checkpoints.',
  'need-databricks': () => 'An Azure Databricks workspace.',
  'need-network-to-azure': () => 'A network path from Azure to the source.',
  'need-change-streams': () => 'A source that offers change streams.',
  'charge-by-published-table': () => CHARGE_TABLE,
  'one-term-per-index': () => 'Each index is taken for one entry per document; arrays make more.',
  'terms-by-scan': () => 'Sizes and index entries are those that the data scan has counted.',
  'charge-measured': (p) => `Request units are from a measurement: ${ruOf(p, 'ruPerDocument')} per document.`,
  'speed-measured-elsewhere': (p) =>
    p['documents'] === undefined
      ? 'Speed was measured on a small machine; yours will differ.'
      : `Speed: ${paceText(p)}, from ${durationOf(p, 'startMs')} after the start. The high one is about what a machine of 2 cores did, the others leave room for a network; yours will differ.`,
  'speed-judged': (p) =>
    p['documents'] === undefined
      ? 'Speed is judged, not measured: nothing reliable is published.'
      : `Speed: ${paceText(p)}, from ${durationOf(p, 'startMs')} after the start; judged, as nothing reliable is published.`,
  'speed-measured-here': (p) =>
    `Measured here: ${formatCountOf(numberOf(p, 'seconds'), 'second')} of direct copy from ${textOf(p, 'ns')} into a collection of its own moved ${rateOfDocuments(p, 'documentsPerSecond')} (${rateOfDocuments(p, 'low')} to ${rateOfDocuments(p, 'high')}), ${bytesOf(p, 'bytesPerSecond')}/s.`,
  'reading-measured-here': (p) =>
    `Measured here: ${formatCountOf(numberOf(p, 'seconds'), 'second')} of reading ${textOf(p, 'ns')} gave ${rateOfDocuments(p, 'documentsPerSecond')} (${rateOfDocuments(p, 'low')} to ${rateOfDocuments(p, 'high')}), ${bytesOf(p, 'bytesPerSecond')}/s. How fast the target writes is assumed.`,
  'trial-held-by-request-units': () =>
    'In the trial the scratch collection had little throughput, so that its speed of writing says nothing; what the documents cost was measured.',
  'trial-too-short': (p) =>
    `The trial with ${textOf(p, 'ns')} was over in ${durationOf(p, 'ms')}: too short to say how fast a longer copy is.`,
  'bound-by-throughput': (p) =>
    p['of'] === undefined
      ? `The target's ${ruPerSecondOf(p, 'ruPerSecond')} sets the pace: more of it is faster.`
      : `The target's throughput sets the pace. A copy gets ${ruPerSecondOf(p, 'ruPerSecond')} of ${ruPerSecondOf(p, 'of')} on average: what one collection or database leaves unused is no help to the others. More where the slowest one is written is faster.`,
  'bound-by-copying': () => "Reading and sending sets the pace, not the target's throughput.",
  'throughput-unknown': () => "The target's throughput is not known: the hours hold only if it keeps up.",
  'bands-by-microsoft': (p) =>
    `Sizes by Microsoft's guidance: native tools below ${bytesOf(p, 'nativeBytes')}, services below ${bytesOf(p, 'servicesBytes')}, Spark beyond.`,
  'bands-by-settings': (p) =>
    `Sizes by your settings: native tools below ${bytesOf(p, 'nativeBytes')}, services below ${bytesOf(p, 'servicesBytes')}, Spark beyond.`,
};

/** `60,000 documents or 60 MB a second, whichever is slower (15,000 to 150,000; 10 MB to 110 MB)`. */
export function paceText(p: Params): string {
  return (
    `${formatCountOf(numberOf(p, 'documents'), 'document')} or ${bytesOf(p, 'bytes')} a second, whichever is slower ` +
    `(${countOf(p, 'documentsLow')} to ${countOf(p, 'documentsHigh')}; ${bytesOf(p, 'bytesLow')} to ${bytesOf(p, 'bytesHigh')})`
  );
}

/** A reason, a need or an assumption of a recommendation. Never fails: an unknown id is shown as it is. */
export function sentenceFor(reason: Pick<Reason, 'id' | 'params'>): string {
  const sentence = lookUp(SENTENCES, reason.id);
  return sentence ? sentence(reason.params) : unknownId(reason.id, reason.params);
}

/** A need as a part of a sentence: `a machine that stays on`. Names keep their capitals. */
export function needPhrase(need: Pick<Reason, 'id' | 'params'>): string {
  return sentenceFor(need)
    .replace(/\.$/, '')
    .replace(/^(The|An?|Disk) /, (word) => word.toLowerCase());
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
