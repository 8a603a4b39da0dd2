/** What is found of the source, its names, what is no ordinary collection, and of moving it while it is written to. */
import { methodNameOf } from './methods.js';
import { bytesOf, durationOf, textOf, type Params } from './params.js';
import { clusterKind } from './cluster-kinds.js';

export const SOURCE_FINDINGS: Readonly<Record<string, (params: Params) => string>> = {
  'view-unsupported': () =>
    'A view: RU accounts list none among what they support, so it stays behind. It has no documents of its own.',
  'view-recreated': () => 'A view: it is made again from its definition after the data.',
  'timeseries-unsupported': () => 'A time series: the target has none, so it stays behind.',
  'timeseries-not-carried': () =>
    'A time series: it cannot be copied and checked document by document, so it stays behind.',
  'name-refused': (p) =>
    textOf(p, 'why') === 'name-too-long'
      ? 'Its name is too long for the target.'
      : 'Its name has a character that the target refuses.',
  'name-risky': () =>
    'Its name has spaces or special characters, which Azure advises against. It is passed on as it is.',
  'database-names-collide': (p) =>
    `Databases whose names differ in upper and lower case only (${textOf(p, 'databases')}): the target takes them for one.`,
  'ttl-on-source': (p) =>
    `The source may expire documents while they are copied (by ${textOf(p, 'by')}): those that were copied before stay on the target, and the check tells of them.`,
  'source-too-old': (p) =>
    `The source is MongoDB ${textOf(p, 'version')}; the oldest that can be read is ${textOf(p, 'oldest')}.`,
  'source-too-new-for-service': (p) =>
    `The source is MongoDB ${textOf(p, 'version')}; ${methodNameOf(textOf(p, 'method'))} reads up to ${textOf(p, 'newest')} for an RU account.`,
  'source-kind-refused-by-service': (p) =>
    `${methodNameOf(textOf(p, 'method'))} takes no ${clusterKind(textOf(p, 'kind'))} as a source.`,
  'namespace-unreadable': (p) => `It could not be read: ${textOf(p, 'message')} (${textOf(p, 'code')}).`,
  'online-standalone': () =>
    'The source is a server by itself and keeps no oplog, so what changes during the copy cannot be followed.',
  'online-oplog-too-short': (p) =>
    `The oplog reaches back ${durationOf(p, 'windowMs')}, and the copy is expected to take ${durationOf(p, 'expectedMs')}: changes would be gone before they can be applied.`,
  'online-oplog-tight': (p) =>
    `The oplog reaches back ${durationOf(p, 'windowMs')}, and the copy is expected to take ${durationOf(p, 'expectedMs')}: a busy day or a pause would use that up.`,
  'online-deletes-unseen': () =>
    'The source is an RU account, whose change streams do not tell of deletes: documents that are deleted during the move stay on the target.',
  'online-change-log-small': (p) =>
    `The source is a vCore cluster, which keeps ${bytesOf(p, 'limitBytes')} of changes, and follows them on one shard only unless a preview is on: a copy that takes longer loses some.`,
};
