/**
 * What the host and the wizard's webview say to each other. JSON only. The host owns the state and sends whole snapshots; the webview sends
 * intents and draws what it is sent. Every text for people is made by the host. No secret and no connection string ever crosses.
 */

import type { WindowField, WishField, WishId, WishValue } from './wishes.js';

export const WIZARD_PROTOCOL = 1;

export type WizardStep = 'endpoints' | 'namespaces' | 'size' | 'findings' | 'method' | 'tuning' | 'review';
export const WIZARD_STEPS: readonly WizardStep[] = [
  'endpoints',
  'namespaces',
  'size',
  'findings',
  'method',
  'tuning',
  'review',
];

export interface ClusterChoice {
  readonly id: string;
  readonly name: string;
  /** `MongoDB 6.0.5, replica set`, `Azure Cosmos DB for MongoDB (RU)`; empty before it was seen. */
  readonly detail: string;
}

export interface NamespaceRow {
  /** `db.coll` on the source; its identity. */
  readonly ns: string;
  readonly db: string;
  readonly coll: string;
  readonly type: 'collection' | 'view' | 'timeseries';
  readonly documents: number;
  readonly bytes: number;
  readonly documentsText: string;
  readonly sizeText: string;
  readonly selected: boolean;
  /** `db.coll` on the target, the same where it is not renamed. */
  readonly targetNs: string;
  /** Why the new name cannot be, as a sentence. */
  readonly renameProblem?: string;
  /** Path of the shard key on the target, empty for none; absent where the target takes none from the user. */
  readonly shardKey?: string;
}

export interface SizeRow {
  readonly label: string;
  readonly bytes: number;
  readonly sizeText: string;
  readonly documentsText: string;
  readonly averageText: string;
  readonly largestText: string;
  readonly indexesText: string;
  /** Share of the selection's bytes, 0 to 1. */
  readonly share: number;
}

/** Something that is said once of several namespaces. */
export interface SaidOf {
  readonly text: string;
  /** Names, in full; empty for what concerns all. */
  readonly places: readonly string[];
  /** How many more there are than are named. */
  readonly more: number;
}

/** Whose rules a finding is by. */
export type FindingTarget = 'cosmos-ru' | 'cosmos-vcore' | 'mongodb';
export const FINDING_TARGETS: readonly FindingTarget[] = ['cosmos-ru', 'cosmos-vcore', 'mongodb'];

/** A change of the plan that settles a finding; it can be taken back. */
export interface FindingFix {
  readonly kind: 'shard-key' | 'leave-out' | 'keep-aside';
  readonly ns: string;
  /** The field, or the index; empty for large documents. */
  readonly name: string;
  readonly label: string;
  readonly applied: boolean;
  /** Of a shard key: parts of the bytes on each partition, 0 to 1, largest first. */
  readonly shares?: readonly number[];
  /** What they come to, in words. */
  readonly sharesText?: string;
}

export interface FindingRow extends SaidOf {
  readonly severity: 'blocker' | 'warning' | 'info';
  readonly rule: string;
  readonly target: FindingTarget;
  readonly remedy: string;
  readonly sourceUrl?: string;
  /** Of the chosen target only. */
  readonly fixes: readonly FindingFix[];
}

export interface MethodCard {
  readonly id: string;
  readonly name: string;
  readonly rank: number;
  readonly recommended: boolean;
  readonly chosen: boolean;
  /** Others are shown with their reasons and cannot be chosen. */
  readonly possible: boolean;
  readonly durationText: string;
  /** What moving the data costs, and what the figure does not hold; absent where no prices are there. */
  readonly costText?: string;
  readonly reasons: readonly { readonly weight: '+' | '-' | '!'; readonly text: string }[];
  readonly needs: readonly string[];
}

/** A number that the user can set; `value` is what counts now. */
export interface TuningField {
  readonly id: TuningFieldId;
  readonly label: string;
  readonly unit: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** Computed, measured by a probe, or typed by the user. */
  readonly origin: 'computed' | 'measured' | 'user';
  readonly explanation: string;
  /** The steps that led to the number, where it took several. */
  readonly workings?: readonly string[];
  readonly problem?: string;
}
/** The last five are of a direct copy: 0 for none, in RU/s, millions of bytes a second, documents a second, and RU/s again. */
export type TuningFieldId =
  | 'ruPerSecond'
  | 'ruPerDocument'
  | 'latencyMs'
  | 'batchSize'
  | 'insertionWorkers'
  | 'parallelCollections'
  | 'sourceConnections'
  | 'maxRuPerSecond'
  | 'maxMbPerSecond'
  | 'maxDocumentsPerSecond'
  | 'raiseRuPerSecond';
