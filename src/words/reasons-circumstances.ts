/** Words for reasons of time, network, people and sources of their own kind. */
import { countOf, durationOf, lookUp, numberOf, ruPerSecondOf, shortOf, textOf, type Params } from './params.js';
import { formatCountOf } from './sizes.js';

const SKILLS: Readonly<Record<string, string>> = {
  azure: 'Azure',
  spark: 'Spark',
  'command-line': 'the command line',
};
const collections = (p: Params): string => formatCountOf(numberOf(p, 'collections'), 'collection');
const skill = (p: Params): string => lookUp(SKILLS, textOf(p, 'skill')) ?? textOf(p, 'skill');

/** `kind`: how a kind of cluster is called. */
export const circumstances = (kind: (p: Params) => string) =>
  ({
    'speed-simulated': () =>
      'The hours of the direct copy are from a simulation of it: collection by collection, read as the copy reads and, where the target meters, each within its own throughput.',
    'simulated-spread-even': (p: Params) =>
      `The shard key of ${collections(p)} is taken to spread documents evenly, which nobody has looked at; at worst the fullest partition gets half as much again.`,
    'simulated-spread-measured': (p: Params) =>
      `How the shard key of ${collections(p)} spreads documents is from reading them.`,
    'fits-window': (p: Params) =>
      `Copy and check take about ${durationOf(p, 'expectedMs')}, at most ${durationOf(p, 'highMs')}: that fits into the ${durationOf(p, 'windowMs')} without writes.`,
    'may-exceed-window': (p: Params) =>
      `Copy and check take about ${durationOf(p, 'expectedMs')}, but up to ${durationOf(p, 'highMs')}, which is more than the ${durationOf(p, 'windowMs')} without writes.`,
    'exceeds-window': (p: Params) =>
      `Copy and check take about ${durationOf(p, 'expectedMs')}, which does not fit into the ${durationOf(p, 'windowMs')} without writes.`,
    'window-only-for-cutover': () =>
      'It follows changes, so that the time without writes is only needed for changing over.',
    'stops-so-many-writes': (p: Params) =>
      `The source takes about ${formatCountOf(Math.max(1, numberOf(p, 'writesPerSecond')), 'write')} a second: they have to stop or wait.`,
    'writes-outrun-target': (p: Params) =>
      `Following ${countOf(p, 'writesPerSecond')} writes a second takes more than half of the target's ${ruPerSecondOf(p, 'ruPerSecond')}: it may never catch up.`,
    'oplog-covers-copy': (p: Params) =>
      `The oplog reaches back ${durationOf(p, 'windowMs')}, well beyond the copy's ${durationOf(p, 'copyMs')}.`,
    'oplog-shorter-than-copy': (p: Params) =>
      `The oplog reaches back ${durationOf(p, 'windowMs')} and the copy takes about ${durationOf(p, 'copyMs')}: changes may be forgotten before they are followed. Make the oplog larger first.`,
    'need-oplog-for-copy': (p: Params) =>
      `An oplog that reaches back longer than the copy takes: up to ${durationOf(p, 'copyMs')}.`,
    'reachable-from-azure': () => 'Azure reaches the source.',
    'not-reachable-from-azure': () => 'Azure does not reach the source.',
    'not-reachable-from-here': () => 'This machine does not reach both sides.',
    'private-endpoint-needs-network': () =>
      'Behind a private endpoint it has to be joined to the network (peering or its own gateway), which takes setting up.',
    'need-machine-inside-network': () => 'A machine inside the network of the private endpoint.',
    'skill-there': (p: Params) => `You know ${skill(p)}.`,
    'skill-missing': (p: Params) => `It takes somebody who knows ${skill(p)}.`,
    'source-charges-for-reads': () =>
      "The source charges for reads: the copy uses the application's request units while it runs.",
    'source-kind-unverified': (p: Params) =>
      `No page of Microsoft's says that it reads from ${kind(p)}: try a small collection first.`,
    'need-change-streams-enabled': () =>
      'Change streams, which Amazon DocumentDB keeps off until they are enabled, and for three hours unless more is set, seven days at most.',
    'online-from-kind-unverified': (p: Params) =>
      `That it follows the changes of ${kind(p)} is confirmed nowhere: try it first.`,
    'atlas-shared-assumed': () =>
      'The source looks like a free or shared tier of Atlas (small, and its oplog cannot be read), which no reply says for certain.',
    'atlas-shared-no-oplog': () =>
      'A free or shared tier of Atlas shows no oplog, so that changes may not be followed: a dedicated tier does.',
    'atlas-shared-limits-transfer': () =>
      'A free or shared tier of Atlas limits operations a second, and a free one what is read in a week as well: the copy may be slowed down.',
    'jobs-of-few-collections': (p: Params) =>
      `A job takes ${countOf(p, 'collections')} collections: ${shortOf(p, 'jobs')} jobs are needed.`,
    'preview-for-target': () =>
      'For vCore it is offered as a preview: its public interface copies once, and Microsoft documents an extension of its own.',
  }) satisfies Readonly<Record<string, (params: Params) => string>>;
