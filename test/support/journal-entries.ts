/** What a run may write to its journal, in any order that makes sense. */
import fc from 'fast-check';
import { canBecome, type RunState } from '../../src/core/model/run.js';
import type { RangeSum } from '../../src/engine/journal/ranges.js';
import { NO_DOCUMENTS } from '../../src/engine/verify/document-sums.js';
import type { CopyCounters, JournalEntry } from '../../src/engine/journal/record.js';

const NAMESPACES = ['shop.orders', 'shop.lines', 'a.b'] as const;

const ns = fc.constantFrom(...NAMESPACES);
const count = fc.nat({ max: 9_999 });
const counters: fc.Arbitrary<CopyCounters> = fc.record({
  // A progress that says nothing new is not written to a file.
  acknowledged: fc.integer({ min: 1, max: 9_999 }),
  alreadyThere: count,
  conflicts: count,
  deadLettered: count,
  throttled: count,
  bytes: count,
  ru: count,
});
const sum: fc.Arbitrary<RangeSum> = fc.record({
  documents: count,
  bytes: count,
  skipped: count,
  lanes: fc.constant(NO_DOCUMENTS.lanes),
});
const id = fc.stringMatching(/^10[0-9a-f]{8}$/);

/** Progress comes often, the rest now and then, as in a run. */
const wish: fc.Arbitrary<JournalEntry> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ type: fc.constant('copy-progress' as const), ns, counters }) },
  {
    weight: 12,
    arbitrary: fc.record({
      type: fc.constant('range-progress' as const),
      ns,
      range: fc.nat({ max: 5 }),
      highWater: id,
      sum,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('range-done' as const), ns, range: fc.nat({ max: 5 }), sum }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('range-split' as const),
      ns,
      range: fc.nat({ max: 5 }),
      upper: id,
      into: fc.nat({ max: 5 }),
      bytes: count,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('ranges-planned' as const),
      ns,
      order: fc.constantFrom('by-id' as const, 'natural' as const),
      ranges: fc
        .array(fc.record({ lower: id, bytes: count }), { minLength: 1, maxLength: 4 })
        .map((ranges) => ranges.map((range, i) => ({ range: i, ...range }))),
    }),
  },
  fc.record({
    type: fc.constant('text-file' as const),
    ns,
    phase: fc.constantFrom('intent' as const, 'done' as const),
    path: fc.constant('/files/a.json'),
    documents: count,
    bytes: count,
  }),
  fc.record({ type: fc.constant('process' as const), pid: count, startTime: fc.constant('x') }),
  fc.record({
    type: fc.constant('collection-created' as const),
    ns,
    phase: fc.constantFrom('intent' as const, 'done' as const),
    existed: fc.boolean(),
  }),
  fc.record({
    type: fc.constant('index-fate' as const),
    ns,
    index: fc.constantFrom('a_1', 'b_1'),
    outcome: fc.record({ kind: fc.constant('failed' as const), code: count, message: fc.string() }),
  }),
  fc.record({
    type: fc.constant('dead-letters-retried' as const),
    ns,
    retry: fc.record({ sent: count, arrived: count, alreadyThere: count, refused: count }),
  }),
  fc.record({
    type: fc.constant('tool-exited' as const),
    tool: fc.string(),
    exitCode: fc.option(count),
    signal: fc.constant(null),
  }),
  fc.record({
    type: fc.constant('secret-file' as const),
    path: fc.constantFrom('/tmp/a', '/tmp/b'),
    present: fc.boolean(),
  }),
  fc.record({
    type: fc.constant('throughput' as const),
    budget: fc.constantFrom('shop.orders', 'shop.'),
    phase: fc.constantFrom('intent' as const, 'raised' as const, 'restored' as const),
    to: fc.constant({ kind: 'manual', ruPerSecond: 400 } as never),
    restoreTo: fc.constant({ kind: 'manual', ruPerSecond: 400 } as never),
  }),
  fc.record({
    type: fc.constant('verification' as const),
    ns,
    // What a verification says is never looked at.
    result: fc.record({
      kind: fc.constantFrom('equal', 'different'),
      evidence: fc.record({ documents: count }),
    }) as fc.Arbitrary<never>,
  }),
  fc.record({
    type: fc.constant('verdict' as const),
    verdict: fc.record({ state: fc.constant('failed-resumable' as const), reasons: fc.constant([]) }),
  }),
  fc.record({
    type: fc.constant('state' as const),
    state: fc.constantFrom<RunState>('preparing', 'copying', 'indexing', 'verifying', 'paused', 'failed-resumable'),
  }),
);

/** Without what a journal would refuse: steps that the state machine does not have, and ranges that were never planned. */
function possible(wishes: readonly JournalEntry[]): JournalEntry[] {
  let state: RunState = 'planned';
  const ranges = new Map<string, Set<number>>();
  return wishes.filter((entry) => {
    if (entry.type === 'state') {
      if (!canBecome(state, entry.state)) return false;
      state = entry.state;
    } else if (entry.type === 'ranges-planned') ranges.set(entry.ns, new Set(entry.ranges.map(({ range }) => range)));
    else if (entry.type === 'range-split') {
      const known = ranges.get(entry.ns);
      if (!known?.has(entry.range) || known.has(entry.into)) return false;
      known.add(entry.into);
    } else if (entry.type === 'range-progress' || entry.type === 'range-done')
      return ranges.get(entry.ns)?.has(entry.range) ?? false;
    return true;
  });
}

export function journalEntries(size: { minLength?: number; maxLength: number }): fc.Arbitrary<JournalEntry[]> {
  return fc.array(wish, { ...size, size: 'max' }).map(possible);
}
