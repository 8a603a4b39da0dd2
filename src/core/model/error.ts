/** Every way in which something unexpected can end. Closed: a new one is added here, with its sentence in cli and host. */
export type MigrationErrorCode =
  | 'bad-connection-string'
  | 'authentication-failed'
  | 'unreachable-host'
  | 'tls-failed'
  | 'missing-privilege'
  | 'unsupported-server-version'
  | 'connection-lost'
  | 'command-failed'
  | 'bad-namespace'
  | 'bad-number'
  | 'bad-plan'
  | 'bad-option'
  | 'secret-unavailable'
  | 'source-is-target'
  | 'tool-missing'
  | 'tool-failed'
  | 'databricks-refused'
  | 'run-locked'
  | 'run-not-found'
  | 'journal-damaged'
  | 'journal-foreign'
  | 'target-not-ready'
  | 'file-failed'
  | 'bad-file'
  | 'azure-refused'
  | 'azure-unreachable'
  | 'azure-sign-in-needed'
  | 'cancelled'
  | 'internal';

/** Facts that the sentence-makers need. Never a secret: callers put redacted text here. */
export type ErrorFacts = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** The one exception of this product. It carries a code and facts, never a sentence: sentences are made in cli and host. */
export class MigrationError extends Error {
  readonly code: MigrationErrorCode;
  readonly facts: ErrorFacts;

  constructor(code: MigrationErrorCode, facts: ErrorFacts = {}, options?: { cause?: unknown }) {
    super(code, options);
    this.name = 'MigrationError';
    this.code = code;
    this.facts = facts;
  }

  /** By name, not by class: the extension and its adapters are two bundles, each with a copy of this class. */
  static is(error: unknown, code?: MigrationErrorCode): error is MigrationError {
    if (!(error instanceof Error) || error.name !== 'MigrationError' || !('code' in error)) return false;
    return code === undefined || error.code === code;
  }
}
