/** The throttle relay for tools that somebody else runs. Part of the composition root. */
import { openDeadLetters, type FileDeadLetters } from '../adapters/files/dead-letter-files.js';
import type { ConnectedCluster } from '../adapters/mongo/connect.js';
import { relayTarget, throughRelay } from '../adapters/mongo/relay-target.js';
import type { DeadLetterReason } from '../core/model/dead-letter.js';
import type { Namespace } from '../core/model/namespace.js';
import type { ClusterReference } from '../core/model/plan.js';
import type { Clock } from '../engine/ports.js';
import type { DuplicatePolicy } from '../relay/policy.js';
import { startRelay, type Relay } from '../relay/relay.js';
import { tlsOf, withTls } from './relay-connection.js';

export interface StandaloneRelayOptions {
  readonly port: number;
  readonly duplicates: Exclude<DuplicatePolicy['kind'], 'fail'>;
  /** Made when the first document goes there. */
  readonly deadLettersFolder: string;
  readonly reference: ClusterReference;
  readonly clock: Clock;
  readonly onConnectionError: (text: string) => void;
}

export interface StandaloneRelay {
  readonly relay: Relay;
  /** Ends every connection and brings the dead letters to disk. */
  close(): Promise<void>;
}

/** @throws MigrationError `target-not-ready` (`relay-port`) where the port is taken, `file-failed`. */
export async function startStandaloneRelay(
  target: ConnectedCluster,
  options: StandaloneRelayOptions,
): Promise<StandaloneRelay> {
  const { clock } = options;
  let opened: Promise<FileDeadLetters> | undefined;
  const open = (): Promise<FileDeadLetters> =>
    (opened ??= openDeadLetters(options.deadLettersFolder, { clock, secrets: target.secrets }));
  const relay = await startRelay({
    target: await relayTarget(target.session, withTls(target), tlsOf(options.reference)),
    clock,
    port: options.port,
    budgets: target.ru ? 'discover' : 'unpaced',
    duplicates: { kind: options.duplicates },
    deadLetters: {
      add: async (ns: Namespace, document: Uint8Array, why: DeadLetterReason) => (await open()).add(ns, document, why),
    },
    onConnectionError: (side, error) => options.onConnectionError(connectionWords(side, error)),
  });
  return {
    relay,
    async close() {
      await relay.close();
      await (await opened)?.close();
    },
  };
}

/** What a tool connects to, without the password. */
export function relayAddress(target: ConnectedCluster, port: number): string {
  return throughRelay(target.connectionString, port).withoutPassword().reveal();
}

function connectionWords(side: 'tool' | 'target', error: unknown): string {
  const code = (error as { code?: unknown }).code;
  const what = typeof code === 'string' ? code : error instanceof Error ? error.name : 'unknown';
  return side === 'tool' ? `a tool's connection broke (${what})` : `a connection to the target broke (${what})`;
}
