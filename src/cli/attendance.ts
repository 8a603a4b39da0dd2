/** What its user wants of a run while it is at work: keys of the terminal, requests of other windows, Ctrl-C. */
import type { RunRequest } from '../adapters/files/run-control.js';

/** How a paused run goes on. `leave`: the process ends, the run can be resumed. */
export type AfterPause = 'resume' | 'cancel' | 'leave';

export interface AttendanceOptions {
  /** Stays after a pause, and takes keys. */
  readonly attended: boolean;
  /** Ctrl-C, a hang-up or a request to end: the work stops, and can be gone on with. */
  readonly interrupted: AbortSignal;
  readonly say: (line: string) => void;
}

const RUNNING_KEYS = 'p pause · c cancel';
const PAUSED_KEYS = 'r go on · c cancel the run · q leave it paused and end';
const QUESTION = 'Cancel this run for good? What was copied stays on the target. [y/N]';

export class Attendance {
  private stopper = new AbortController();
  private rest: ((wish: AfterPause) => void) | undefined;
  /** Wished for while the work was still stopping. */
  private early: AfterPause | undefined;
  private asking = false;

  constructor(private readonly options: AttendanceOptions) {}

  /** For the next attempt: aborted with `paused`, `cancelled`, or the interruption's own reason. */
  begin(): AbortSignal {
    this.stopper = new AbortController();
    this.early = undefined;
    return AbortSignal.any([this.options.interrupted, this.stopper.signal]);
  }

  /** The work has been told to stop, for whatever reason. */
  isStopping(): boolean {
    return this.stopper.signal.aborted || this.options.interrupted.aborted;
  }

  /** The last line of the live display. */
  keysLine(): string | undefined {
    if (!this.options.attended) return undefined;
    if (this.asking) return QUESTION;
    if (this.isStopping()) return 'stopping: what is in flight is finished first';
    return RUNNING_KEYS;
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
      this.asking = false;
      if (pressed === 'y') this.onRequest('cancel');
      else this.options.say(this.rest ? `Not cancelled. Keys: ${PAUSED_KEYS}` : 'Not cancelled.');
      return;
    }
    if (pressed === 'c') {
      this.asking = true;
      this.options.say(QUESTION);
    } else if (pressed === 'p' && !this.rest) this.onRequest('pause');
    else if (pressed === 'r') this.onRequest('resume');
    else if (pressed === 'q') this.rest?.('leave');
  }
}
