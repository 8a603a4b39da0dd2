import { isRunning } from '../../core/model/run.js';
import type { CollectionSnapshot, RunSnapshot } from '../../core/model/run-snapshot.js';
import type { RunPageCollection, RunPageView } from '../../protocol/run-page.js';
import { formatCopiedBytes, formatCount, formatCountOf } from '../../words/sizes.js';
import type { Translate } from '../translate.js';

/** A page is sent whole twice a second; more rows than that are read by nobody. */
export const MOST_COLLECTIONS = 500;

/** In the plan's order while all fit; else those with something to tell come first. */
export function pageCollections(
  snapshot: RunSnapshot,
  t: Translate,
): Pick<RunPageView, 'collections' | 'collectionsNote'> {
  const all = snapshot.collections;
  const rows = (shown: readonly CollectionSnapshot[]): RunPageCollection[] =>
    shown.map((collection) => pageCollection(collection, snapshot, t));
  if (all.length <= MOST_COLLECTIONS) return { collections: rows(all) };
  const telling = all.filter(hasSomethingToTell);
  const quiet = all.filter((collection) => !hasSomethingToTell(collection));
  return {
    collections: rows([...telling, ...quiet].slice(0, MOST_COLLECTIONS)),
    collectionsNote: t(
      'The {0} with most to tell are shown; {1} more are in the report.',
      formatCount(MOST_COLLECTIONS),
      formatCount(all.length - MOST_COLLECTIONS),
    ),
  };
}

function hasSomethingToTell(collection: CollectionSnapshot): boolean {
  const { verified, deadLetters, conflicts, active } = collection;
  return (
    active === true ||
    deadLetters > 0 ||
    conflicts > 0 ||
    verified === 'running' ||
    verified === 'different' ||
    verified === 'unproven'
  );
}

function pageCollection(collection: CollectionSnapshot, run: RunSnapshot, t: Translate): RunPageCollection {
  const { ns, planned, copied, bytes, throttled, deadLetters } = collection;
  const state = stateOf(collection);
  return {
    ns,
    share: shareOf(collection, state),
    doneText: formatCount(state === 'verifying' ? (collection.compared ?? 0) : copied),
    plannedText: formatCount(planned),
    bytesText: formatCopiedBytes(bytes, copied),
    throttledText: formatCount(throttled),
    deadLettersText: formatCount(deadLetters),
    state,
    stateText: stateText(collection, state, run, t),
  };
}

/** Documents that were accounted for, in whichever way. */
function settled({ copied, deadLetters, conflicts }: CollectionSnapshot): number {
  return copied + deadLetters + conflicts;
}

function stateOf(collection: CollectionSnapshot): RunPageCollection['state'] {
  switch (collection.verified) {
    case 'running':
      return 'verifying';
    case 'equal':
    case 'different':
    case 'counts-only':
    case 'unproven':
      return collection.verified;
    case 'no':
      break;
  }
  if (collection.active === true) return 'copying';
  if (settled(collection) === 0) return 'waiting';
  return settled(collection) >= collection.planned ? 'copied' : 'copying';
}

function shareOf(collection: CollectionSnapshot, state: RunPageCollection['state']): number {
  if (state === 'waiting') return 0;
  const done = state === 'verifying' ? (collection.compared ?? 0) : settled(collection);
  if (collection.planned > 0) return Math.min(1, Math.max(0, done / collection.planned));
  return state === 'copying' || state === 'verifying' ? 0 : 1;
}

function stateText(
  collection: CollectionSnapshot,
  state: RunPageCollection['state'],
  run: RunSnapshot,
  t: Translate,
): string {
  switch (state) {
    case 'waiting':
      return isRunning(run.state) ? t('Waiting') : t('Not copied');
    case 'copying':
      if (!isRunning(run.state)) return t('Partly copied');
      return collection.checking === true ? t('Checking what is there') : t('Copying');
    case 'copied':
      return t('Copied, not verified yet');
    case 'verifying':
      return isRunning(run.state) ? t('Comparing') : t('Not compared to the end');
    case 'equal': {
      const { deadLetters } = collection;
      return deadLetters === 0
        ? t('Equal, byte for byte')
        : t('Equal but for {0}', formatCountOf(deadLetters, 'dead letter'));
    }
    case 'different':
      return t('Different: the report tells where');
    case 'counts-only':
      return t('Counts agree, contents not compared');
    case 'unproven':
      return t('Not proven: the report tells why');
  }
}
