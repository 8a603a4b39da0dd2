import { existsSync, watch, type FSWatcher } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Disposable } from 'vscode';
import type { RunList } from '../adapters.js';
import type { RunInfo, RunStore } from '../services.js';
import { ChangeEvent } from './change-event.js';
import { isOver } from './run-figures.js';

/** File systems without change notices, and processes that die without writing anything, are noticed within this. */
const POLL_MS = 2_000;
/** One change of a run touches several files within a moment. */
const SETTLE_MS = 250;
/** Folders of runs that may go on are watched one by one; of a great many the newest are enough. */
const MOST_WATCHED = 20;

export interface RunStoreDeps {
  /** Folder of the runs, as the settings say now. */
  readonly root: () => string;
  /** Loads what reads runs; called only once there is a run to read. */
  readonly openList: (root: string) => Promise<RunList>;
  readonly onFailure: (error: unknown) => void;
  readonly pollMs?: number;
}

/** Follows the folder of the runs, whoever works on them. Without a live run and without anybody who looks on it has no timer. */
export class FollowedRuns implements RunStore {
  readonly #deps: RunStoreDeps;
  readonly #changes = new ChangeEvent();
  #runs: readonly RunInfo[] = [];
  #opened: { readonly root: string; readonly list: RunList } | undefined;
  #reading: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #lookers = 0;
  #poll: NodeJS.Timeout | undefined;
  #settle: NodeJS.Timeout | undefined;
  readonly #watchers = new Map<string, FSWatcher>();
  #lastFailure: string | undefined;
  #loaded = false;
  #disposed = false;

  constructor(deps: RunStoreDeps) {
    this.#deps = deps;
  }

  readonly onDidChange = this.#changes.event;

  list(): readonly RunInfo[] {
    return this.#runs;
  }

  get(runId: string): RunInfo | undefined {
    return this.#runs.find((run) => run.runId === runId);
  }

  /** What is true after the call, even where a look was under way already. */
  refresh(): Promise<void> {
    if (this.#disposed) return Promise.resolve();
    if (this.#reading === undefined) {
      this.#reading = this.#read().finally(() => (this.#reading = undefined));
      return this.#reading;
    }
    this.#next ??= this.#reading.then(() => {
      this.#next = undefined;
      return this.refresh();
    });
    return this.#next;
  }

  watch(): Disposable {
    this.#lookers += 1;
    void this.refresh();
    let watching = true;
    return {
      dispose: () => {
        if (!watching) return;
        watching = false;
        this.#lookers -= 1;
        this.#follow();
      },
    };
  }

  dispose(): void {
    this.#disposed = true;
    clearInterval(this.#poll);
    clearTimeout(this.#settle);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  async #read(): Promise<void> {
    const root = this.#deps.root();
    try {
      const runs = await this.#runsIn(root);
      this.#lastFailure = undefined;
      this.#take(runs);
    } catch (error) {
      this.#tellOnce(error);
      this.#take([]);
    }
    this.#follow();
  }

  async #runsIn(root: string): Promise<readonly RunInfo[]> {
    if (this.#opened?.root !== root) {
      this.#opened = undefined;
      if (!(await hasEntries(root))) return [];
      this.#opened = { root, list: await this.#deps.openList(root) };
    }
    return this.#opened.list.read();
  }

  /** A folder that cannot be read is the same news every other second. */
  #tellOnce(error: unknown): void {
    const text = String(error);
    if (text === this.#lastFailure) return;
    this.#lastFailure = text;
    this.#deps.onFailure(error);
  }

  #take(runs: readonly RunInfo[]): void {
    if (this.#disposed) return;
    const before = this.#runs;
    const changed =
      !this.#loaded ||
      runs.length !== before.length ||
      runs.some((run, place) => run !== before[place] && whatShows(run) !== whatShows(before[place]));
    this.#runs = runs;
    this.#loaded = true;
    if (changed) this.#changes.fire(this.#deps.onFailure);
  }

  /** Puts timer and watchers in step with what is there now. */
  #follow(): void {
    if (this.#disposed) return;
    const needsPoll = this.#lookers > 0 || this.#runs.some((run) => run.alive);
    if (needsPoll) {
      this.#poll ??= setInterval(() => void this.refresh(), this.#deps.pollMs ?? POLL_MS);
    } else {
      clearInterval(this.#poll);
      this.#poll = undefined;
    }
    const open = this.#runs.filter((run) => run.alive || !isOver(run.snapshot.state)).slice(0, MOST_WATCHED);
    const wanted = new Set([nearestFolder(this.#deps.root()), ...open.map((run) => run.path)]);
    for (const [path, watcher] of this.#watchers) {
      if (wanted.has(path)) continue;
      watcher.close();
      this.#watchers.delete(path);
    }
    for (const path of wanted) this.#watchFolder(path);
  }

  #watchFolder(path: string): void {
    if (this.#watchers.has(path)) return;
    const end = (watcher: FSWatcher): void => {
      watcher.close();
      if (this.#watchers.get(path) === watcher) this.#watchers.delete(path);
    };
    try {
      const watcher = watch(path, { persistent: false }, () => this.#soon());
      // Removed, or out of watches: the poll and the next change of the parent go on.
      watcher.on('error', () => end(watcher));
      this.#watchers.set(path, watcher);
      // What happened between the look and the watch.
      this.#soon();
    } catch {
      // Gone in this moment: its parent has told, or the next look will.
    }
  }

  #soon(): void {
    if (this.#disposed) return;
    this.#settle ??= setTimeout(() => {
      this.#settle = undefined;
      void this.refresh();
    }, SETTLE_MS);
  }
}

/** The folder itself, or where its first missing part will be made: another window may make the first run. */
function nearestFolder(path: string): string {
  let folder = path;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/** Everything of a run that can change; the moment at which one that rests was read is no news. */
function whatShows(run: RunInfo | undefined): string {
  return JSON.stringify(run && !run.alive ? { ...run, snapshot: { ...run.snapshot, at: 0 } } : run);
}

async function hasEntries(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length > 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    // What cannot be read is told by the reader, in its own words.
    return true;
  }
}
