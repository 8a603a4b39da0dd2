/** A person who copies with a program of their own, in the place of the database tools. */
import { createServer } from 'node:net';
import { MigrationError } from '../../core/model/error.js';
import type { Awaited } from '../../core/model/handoff.js';
import type { NativeTools } from '../../engine/native-ports.js';

const LOOPBACK = '127.0.0.1';

export interface PersonToolsOptions {
  /** Where the relay will listen: looked at before the target is touched. */
  readonly port: number;
  /** Puts what the person needs in its place, before they are asked for anything. */
  readonly handOver: () => Promise<void>;
  readonly awaits: Awaited;
  /** Resolves when the person says that it is done, rejects with the reason of the run's signal. */
  readonly until: (what: Awaited) => Promise<void>;
  readonly onAwaits: (what: Awaited | undefined) => void;
}

/** Nothing is started: the relay's counters tell what arrives, and the person when all has been sent. What they forgot, verification finds. */
export function createPersonTools(options: PersonToolsOptions): NativeTools {
  const { port, handOver, awaits, until, onAwaits } = options;
  return {
    check: () => checkPort(port),
    async copy({ signal }) {
      await handOver();
      signal.throwIfAborted();
      onAwaits(awaits);
      try {
        await Promise.race([until(awaits), stopped(signal)]);
      } finally {
        onAwaits(undefined);
      }
      signal.throwIfAborted();
      return [];
    },
  };
}

/** Also for what only the copying is stopped by: a conflict, or a target that refuses everything. */
function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** @throws MigrationError `target-not-ready` (`relay-port`) where something listens there already. */
async function checkPort(port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new MigrationError('target-not-ready', { port, reason: 'relay-port' }, { cause })),
    );
    server.listen(port, LOOPBACK, resolve);
  });
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