export const TUNING_FIELDS: readonly TuningFieldId[] = [
  'ruPerSecond',
  'ruPerDocument',
  'latencyMs',
  'batchSize',
  'insertionWorkers',
  'parallelCollections',
  'sourceConnections',
  'maxRuPerSecond',
  'maxMbPerSecond',
  'maxDocumentsPerSecond',
  'raiseRuPerSecond',
];

/** A setting of the system that copies in the place of this machine. */
export interface HandoffFieldView {
  readonly id: string;
  readonly label: string;
  /** Empty: left open. */
  readonly value: string;
  readonly origin: 'computed' | 'user';
  readonly explanation: string;
  /** Absent for free text. */
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
  readonly problem?: string;
}

export type ConflictChoice = 'fail' | 'skip' | 'overwrite' | 'dead-letter';

/** How much throughput each new collection of an RU target gets; `unsaid`: what the account gives by itself. */
export type ThroughputChoice = 'unsaid' | 'manual' | 'autoscale' | 'shared' | 'serverless';

/** What a single collection can have; `common`: what all others have. */
export type SingleThroughputKind = 'common' | 'manual' | 'autoscale' | 'shared';
export const SINGLE_THROUGHPUTS: readonly SingleThroughputKind[] = ['common', 'manual', 'autoscale', 'shared'];

export interface SingleThroughputChoice {
  readonly value: SingleThroughputKind;
  readonly label: string;
  /** Present where a number belongs to it, in RU/s. */
  readonly bounds?: { readonly min: number; readonly max: number; readonly step: number };
}

export type ReadPreferenceChoice = 'primary' | 'primaryPreferred' | 'secondary' | 'secondaryPreferred' | 'nearest';
export const READ_PREFERENCES: readonly ReadPreferenceChoice[] = [
  'primary',
  'primaryPreferred',
  'secondary',
  'secondaryPreferred',
  'nearest',
];

export interface ReviewLine {
  readonly label: string;
  readonly value: string;
}

/** The whole wizard, as it is to be drawn. */
export interface WizardView {
  readonly revision: number;
  readonly step: WizardStep;
  /** Steps that can be gone to now. */
  readonly reachable: readonly WizardStep[];
  /** Why the next step cannot be gone to yet, as a sentence; absent where it can. */
  readonly nextProblem?: string;
  /** What is being done just now (`Reading sizes of shop ...`); controls stay usable. */
  readonly busy?: {
    readonly text: string;
    readonly done?: number;
    readonly total?: number;
    readonly cancellable: boolean;
  };
  /** What went wrong last: what happened, why, what to do. */
  readonly problem?: { readonly happened: string; readonly why: string; readonly todo: string };
  readonly endpoints: {
    readonly sources: readonly ClusterChoice[];
    readonly targets: readonly ClusterChoice[];
    readonly sourceId?: string;
    readonly targetId?: string;
    /** Tells what the pair means, e.g. the target is emptied never, documents that are there are compared. */
    readonly notes: readonly string[];
  };
  readonly namespaces: {
    readonly rows: readonly NamespaceRow[];
    /** Rows that could not be read, as sentences. */
    readonly failed: readonly string[];
    /** Says that only a part of the source was read; `read-all` reads the rest. */
    readonly narrowed?: string;
    readonly selectedText: string;
  };
  readonly size: { readonly rows: readonly SizeRow[]; readonly totals: readonly ReviewLine[] };
  readonly findings: {
    readonly rows: readonly FindingRow[];
    readonly summary: string;
    /** Whose findings are among the rows, the chosen one first. */
    readonly targets: readonly { readonly value: FindingTarget; readonly label: string }[];
    /** When the source was assessed, or that it was not. */
    readonly assessed: string;
  };
  readonly methods: {
    readonly wishes: readonly WishField[];
    readonly window: WindowField;
    /** Which one is recommended, and which would suit better; empty before anything was weighed. */
    readonly summary: string;
    /** By which assessment of the source, where there is one. */
    readonly assessed?: string;
    readonly cards: readonly MethodCard[];
    /** What all durations have in common that a reader has to know. */
    readonly durationNote?: string;
    readonly assumptions: readonly string[];
  };
  readonly tuning: {
    readonly fields: readonly TuningField[];
    /** What else there is to know of the method's pace. */
    readonly notes: readonly string[];
    /** Methods that another system carries out: where it does, and what there is to know of that. */
    readonly handoff?: {
      readonly title: string;
      readonly fields: readonly HandoffFieldView[];
      readonly notes: readonly string[];
    };
    /** What raising the throughput leaves behind, to be told before it is done. */
    readonly raiseEffects: readonly string[];
    /** The command lines that would be run, redacted; of a direct copy the one that does the same in a terminal. */
    readonly preview: readonly string[];
    readonly previewNote: string;
    /** Whether a direct copy can be tried for a few seconds (asked for first where it writes). */
    readonly canTry: boolean;
    /** What a trial came to, in sentences. */
    readonly trial: readonly string[];
    /** Whether the charge can be measured with a probe on this target (it writes and removes a few documents, so it is asked for). */
    readonly canMeasure: boolean;
    /** RU targets only; the number stands in the field `ruPerSecond`. */
    readonly throughput?: {
      readonly value: ThroughputChoice;
      readonly choices: readonly { readonly value: ThroughputChoice; readonly label: string }[];
      /** Collections that have another one; by name on the source. */
      readonly single: readonly { readonly ns: string; readonly text: string }[];
      /** What a collection can be given; empty where none can have its own. */
      readonly singleChoices: readonly SingleThroughputChoice[];
    };
    /** RU targets only: switches of the account, which no server tells. */
    readonly capabilities?: readonly { readonly id: string; readonly label: string; readonly on: boolean }[];
    readonly conflicts: {
      readonly value: ConflictChoice;
      readonly choices: readonly { readonly value: ConflictChoice; readonly label: string }[];
    };
    readonly verification: {
      readonly value: 'full' | 'counts';
      readonly choices: readonly { readonly value: 'full' | 'counts'; readonly label: string }[];
    };
    /** Which members of the source are read from. */
    readonly readPreference: {
      readonly value: ReadPreferenceChoice;
      readonly choices: readonly { readonly value: ReadPreferenceChoice; readonly label: string }[];
    };
  };
  readonly review: {
    readonly lines: readonly ReviewLine[];
    /** What the run will do to the target, in order. */
    readonly actions: readonly string[];
    readonly notMigrated: readonly SaidOf[];
    /** Where the plan was saved last, as a path for people. */
    readonly savedAs?: string;
    /** True while blockers want a conscious yes. */
    readonly needsConsent: boolean;
    readonly consentText?: string;
  };
}

