import { CARRIED_OUT } from '../../../core/advise/advise.js';
import type { MethodId } from '../../../core/model/method.js';
import { formatNamespace, isSelected } from '../../../core/model/namespace.js';
import { HANDOFF_FIELDS } from '../../../core/plan/handoff-fields.js';
import { ACCOUNT_CAPABILITIES } from '../../../core/plan/target.js';
import type { WizardIntent } from '../../../protocol/wizard.js';
import { resetTuning, setCollectionThroughput, setThroughput, setTuning } from './change-tuning.js';
import { withWindow, withWish } from './change-wishes.js';
import { isReachable, nearestReachable } from './reach.js';
import { selectable } from './selection.js';
import {
  isThere,
  type Given,
  type Measurement,
  type Problem,
  type SourceReading,
  type TargetReading,
  type Tried,
  type WizardState,
} from './wizard-state.js';
import { without } from './without.js';

/** What the world answered, and what was found out about it. */
export type WizardEvent =
  | { readonly type: 'source-read'; readonly reading: SourceReading }
  | { readonly type: 'target-read'; readonly reading: TargetReading }
  | { readonly type: 'measured'; readonly measured: Measurement }
  | { readonly type: 'tried'; readonly tried: Tried }
  | { readonly type: 'given'; readonly given: Given }
  | { readonly type: 'failed'; readonly problem: Problem }
  | { readonly type: 'problem-over' }
  | { readonly type: 'saved'; readonly path: string; readonly planId: string }
  /** A saved cluster was removed, or leads elsewhere now. */
  | { readonly type: 'cluster-gone'; readonly id: string }
  | { readonly type: 'cluster-moved'; readonly id: string };

/**
 * The next state. Intents that make no sense now (a name that is not there, a step that cannot be gone to) change nothing. What has to be done in the world for an
 * intent is the session's business: saving, starting, reading.
 */
export function reduce(state: WizardState, event: WizardIntent | WizardEvent): WizardState {
  switch (event.type) {
    case 'go':
      return isReachable(state, event.step) ? { ...state, step: event.step } : state;
    case 'choose-cluster':
      return inReach(event.role === 'source' ? withSource(state, event.id) : withTarget(state, event.id));
    case 'select':
      return inReach(select(state, new Set(event.namespaces), event.selected));
    case 'select-by-size':
      return inReach(selectBySize(state, event.atMostBytes));
    case 'rename':
      return inReach(rename(state, event.ns, event.to));
    case 'set-shard-key':
      return setShardKey(state, event.ns, event.path);
    case 'leave-index-out':
      return leaveIndexOut(state, event.ns, event.index, event.leftOut);
    case 'keep-aside':
      return keepAside(state, event.ns, event.aside);
    case 'set-wish':
      return { ...state, wishes: withWish(state.wishes, event.id, event.value), consent: false };
    case 'set-window':
      return { ...state, wishes: withWindow(state.wishes, event.hours), consent: false };
    case 'choose-method':
      return CARRIED_OUT.has(event.id as MethodId) ? { ...state, method: event.id as MethodId, consent: false } : state;
    case 'set-handoff':
    case 'reset-handoff':
      return setHandoff(state, event.field, event.type === 'set-handoff' ? event.value.trim() : undefined);
    case 'set-tuning':
      return setTuning(state, event.field, event.value);
    case 'reset-tuning':
      return resetTuning(state, event.field);
    case 'set-throughput':
      return setThroughput(state, event.value);
    case 'set-collection-throughput':
      return setCollectionThroughput(state, event.ns, event.kind, event.ruPerSecond);
    case 'set-capability':
      return setCapability(state, event.id, event.on);
    case 'set-conflicts':
      return { ...state, conflictPolicy: event.value };
    case 'set-verification':
      return { ...state, verification: event.value };
    case 'set-read-preference':
      return { ...state, readPreference: event.value };
    case 'consent':
      return { ...state, consent: event.given };
    case 'source-read':
      return sourceRead(state, event.reading);
    case 'target-read':
      return event.reading.clusterId === state.targetId ? inReach(targetRead(state, event.reading)) : state;
    case 'measured':
      return { ...without(state, 'problem'), measured: event.measured };
    case 'tried':
      return { ...without(state, 'problem'), tried: event.tried };
    case 'given':
      return { ...without(state, 'problem'), given: event.given };
    case 'failed':
      return { ...state, problem: event.problem };
    case 'problem-over':
      return without(state, 'problem');
    case 'saved':
      return { ...without(state, 'problem'), saved: { path: event.path, planId: event.planId } };
    case 'cluster-gone':
      return inReach(clusterGone(state, event.id));
    case 'cluster-moved':
      return inReach(clusterMoved(state, event.id));
    case 'ready':
    case 'add-cluster':
    case 'reread':
    case 'read-all':
    case 'measure-charge':
    case 'try-copy':
    case 'save-plan':
    case 'copy-command-lines':
    case 'start':
    case 'assess':
    case 'cancel-busy':
    case 'open-link':
      return state;
  }
}

function inReach(state: WizardState): WizardState {
  const step = nearestReachable(state);
  return step === state.step ? state : { ...state, step };
}

function withSource(state: WizardState, id: string): WizardState {
  if (id === state.sourceId) return state;
  const read = without(state, 'source', 'selected', 'measured', 'tried', 'given', 'saved', 'openedFrom', 'problem');
  const rest = state.sourceId === undefined ? read : without(read, 'leftOutIndexes', 'keptAside');
  // What the wizard was opened with belongs to the source it was opened for.
  const kept = state.sourceId === undefined ? rest : without(rest, 'wanted', 'transforms');
  return { ...kept, sourceId: id, renames: {}, shardKeys: {}, collectionThroughput: {}, consent: false };
}

