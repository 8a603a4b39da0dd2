import { ProgressLocation, window } from 'vscode';
import { MigrationError } from '../../core/model/error.js';
import { unlinked } from '../unlinked.js';

export interface Step {
  readonly message?: string;
  /** Share of the whole, 0 to 1. */
  readonly share?: number;
}

/** Shows progress that can be cancelled; the signal aborts when somebody does, by a reason that is told of nowhere: waiting rejects with it. */
export async function withProgress<T>(
  title: string,
  work: (report: (step: Step) => void, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const options = { location: ProgressLocation.Notification, title: unlinked(title), cancellable: true };
  return window.withProgress(options, async (progress, token) => {
    const stop = new AbortController();
    const listening = token.onCancellationRequested(() => stop.abort(new MigrationError('cancelled')));
    let shown = 0;
    const report = ({ message, share }: Step): void => {
      const increment = share === undefined ? 0 : Math.max(0, share * 100 - shown);
      shown += increment;
      progress.report({ ...(message === undefined ? {} : { message: unlinked(message) }), increment });
    };
    try {
      return await work(report, stop.signal);
    } finally {
      listening.dispose();
    }
  });
}
