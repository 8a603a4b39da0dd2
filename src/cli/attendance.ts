/** What its user wants of a run while it is at work: keys of the terminal, requests of other windows, Ctrl-C. */
import type { RunRequest } from '../adapters/files/run-control.js';
import type { Awaited } from '../core/model/handoff.js';
import { awaitedWords } from '../words/awaits.js';

/** How a paused run goes on. `leave`: the process ends, the run can be resumed. */
export type AfterPause = 'resume' | 'cancel' | 'leave';

export interface AttendanceOptions {
  /** Stays after a pause, and takes keys. */
  readonly attended: boolean;
  /** Ctrl-C, a hang-up or a request to end: the work stops, and can be gone on with. */
  readonly interrupted: AbortSignal;
  readonly say: (line: string) => void;
  /** What the run waits for is done. */
  readonly onProceed?: (what: Awaited) => void;
}

const RUNNING_KEYS = 'p pause · c cancel';
const PAUSED_KEYS = 'r go on · c cancel the run · q leave it paused and end';
const QUESTION = 'Cancel this run for good? What was copied stays on the target. [y/N]';

export class Attendance {
  private stopper = new AbortController();
  private rest: ((wish: AfterPause) => void) | undefined;
  /** Wished for while the work was still stopping. */
  private early: AfterPause | undefined;
  private asking: 'cancel' | Awaited | undefined;
  private awaits: Awaited | undefined;

  constructor(private readonly options: AttendanceOptions) {}

  /** For the next attempt: aborted with `paused`, `cancelled`, or the interruption's own reason. */
  begin(): AbortSignal {
    this.stopper = new AbortController();
    this.early = undefined;
    this.awaits = undefined;
    return AbortSignal.any([this.options.interrupted, this.stopper.signal]);
  }

  /** The work has been told to stop, for whatever reason. */
  isStopping(): boolean {
    return this.stopper.signal.aborted || this.options.interrupted.aborted;
  }

  /** What the run waits for from now on; undefined for nothing. */
  onAwaits(what: Awaited | undefined): void {
    this.awaits = what;
    if (this.asking !== 'cancel') this.asking = undefined;
  }

  /** The last line of the live display. */
  keysLine(): string | undefined {
    if (!this.options.attended) return undefined;
    if (this.asking) return questionOf(this.asking);
    if (this.isStopping()) return 'stopping: what is in flight is finished first';
    return this.awaits === undefined ? RUNNING_KEYS : `d ${awaitedWords(this.awaits).key} · ${RUNNING_KEYS}`;
  }

  /** After a pause: what comes next. Without attendance nobody will say. */
  async afterPause(): Promise<AfterPause> {
    const { attended, interrupted, say } = this.options;
    if (this.early !== undefined) return this.early;
    if (!attended || interrupted.aborted) return 'leave';
    say(`Paused. Keys: ${PAUSED_KEYS}`);
    return new Promise((resolve) => {
      const leave = (): void => this.rest?.('leave');
      this.rest = (wish) => {
        this.rest = undefined;
        interrupted.removeEventListener('abort', leave);
        resolve(wish);
      };
      interrupted.addEventListener('abort', leave, { once: true });
    });
  }

  onRequest(want: RunRequest): void {
    if (this.rest) {
      if (want !== 'pause') this.rest(want);
      return;
    }
    if (this.stopper.signal.aborted) {
      // It is stopping already; the last word counts.
      this.early = want === 'pause' ? undefined : want;
      return;
    }
    if (want === 'resume') return;
    this.options.say(want === 'pause' ? 'Pausing: what is in flight is finished first.' : 'Cancelling.');
    this.stopper.abort(want === 'pause' ? 'paused' : 'cancelled');
  }

  onKey(key: string): void {
    if (!this.options.attended) return;
    const pressed = key.toLowerCase();
    if (this.asking) {
      const asked = this.asking;
      this.asking = undefined;
      this.onAnswer(asked, pressed === 'y');
      return;
    }
    if (pressed === 'c') this.ask('cancel');
    else if (pressed === 'd' && this.awaits !== undefined && !this.isStopping()) this.ask(this.awaits);
    else if (pressed === 'p' && !this.rest) this.onRequest('pause');
    else if (pressed === 'r') this.onRequest('resume');
    else if (pressed === 'q') this.rest?.('leave');
  }

  private ask(what: 'cancel' | Awaited): void {
    this.asking = what;
    this.options.say(questionOf(what));
  }

  private onAnswer(asked: 'cancel' | Awaited, isYes: boolean): void {
    if (asked !== 'cancel') {
      if (isYes) this.options.onProceed?.(asked);
      else this.options.say('It goes on waiting.');
    } else if (isYes) this.onRequest('cancel');
    else this.options.say(this.rest ? `Not cancelled. Keys: ${PAUSED_KEYS}` : 'Not cancelled.');
  }
}

function questionOf(what: 'cancel' | Awaited): string {
  return what === 'cancel' ? QUESTION : `${awaitedWords(what).question} [y/N]`;
}