/** Webview to host. */
export type WizardIntent =
  | { readonly type: 'ready' }
  | { readonly type: 'go'; readonly step: WizardStep }
  | { readonly type: 'choose-cluster'; readonly role: 'source' | 'target'; readonly id: string }
  | { readonly type: 'add-cluster'; readonly role: 'source' | 'target' }
  | { readonly type: 'select'; readonly namespaces: readonly string[]; readonly selected: boolean }
  | { readonly type: 'select-by-size'; readonly atMostBytes: number }
  | { readonly type: 'rename'; readonly ns: string; readonly to: string }
  | { readonly type: 'reread' }
  | { readonly type: 'read-all' }
  | { readonly type: 'set-wish'; readonly id: WishId; readonly value: WishValue }
  /** 0: not said. */
  | { readonly type: 'set-window'; readonly hours: number }
  | { readonly type: 'choose-method'; readonly id: string }
  | { readonly type: 'set-tuning'; readonly field: TuningFieldId; readonly value: number }
  | { readonly type: 'reset-tuning'; readonly field: TuningFieldId }
  | { readonly type: 'set-handoff'; readonly field: string; readonly value: string }
  | { readonly type: 'reset-handoff'; readonly field: string }
  | { readonly type: 'set-shard-key'; readonly ns: string; readonly path: string }
  /** An index of the source that is not to be made, or is after all. */
  | { readonly type: 'leave-index-out'; readonly ns: string; readonly index: string; readonly leftOut: boolean }
  /** Documents that are too large for the target: kept aside without being sent. */
  | { readonly type: 'keep-aside'; readonly ns: string; readonly aside: boolean }
  | { readonly type: 'assess' }
  | { readonly type: 'set-throughput'; readonly value: ThroughputChoice }
  /** The number counts for kinds that have one. */
  | {
      readonly type: 'set-collection-throughput';
      readonly ns: string;
      readonly kind: SingleThroughputKind;
      readonly ruPerSecond: number;
    }
  | { readonly type: 'set-capability'; readonly id: string; readonly on: boolean }
  | { readonly type: 'measure-charge' }
  | { readonly type: 'try-copy' }
  | { readonly type: 'set-conflicts'; readonly value: ConflictChoice }
  | { readonly type: 'set-verification'; readonly value: 'full' | 'counts' }
  | { readonly type: 'set-read-preference'; readonly value: ReadPreferenceChoice }
  | { readonly type: 'consent'; readonly given: boolean }
  | { readonly type: 'save-plan' }
  | { readonly type: 'copy-command-lines' }
  | { readonly type: 'start' }
  | { readonly type: 'cancel-busy' }
  | { readonly type: 'open-link'; readonly url: string };

/** Host to webview. */
export interface WizardMessage {
  readonly v: typeof WIZARD_PROTOCOL;
  readonly type: 'view';
  readonly view: WizardView;
}
