/** How far the ranges of a run are. Kept in the run's folder, so that a later attempt asks for the same ranges and finds their markers. */
import { NO_COUNTS } from '../../core/model/counts.js';
import { MigrationError } from '../../core/model/error.js';
import { formatNamespace } from '../../core/model/namespace.js';
import type { RelayedCounts } from '../../engine/native-ports.js';
import type { CopyRange } from '../../handoff/data-factory/copy-range.js';
import type { RangeReport } from './data-factory-service.js';

/** Where the ledger is kept. */
export interface LedgerStore {
  /** Undefined before the first save. */
  load(): Promise<string | undefined>;
  /** Resolves when it would survive a crash; the old or the new text, never a part. */
  save(text: string): Promise<void>;
}

export interface RangeStatus extends CopyRange {
  /** `cut`: into narrower ones. `refused`: Data Factory did not bring it, as `message` says. */
  readonly state: 'open' | 'refused' | 'cut' | 'done';
  /** Documents that Data Factory, or this product itself, brought. */
  readonly copied?: number;
  readonly deadLetters?: number;
  readonly message?: string;
  /** The range of the plan that it is a part of; absent for those of the plan. */
  readonly root?: string;
}

interface LedgerFile {
  readonly version: 1;
  /** Counts the times that everything is copied anew. */
  readonly generation: number;
  readonly startedAt: number;
  readonly ranges: readonly RangeStatus[];
}

export class RangeLedger {
  readonly #store: LedgerStore;
  readonly #ranges: Map<string, RangeStatus>;
  /** Done before this attempt. */
  readonly #before: ReadonlySet<string>;
  #changed = false;
  readonly startedAt: number;
  readonly generation: number;

  private constructor(store: LedgerStore, file: LedgerFile) {
    this.#store = store;
    this.#ranges = new Map(file.ranges.map((range) => [range.id, range]));
    this.#before = new Set(file.ranges.flatMap(({ id, state }) => (state === 'done' ? [id] : [])));
    this.startedAt = file.startedAt;
    this.generation = file.generation;
  }

  /** As it was left; undefined where there is none. @throws MigrationError `bad-file`. */
  static async load(store: LedgerStore): Promise<RangeLedger | undefined> {
    const text = await store.load();
    if (text === undefined) return undefined;
    let file: LedgerFile;
    try {
      file = JSON.parse(text) as LedgerFile;
    } catch (cause) {
      throw new MigrationError('bad-file', { reason: 'data-factory-ranges' }, { cause });
    }
    const isWhole = (file.version as number) === 1 && Array.isArray(file.ranges);
    if (!isWhole) throw new MigrationError('bad-file', { reason: 'data-factory-ranges' });
    return new RangeLedger(store, file);
  }

  /** @throws MigrationError `internal` for two ranges of one name. */
  static async begin(
    store: LedgerStore,
    ranges: readonly CopyRange[],
    now: number,
    generation = 1,
  ): Promise<RangeLedger> {
    const open = ranges.map((range): RangeStatus => ({ ...range, state: 'open' }));
    if (new Set(open.map(({ id }) => id)).size < open.length)
      throw new MigrationError('internal', { reason: 'two-ranges-of-one-name' });
    const ledger = new RangeLedger(store, { version: 1, generation, startedAt: now, ranges: open });
    ledger.#changed = true;
    await ledger.save();
    return ledger;
  }

  /** Brings what has changed to the store. */
  async save(): Promise<void> {
    if (!this.#changed) return;
    this.#changed = false;
    const file: LedgerFile = {
      version: 1,
      generation: this.generation,
      startedAt: this.startedAt,
      ranges: [...this.#ranges.values()],
    };
    await this.#store.save(`${JSON.stringify(file)}\n`);
  }

  /** Those of the plan, in their order. */
  roots(): readonly CopyRange[] {
    return [...this.#ranges.values()]
      .filter(({ root }) => root === undefined)
      .map(({ id, source, target, bounds, documents }) => ({ id, source, target, bounds, documents }));
  }

  /** Namespaces of the target that it knows ranges of. */
  namespaces(): ReadonlySet<string> {
    return new Set([...this.#ranges.values()].map(({ target }) => formatNamespace(target)));
  }

  /** Ranges of collections that were not there before. */
  async add(ranges: readonly CopyRange[]): Promise<void> {
    for (const range of ranges) this.#set({ ...range, state: 'open' });
    await this.save();
  }

  /** Of the given namespaces of the target. */
  in(state: RangeStatus['state'], namespaces: ReadonlySet<string>): readonly RangeStatus[] {
    return [...this.#ranges.values()].filter(
      (range) => range.state === state && namespaces.has(formatNamespace(range.target)),
    );
  }

  /** Whether anything has changed. What is done stays done: a later word of an earlier failure says nothing. */
  report(reports: readonly RangeReport[]): boolean {
    let isNews = false;
    for (const report of reports) {
      const range = this.#ranges.get(report.range);
      if (!range || range.state === 'done' || range.state === 'cut') continue;
      if (report.kind !== 'refused') this.done(report.range, report.documents, 0);
      else if (range.state === 'refused') continue;
      else this.#set({ ...range, state: 'refused', message: report.message });
      isNews = true;
    }
    return isNews;
  }

  done(id: string, copied: number, deadLetters: number): void {
    const range = this.#ranges.get(id);
    if (range) this.#set({ ...range, state: 'done', copied, deadLetters });
  }

  cut(range: RangeStatus, parts: readonly CopyRange[]): void {
    this.#set({ ...range, state: 'cut' });
    for (const part of parts) {
      const empty = part.documents === 0;
      const state = empty ? ({ state: 'done', copied: 0 } as const) : ({ state: 'open' } as const);
      this.#set({ ...part, ...state, root: range.root ?? range.id });
    }
  }

  /** What was refused earlier is tried again. */
  reopen(): void {
    for (const range of this.#ranges.values()) if (range.state === 'refused') this.#set({ ...range, state: 'open' });
  }

  #set(range: RangeStatus): void {
    this.#ranges.set(range.id, range);
    this.#changed = true;
  }

  /** What this attempt has brought, and what earlier ones had. */
  counts(): readonly RelayedCounts[] {
    const counts = new Map<string, RelayedCounts>();
    for (const { id, target, state, copied = 0, deadLetters = 0 } of this.#ranges.values()) {
      if (state !== 'done') continue;
      const ns = formatNamespace(target);
      // Bytes and request units are not told by Data Factory.
      const sum = counts.get(ns) ?? { ns: target, ...NO_COUNTS };
      const earlier = this.#before.has(id);
      counts.set(ns, {
        ...sum,
        acknowledged: sum.acknowledged + (earlier ? 0 : copied),
        alreadyThere: sum.alreadyThere + (earlier ? copied : 0),
        deadLettered: sum.deadLettered + (earlier ? 0 : deadLetters),
      });
    }
    return [...counts.values()];
  }
}
