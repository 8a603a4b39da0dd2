import type { WriteCounts } from '../core/model/counts.js';
import type { Namespace } from '../core/model/namespace.js';
import type { PlannedCollection, Plan } from '../core/model/plan.js';
import type { TextFileRecord } from './journal/record.js';
import type { RunStatus } from './journal/reduce.js';

/** Exact counts of one namespace on the target, as the relay keeps them. */
export interface RelayedCounts extends WriteCounts {
  readonly ns: Namespace;
}

/** A running throttle relay. */
export interface RunningRelay {
  readonly port: number;
  counters(): readonly RelayedCounts[];
  /** Connections that the target ended, or did not take, while a tool needed them. */
  lostTargetConnections(): number;
  close(): Promise<void>;
}

/** A namespace of which the target refuses all that comes, for no reason that is known to be in the documents. */
export interface HopelessNamespace {
  readonly ns: Namespace;
  /** Refused in a row. */
  readonly documents: number;
  /** Of the latest refusal; the server's words, not redacted. */
  readonly code: number;
  readonly message: string;
}

export interface RelayEvents {
  /** For each document that is on the target with other bytes, under the policy `fail`; `id` is its `_id` as type byte and value bytes. */
  readonly onConflict: (ns: Namespace, id: Uint8Array) => void;
  readonly onHopeless: (found: HopelessNamespace) => void;
}

export interface RelayStarter {
  start(events: RelayEvents): Promise<RunningRelay>;
}

/** How one tool process ended. */
export interface ToolExit {
  readonly tool: string;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The tool's own last words of failure, redacted. */
  readonly failed?: string;
}

/** What a tool told while it ran: redacted text, for the log and the screen. */
export interface ToolLine {
  readonly tool: string;
  readonly kind: string;
  readonly text: string;
}

export interface NativeCopyJob {
  readonly plan: Plan;
  readonly collections: readonly PlannedCollection[];
  /** Every collection and view that the source holds now, by database: where databases are read whole, what is not selected must be excluded by name. */
  readonly present: () => Promise<ReadonlyMap<string, readonly string[]>>;
  /** Absent where nothing is written to a target. */
  readonly relayPort?: number;
  readonly signal: AbortSignal;
  readonly onLine: (line: ToolLine) => void;
  /** The exact command line, without secrets, before it runs. */
  readonly onCommand: (display: string) => void;
  /** After each tool's end, before the next one starts. */
  readonly onExit: (exit: ToolExit) => Promise<void>;
  /** Text files that earlier attempts have written or begun, by `db.coll` on the source. */
  readonly textFiles?: RunStatus['textFiles'];
  /** Before the first byte of a text file, and when it stands whole under its name. Resolves when that is written down. */
  readonly onTextFile?: (file: Omit<TextFileRecord, 'type'>) => Promise<void>;
  /** How far a collection's file is, in documents and bytes of text. */
  readonly onFileProgress?: (target: Namespace, documents: number, bytes: number) => void;
}

/** The real database tools, reading from the source and writing through the relay. */
export interface NativeTools {
  /** Looks at everything that can be looked at before the target is touched. @throws MigrationError for what a run cannot go on with. */
  check?(job: Pick<NativeCopyJob, 'plan' | 'collections' | 'textFiles' | 'signal'>): Promise<void>;
  /** Resolves when all tools have ended; a bad end is a value. @throws MigrationError `tool-missing` before anything was started. */
  copy(job: NativeCopyJob): Promise<readonly ToolExit[]>;
}
