/** Ctrl-C: the first one asks the work to end cleanly, the second ends the process at once. */
import { EXIT } from './exit-codes.js';

export interface Interruption {
  /** Aborted with the reason `stopped` by the first Ctrl-C (or SIGTERM, SIGHUP). */
  readonly signal: AbortSignal;
  /** The terminal is gone: nobody reads any more. */
  readonly hungUp: boolean;
  /** Called at the first one, to say what happens now. */
  onFirst(tell: () => void): void;
  stop(): void;
}

const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM'];

interface SignalSource {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
}

/** Listens to the process's signals until `stop`. `end` ends the process; it is not expected to return. */
export function watchSignals(source: SignalSource, end: (code: number) => void): Interruption {
  const controller = new AbortController();
  let tell = (): void => undefined;
  let hungUp = false;
  const onHangUp = (): void => {
    // Closing a terminal may tell it more than once: that is no second Ctrl-C.
    if (hungUp) return;
    hungUp = true;
    if (!controller.signal.aborted) onSignal();
  };
  const onSignal = (): void => {
    if (controller.signal.aborted) {
      end(EXIT.killed);
      return;
    }
    tell();
    controller.abort('stopped');
  };
  for (const signal of SIGNALS) source.on(signal, onSignal);
  source.on('SIGHUP', onHangUp);
  return {
    signal: controller.signal,
    get hungUp() {
      return hungUp;
    },
    onFirst: (listener) => {
      tell = listener;
    },
    stop: () => {
      for (const signal of SIGNALS) source.off(signal, onSignal);
      source.off('SIGHUP', onHangUp);
    },
  };
}
