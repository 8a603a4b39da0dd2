import type { Basis } from './estimate.js';
import type { Namespace } from './namespace.js';

export type Severity = 'blocker' | 'warning' | 'info';

/** One rule's verdict on one namespace or on the cluster. Text lives in the rule (core/assess) as ids and parameters; `remedy` is a stable id. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly ns?: Namespace;
  /** What exactly: an index name, a size, an option. */
  readonly params: Readonly<Record<string, string | number | boolean>>;
  /** What the user does about it, or what this product does on its own. */
  readonly remedy: string;
  /** Where the rule comes from: a document or its address. */
  readonly source: string;
  /** Of a rule that is said somewhere and confirmed nowhere. */
  readonly basis?: Extract<Basis, 'unverified'>;
}
