/** Shows verification alone, as a run shows it, without lines of JSON: the result is one document. */
import type { Plan } from '../../core/model/plan.js';
import type { RunEvent } from '../../engine/run-context.js';
import type { Clock } from '../../engine/ports.js';
import { RunProgress } from '../../engine/progress/run-progress.js';
import type { Output } from '../output.js';
import { RunDisplay } from './run-display.js';

export class VerifyDisplay {
  private readonly display: RunDisplay;

  constructor(plan: Plan, output: Output, clock: Clock) {
    const progress = new RunProgress({ plan, runId: '', startedAt: clock.now() }, () => clock.now());
    this.display = new RunDisplay(progress, output, clock, { programs: false });
    this.display.start(() => new Map());
    this.display.onEvent({ kind: 'state', state: 'verifying' });
  }

  onEvent(event: RunEvent): void {
    this.display.onEvent(event);
  }

  stop(): void {
    this.display.stop();
  }
}
