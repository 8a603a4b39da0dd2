/**
 * How fast a server that others use is read: at full speed where it says that it is idle, and else one command at a time with a pause after each, so long that
 * commands are under way for a small share of the time. What that costs its clients is bounded by the share: an operation that meets one of ours takes, on a
 * machine with as little as one core for both, twice as long, and `share` of them meet one. Pure but for its clock; times are milliseconds.
 */
import type { Clock } from '../ports.js';

/** What a server tells of what it does at one moment. */
export interface ServerLoad {
  /** The process that told it: counters of another one say nothing of this one. */
  readonly server: string;
  /** Milliseconds since its start. */
  readonly upMs: number;
  /** Operations since its start, of whatever kind. */
  readonly operations: number;
  /** Operations that are carried out or stand in line, the asking one not counted. */
  readonly active: number;
}

/** Loads of all servers that are read from; undefined where they cannot be known, and never will be. */
export type LookAtLoad = (signal: AbortSignal | undefined) => Promise<readonly ServerLoad[] | undefined>;

export interface GentlePaceParts {
  readonly clock: Clock;
  /** A round trip without work: so long the server did nothing while its answer was waited for. */
  readonly roundTripMs: number;
  /** Default: a server of which nothing is known, which is read gently. */
  readonly look?: LookAtLoad;
  /** Share of the time in which a command may be under way on a server that is not idle, above 0 and up to 1. */
  readonly share?: number;
}

/** What is measured of it stands in docs/assessment.md: the bar is 5 %, and a share of 2 % is felt at most as 2 %. */
const SHARE = 0.02;
/** The clock counts whole milliseconds, of which a command takes one at least. */
const LEAST_MS = 1;
/** A command that was given up after seconds is not worth many minutes of waiting. */
const MOST_PAUSE_MS = 60_000;

/** On a server that is idle nobody is disturbed by so many. */
const AT_ONCE = 8;
/** Between two looks nothing of ours is under way, so that all that was counted is others'. */
const LISTEN_MS = 250;
/** At full speed somebody may come at any time; a server that is busy seldom stops being so. */
const LISTEN_AGAIN_MS = { full: 2_000, gentle: 10_000 } as const;
/** Members of a set ask each other a few times a second, and so does what watches a server. */
const IDLE_PER_SECOND = 20;
/** Being found busy after having been idle doubles the wait for the next full speed, up to this. */
const MOST_LISTEN_AGAIN_MS = 80_000;

export class GentlePace {
  readonly #clock: Clock;
  readonly #roundTripMs: number;
  readonly #share: number;
  #look: LookAtLoad | undefined;
  #idle = false;
  #underWay = 0;
  #turn: Promise<void> = Promise.resolve();
  #freed: (() => void) | undefined;
  #restUntil = 0;
  #listenAt = 0;
  #listenAgainMs: number = LISTEN_AGAIN_MS.gentle;
  #rested = 0;

  constructor({ clock, roundTripMs, look, share = SHARE }: GentlePaceParts) {
    this.#clock = clock;
    this.#roundTripMs = roundTripMs;
    this.#look = look;
    this.#share = share;
  }

  /** `full` while the server says that nobody else uses it. */
  get speed(): 'gentle' | 'full' {
    return this.#idle ? 'full' : 'gentle';
  }

  /** The time without the pauses: limits on how long something may take are limits of work, not of waiting. */
  get workingClock(): Clock {
    return { now: () => this.#clock.now() - this.#rested, sleep: (ms, signal) => this.#clock.sleep(ms, signal) };
  }

  /** Sends one command when its turn has come. @throws whatever `command` throws, or the signal's reason. */
  async inTurn<T>(command: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.#admitted(signal);
    const started = this.#clock.now();
    try {
      return await command();
    } finally {
      this.#ended(this.#clock.now() - started);
    }
  }

  async #admitted(signal: AbortSignal | undefined): Promise<void> {
    const before = this.#turn;
    let next: () => void = () => undefined;
    this.#turn = new Promise((resolve) => (next = resolve));
    await before;
    try {
      signal?.throwIfAborted();
      await this.#listen(signal);
      await this.#untilAtMost(this.#idle ? AT_ONCE - 1 : 0);
      if (!this.#idle) await this.#rest(this.#restUntil - this.#clock.now(), signal);
      signal?.throwIfAborted();
      this.#underWay += 1;
    } finally {
      next();
    }
  }

  #ended(tookMs: number): void {
    this.#underWay -= 1;
    const now = this.#clock.now();
    const workMs = Math.max(LEAST_MS, tookMs - this.#roundTripMs);
    const pauseMs = Math.min(MOST_PAUSE_MS, workMs / this.#share - workMs);
    // At full speed several end at about the same time; who turns gentle then waits for the longest.
    this.#restUntil = Math.max(this.#restUntil, now + pauseMs);
    this.#freed?.();
  }

  /** Only who asks for a turn waits here, one at a time. */
  async #untilAtMost(underWay: number): Promise<void> {
    while (this.#underWay > underWay) await new Promise<void>((resolve) => (this.#freed = resolve));
  }

  async #rest(ms: number, signal: AbortSignal | undefined): Promise<void> {
    if (ms <= 0) return;
    const started = this.#clock.now();
    try {
      await this.#clock.sleep(ms, signal);
    } finally {
      this.#rested += this.#clock.now() - started;
    }
  }

  /** Two looks with nothing of ours between them. A server that will not tell is never asked again. */
  async #listen(signal: AbortSignal | undefined): Promise<void> {
    if (!this.#look || this.#clock.now() < this.#listenAt) return;
    await this.#untilAtMost(0);
    const first = await this.#lookInTurn(signal);
    if (!first) return;
    await this.#rest(LISTEN_MS, signal);
    const second = await this.#lookInTurn(signal);
    if (!second) return;
    const idle = isIdle(first, second);
    if (this.#idle && !idle) this.#listenAgainMs = Math.min(MOST_LISTEN_AGAIN_MS, 2 * this.#listenAgainMs);
    this.#idle = idle;
    this.#listenAt = this.#clock.now() + (idle ? LISTEN_AGAIN_MS.full : this.#listenAgainMs);
  }

  async #lookInTurn(signal: AbortSignal | undefined): Promise<readonly ServerLoad[] | undefined> {
    if (!this.#idle) await this.#rest(this.#restUntil - this.#clock.now(), signal);
    this.#underWay += 1;
    const started = this.#clock.now();
    try {
      const loads = await this.#look?.(signal);
      if (!loads) this.#stopLooking();
      return loads;
    } finally {
      this.#ended(this.#clock.now() - started);
    }
  }

  #stopLooking(): void {
    this.#look = undefined;
    this.#idle = false;
  }
}

/** True where every server that was asked twice has done next to nothing between, and does nothing at either moment. */
function isIdle(first: readonly ServerLoad[], second: readonly ServerLoad[]): boolean {
  return (
    second.length > 0 &&
    second.every((now, i) => {
      const before = first[i];
      if (before?.server !== now.server || now.upMs <= before.upMs) return false;
      // The second asking is counted itself.
      const others = Math.max(0, now.operations - before.operations - 1);
      const perSecond = (others * 1000) / (now.upMs - before.upMs);
      return perSecond <= IDLE_PER_SECOND && before.active <= 0 && now.active <= 0;
    })
  );
}
