/** The database tools that this product runs. */
export type ToolName = 'mongodump' | 'mongorestore' | 'mongoexport' | 'mongoimport';

export const TOOL_NAMES: readonly ToolName[] = ['mongodump', 'mongorestore', 'mongoexport', 'mongoimport'];

/** Where a binary was found, in the order in which the places are tried. */
export type LocateStep = 'setting' | 'environment' | 'path' | 'cache' | 'registry' | 'vendor';

/** Why a place did not give the binary. Words for each are made by whoever prints. */
export type MissReason =
  | 'not-set'
  | 'not-there'
  | 'not-executable'
  | 'does-not-run'
  | 'no-version'
  | 'too-old'
  | 'checksum-mismatch'
  | 'not-offered'
  | 'switched-off'
  | 'prerequisite-missing'
  | 'install-failed';

export interface Miss {
  readonly step: LocateStep;
  readonly reason: MissReason;
  /** A path, a variable's name, or the redacted end of an error's text. */
  readonly detail: string;
}

/** What is to be done about a missing binary; a closed id, worded by whoever prints. */
export type RemedyId = 'install-database-tools' | 'install-mongod';

export interface Found {
  readonly kind: 'found';
  readonly name: string;
  readonly path: string;
  /** As the binary itself says it, `100.9.5`. */
  readonly version: string;
  readonly origin: LocateStep;
  /** What was tried before, with the reasons why it was not taken. */
  readonly tried: readonly Miss[];
}

interface Missing {
  readonly kind: 'missing';
  readonly name: string;
  readonly tried: readonly Miss[];
  readonly remedy: RemedyId;
}

export type ToolLocation = Found | Missing;
