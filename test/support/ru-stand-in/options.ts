import type { Clock } from '../../../src/engine/ports.js';

/** How a throttled write is told to the client (facts section 8.5). */
export type MessageStyle = 'modern' | 'insertError' | 'legacy' | 'commandLevel';
export type EmulatedVersion = '4.2' | '5.0' | '6.0' | '7.0';
/** What `min` and `max` of a find do: an engine may honour them, ignore them without a word, or refuse them. */
export type RangeReads = 'honour' | 'ignore' | 'refuse';

export interface RuStandInOptions {
  /** A running mongod. Credentials in it are ignored: a client's own authentication passes through. */
  readonly backendUri?: string;
  /** The same, by its port on 127.0.0.1. One of the two is needed. */
  readonly backendPort?: number;
  readonly port?: number;
  /** The host name that `hello` and the URI give; must resolve to this machine. Default 127.0.0.1. */
  readonly advertisedHost?: string;
  /** RU/s of collections that are created without saying so. Default 400. More than 10,000 is allowed here, as one partition. */
  readonly ruPerSecond?: number;
  readonly emulatedVersion?: EmulatedVersion;
  readonly messageStyle?: MessageStyle;
  /** Capability DisableRateLimitingResponses: throttles are retried inside for up to 60 s. */
  readonly serverSideRetry?: boolean;
  /** Capability EnableMongo16MBDocumentSupport. */
  readonly document16Mb?: boolean;
  /** Capability EnableMongoRetryableWrites. */
  readonly retryableWrites?: boolean;
  /** Capability EnableTtlOnCustomPath. */
  readonly ttlOnCustomPath?: boolean;
  /** Capability EnablePartialUniqueIndex. */
  readonly partialUniqueIndex?: boolean;
  /** Capability EnableUniqueIndexReIndex: unique indexes also on collections that hold documents. */
  readonly uniqueIndexReIndex?: boolean;
  /** Capability EnableUniqueCompoundNestedDocs. */
  readonly nestedCompoundIndexes?: boolean;
  /** Whether `hello` reports logicalSessionTimeoutMinutes, without which drivers never try a retryable write. Default true. */
  readonly logicalSessions?: boolean;
  /**
   * Acknowledges a write only when the mongod has it in its journal, as the service only acknowledges what is safe.
   * Default false, which is faster; needed where a test kills the mongod.
   */
  readonly durable?: boolean;
  /** Share (0 to 1) of throttled documents that are written although the reply says throttled; picked by `seed` and `_id`. */
  readonly ambiguousFraction?: number;
  /** Round trip that every command takes at least, in ms. */
  readonly latencyMs?: number;
  /** Time that each document of a write adds, in ms. */
  readonly perDocumentMs?: number;
  /** Factor on every charge. */
  readonly calibration?: number;
  readonly rangeReads?: RangeReads;
  readonly tls?: { readonly key: string | Buffer; readonly cert: string | Buffer };
  /** How long a scale-up beyond the present partitions takes, in ms. Default 2000; a real one takes hours. */
  readonly scalingDelayMs?: number;
  /** Relative noise on charges: 0.03 is plus or minus 3 %. */
  readonly chargeNoise?: number;
  readonly seed?: number;
  readonly clock?: Clock;
  /** Where provisioning is kept, so that a stand-in started again on the same mongod knows it. Default: in memory only. */
  readonly stateFile?: string;
}

export interface Settings {
  readonly backendHost: string;
  readonly backendPort: number;
  readonly advertisedHost: string;
  readonly ruPerSecond: number;
  readonly emulatedVersion: EmulatedVersion;
  messageStyle: MessageStyle;
  readonly serverSideRetry: boolean;
  readonly document16Mb: boolean;
  readonly retryableWrites: boolean;
  readonly ttlOnCustomPath: boolean;
  readonly partialUniqueIndex: boolean;
  readonly uniqueIndexReIndex: boolean;
  readonly nestedCompoundIndexes: boolean;
  readonly logicalSessions: boolean;
  readonly durable: boolean;
  readonly ambiguousFraction: number;
  readonly latencyMs: number;
  readonly perDocumentMs: number;
  readonly calibration: number;
  readonly rangeReads: RangeReads;
  readonly scalingDelayMs: number;
  readonly chargeNoise: number;
  readonly seed: number;
  readonly clock: Clock;
  readonly stateFile: string | undefined;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const aborted = (): void => {
        clearTimeout(timer);
        reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', aborted);
        resolve();
      }, ms);
      if (signal?.aborted) aborted();
      else signal?.addEventListener('abort', aborted, { once: true });
    }),
};

function backendOf(options: RuStandInOptions): { host: string; port: number } {
  if (options.backendPort !== undefined) return { host: '127.0.0.1', port: options.backendPort };
  if (options.backendUri === undefined) throw new TypeError('backendUri or backendPort is needed');
  const url = new URL(options.backendUri.replace(/^mongodb:/, 'http:'));
  return { host: url.hostname, port: Number(url.port || '27017') };
}

export function settingsOf(options: RuStandInOptions): Settings {
  const backend = backendOf(options);
  return {
    backendHost: backend.host,
    backendPort: backend.port,
    advertisedHost: options.advertisedHost ?? '127.0.0.1',
    ruPerSecond: options.ruPerSecond ?? 400,
    emulatedVersion: options.emulatedVersion ?? '7.0',
    messageStyle: options.messageStyle ?? 'modern',
    serverSideRetry: options.serverSideRetry ?? false,
    document16Mb: options.document16Mb ?? false,
    retryableWrites: options.retryableWrites ?? false,
    ttlOnCustomPath: options.ttlOnCustomPath ?? false,
    partialUniqueIndex: options.partialUniqueIndex ?? false,
    uniqueIndexReIndex: options.uniqueIndexReIndex ?? false,
    nestedCompoundIndexes: options.nestedCompoundIndexes ?? false,
    logicalSessions: options.logicalSessions ?? true,
    durable: options.durable ?? false,
    ambiguousFraction: options.ambiguousFraction ?? 0,
    latencyMs: options.latencyMs ?? 0,
    perDocumentMs: options.perDocumentMs ?? 0,
    calibration: options.calibration ?? 1,
    rangeReads: options.rangeReads ?? 'honour',
    scalingDelayMs: options.scalingDelayMs ?? 2000,
    chargeNoise: options.chargeNoise ?? 0,
    seed: options.seed ?? 1,
    clock: options.clock ?? systemClock,
    stateFile: options.stateFile,
  };
}
