import type { Namespace } from './namespace.js';

/** A command that an assessment sends, told before it is sent. Nothing that writes is ever among them. */
export interface PlannedRead {
  /** Stable id of what it is for, such as `collection-statistics`, `data-sample`, `server-counters`. */
  readonly purpose: string;
  /** The command with its options, as one line of mongosh-like text; names of collections stand as `<collection>`. */
  readonly command: string;
  /** The same in short: `aggregate ($collStats, $project)`. Absent in assessments of older versions. */
  readonly name?: string;
  /** Where: a database's name, `<database>` for each. */
  readonly database: string;
  /** How often: once, or for each of what is selected. */
  readonly times: 'once' | 'each-database' | 'each-collection' | 'each-batch' | 'again-and-again';
  readonly maxTimeMs?: number;
  readonly readPreference: string;
  /** The privilege or role that it needs beyond reading, such as `clusterMonitor`. */
  readonly needs?: string;
}

/** Something that was asked for and could not be read: what rests on it is unknown, not fine. */
export interface ReadingGap {
  /** As {@link PlannedRead.purpose}. */
  readonly purpose: string;
  readonly ns?: Namespace;
  readonly reason: 'missing-privilege' | 'not-supported' | 'time-limit' | 'not-enabled' | 'failed' | 'not-asked';
  /** Redacted text of the server. */
  readonly message?: string;
}
