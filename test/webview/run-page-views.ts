import type { RunPageCollection, RunPageView } from '../../src/protocol/run-page.js';

/** Noon of an ordinary day; the charts only look at differences. */
const NOW = Date.UTC(2025, 5, 2, 12);
const POINTS = 360;

function points(): RunPageView['points'] {
  return Array.from({ length: POINTS }, (_, index) => {
    const wave = Math.sin(index / 17) * 40 + Math.sin(index / 5) * 15;
    const warming = Math.min(1, index / 30);
    return {
      at: NOW - (POINTS - 1 - index) * 1000,
      documentsPerSecond: Math.round(warming * (760 + wave)),
      ruPerSecond: Math.round(warming * (9600 + wave * 5)),
      provisioned: index < 120 ? 6000 * warming + 4000 : 10_000,
      throttledPerSecond: index % 37 < 4 ? 3 + (index % 5) : 0,
    };
  });
}

function aCollection(
  ns: string,
  share: number,
  state: RunPageCollection['state'],
  stateText: string,
): RunPageCollection {
  const planned = 100_000 + ns.length * 3_517;
  return {
    ns,
    share,
    state,
    stateText,
    doneText: Math.round(planned * share).toLocaleString('en'),
    plannedText: planned.toLocaleString('en'),
    bytesText: `${Math.round(share * 320)} MB`,
    throttledText: state === 'copying' ? '412' : '0',
    deadLettersText: state === 'different' ? '2' : '0',
  };
}

const RUNNING: RunPageView = {
  revision: 1,
  runId: '20250602-115400-shop',
  title: 'Shop production → shop-cosmos',
  state: 'copying',
  stateText: 'Copying',
  tone: 'running',
  notes: [],
  share: 0.4237,
  figures: [
    { id: 'documents', label: 'Documents', value: '552,804', detail: 'of 1,304,675' },
    { id: 'rate', label: 'Rate', value: '778 /s', detail: '2.7 MB/s' },
    { id: 'left', label: 'Time left', value: '16 min', detail: '14 to 19' },
    { id: 'ru', label: 'RU/s used', value: '9,648', detail: 'of 10,000' },
    { id: 'throttled', label: 'Throttled', value: '1,204', detail: 'sent again' },
    { id: 'dead-letters', label: 'Dead letters', value: '0' },
  ],
  actions: [
    { id: 'pause', label: 'Pause', primary: true },
    { id: 'cancel', label: 'Cancel', primary: false },
    { id: 'terminal', label: 'Show Terminal', primary: false },
  ],
  collections: [
    aCollection('shop.products', 1, 'equal', 'Verified'),
    aCollection('shop.orders', 0.42, 'copying', 'Copying'),
    aCollection('shop.customers', 0, 'waiting', 'Waiting'),
    aCollection('audit.log', 1, 'different', '2 documents differ'),
    aCollection('shop.sessions', 1, 'unproven', 'Changed while it was copied'),
  ],
  points: points(),
  showsRu: true,
  commandLines: [
    'mongodump --config=<private file> --db=shop --collection=orders --archive',
    'mongorestore --config=<private file> --archive --nsInclude=shop.orders --batchSize=24',
  ],
};

export function aRunPageView(more: Partial<RunPageView> = {}): RunPageView {
  return { ...RUNNING, ...more };
}

export function manyCollections(count: number): readonly RunPageCollection[] {
  return Array.from({ length: count }, (_, index) =>
    aCollection(
      `tenant${String(index).padStart(4, '0')}.orders`,
      index % 3 === 0 ? 1 : 0.3,
      index % 3 === 0 ? 'equal' : 'copying',
      index % 3 === 0 ? 'Verified' : 'Copying',
    ),
  );
}

/** A run that ended well. */
export function aVerifiedRun(): RunPageView {
  return aRunPageView({
    revision: 2,
    state: 'completed',
    stateText: 'Verified: every document is on the target',
    tone: 'good',
    share: 1,
    notes: ['1,304,675 documents were read on both sides and are equal, byte for byte.'],
    actions: [{ id: 'report', label: 'Open Report', primary: true }],
    collections: RUNNING.collections.map((collection) => ({
      ...collection,
      share: 1,
      state: 'equal' as const,
      stateText: 'Verified',
    })),
  });
}