/** Numbers that were typed speak of the target that was there: throughput, charge, latency. */
function withTarget(state: WizardState, id: string): WizardState {
  if (id === state.targetId) return state;
  const rest = without(state, 'target', 'measured', 'tried', 'given', 'saved', 'problem');
  return {
    ...rest,
    targetId: id,
    ...(state.targetId === undefined
      ? {}
      : { tuning: {}, refused: {}, throughput: 'unsaid' as const, collectionThroughput: {}, capabilities: [] }),
    consent: false,
  };
}

/** What Azure has said of the account's switches counts until somebody says otherwise. */
function targetRead(state: WizardState, reading: TargetReading): WizardState {
  const isFirst = state.target?.clusterId !== reading.clusterId && state.capabilities.length === 0;
  const known = isFirst ? ACCOUNT_CAPABILITIES.filter((name) => reading.azure?.capabilities.includes(name)) : [];
  return { ...state, target: reading, ...(known.length > 0 ? { capabilities: known } : {}), consent: false };
}

function clusterGone(state: WizardState, id: string): WizardState {
  const one = state.sourceId === id ? without(state, 'sourceId', 'source', 'selected', 'measured', 'tried') : state;
  return one.targetId === id ? without(one, 'targetId', 'target', 'measured', 'tried', 'given') : one;
}

/** What was chosen stays; what was read is of another cluster. */
function clusterMoved(state: WizardState, id: string): WizardState {
  const one = state.source?.clusterId === id ? without(state, 'source', 'measured', 'tried') : state;
  return one.target?.clusterId === id ? without(one, 'target', 'measured', 'tried', 'given') : one;
}

function select(state: WizardState, names: ReadonlySet<string>, selected: boolean): WizardState {
  if (!state.source) return state;
  const before = new Set(state.selected);
  const next = selectable(state.source.inventory)
    .map((c) => formatNamespace(c.ns))
    .filter((name) => (names.has(name) ? selected : before.has(name)));
  return { ...state, selected: next, consent: false };
}

/** Views have no size of their own: they stay as they are. */
function selectBySize(state: WizardState, atMostBytes: number): WizardState {
  if (!state.source) return state;
  const before = new Set(state.selected);
  const next = selectable(state.source.inventory)
    .filter((c) => (c.type === 'view' ? before.has(formatNamespace(c.ns)) : c.logicalBytes <= atMostBytes))
    .map((c) => formatNamespace(c.ns));
  return { ...state, selected: next, consent: false };
}

function rename(state: WizardState, from: string, to: string): WizardState {
  if (!isThere(state, from)) return state;
  const others = Object.entries(state.renames).filter(([name]) => name !== from);
  const renames = Object.fromEntries(to === from || to === '' ? others : [...others, [from, to]]);
  return { ...state, renames, consent: false };
}

function setShardKey(state: WizardState, ns: string, path: string): WizardState {
  if (!isThere(state, ns)) return state;
  const others = Object.entries(state.shardKeys).filter(([name]) => name !== ns);
  return { ...state, shardKeys: Object.fromEntries(path === '' ? others : [...others, [ns, path]]), consent: false };
}

function leaveIndexOut(state: WizardState, ns: string, index: string, leftOut: boolean): WizardState {
  const facts = state.source?.inventory.collections.find((c) => formatNamespace(c.ns) === ns);
  if (!facts?.indexes.some(({ name }) => name === index)) return state;
  const own = (state.leftOutIndexes?.[ns] ?? []).filter((name) => name !== index);
  const names = leftOut ? [...own, index] : own;
  const others = Object.entries(state.leftOutIndexes ?? {}).filter(([name]) => name !== ns);
  const entries = names.length > 0 ? [...others, [ns, names] as const] : others;
  return { ...state, leftOutIndexes: Object.fromEntries(entries), consent: false };
}

function keepAside(state: WizardState, ns: string, aside: boolean): WizardState {
  if (!isThere(state, ns)) return state;
  const others = Object.entries(state.keptAside ?? {}).filter(([name]) => name !== ns);
  return { ...state, keptAside: Object.fromEntries(aside ? [...others, [ns, 0]] : others), consent: false };
}

function setCapability(state: WizardState, id: string, on: boolean): WizardState {
  const capabilities = ACCOUNT_CAPABILITIES.filter((name) => (name === id ? on : state.capabilities.includes(name)));
  return { ...state, capabilities, consent: false };
}

function setHandoff(state: WizardState, id: string, value: string | undefined): WizardState {
  const field = HANDOFF_FIELDS.find((known) => known === id);
  if (field === undefined) return state;
  const others = without(state.handoff ?? {}, field);
  return { ...state, handoff: value === undefined ? others : { ...others, [field]: value }, consent: false };
}

/** On the first reading what was wanted is selected; on a later one what was selected stays, and what is new joins where all was selected. */
function sourceRead(state: WizardState, reading: SourceReading): WizardState {
  if (reading.clusterId !== state.sourceId) return state;
  const names = selectable(reading.inventory).map((c) => ({ ns: c.ns, name: formatNamespace(c.ns) }));
  const known = new Set(state.source ? selectable(state.source.inventory).map((c) => formatNamespace(c.ns)) : []);
  const hadAll = known.size > 0 && state.selected?.length === known.size && state.wanted === undefined;
  const wanted = { include: state.wanted ?? [], exclude: [], rename: [] };
  const kept = state.selected === undefined ? undefined : new Set(state.selected);
  const selected = names
    .filter(({ ns, name }) =>
      kept === undefined ? isSelected(wanted, ns) : kept.has(name) || (hadAll && !known.has(name)),
    )
    .map(({ name }) => name);
  return inReach({ ...without(state, 'problem'), source: reading, selected, consent: false });
}
