import type { Disposable, Event, LogOutputChannel } from 'vscode';
import type { Assessment } from '../core/model/assessment.js';
import type { ClusterInventory } from '../core/model/facts.js';
import type { ClusterReference, CopyCeilings } from '../core/model/plan.js';
import type { RunSnapshot } from '../core/model/run-snapshot.js';
import type { HostAdapters, ConnectedCluster, ConnectionString } from './adapters.js';
import type { AzureOrigin, ClusterProfile, ClusterRole } from './clusters/cluster-profile.js';
import type { ClusterCatalog } from './tree/cluster-catalog.js';
import type { ClusterTreeNode } from './tree/node.js';

/** Saved connections and those that the settings declare. Secrets never leave it but through {@link connectionString}. */
export interface ClusterStore {
  readonly onDidChange: Event<void>;
  list(role?: ClusterRole): readonly ClusterProfile[];
  get(id: string): ClusterProfile | undefined;
  /** Saves; the connection string's secret part goes to the secret store. Returns the profile with what became of the secret. */
  add(cluster: NewCluster): Promise<ClusterProfile>;
  update(id: string, cluster: NewCluster): Promise<ClusterProfile>;
  /** Remembers what a connection has shown; never touches the secret. */
  noteSeen(id: string, seen: Pick<ClusterProfile, 'kind' | 'version'>): Promise<void>;
  /** Remembers what Azure says of the account that a saved connection leads to; never touches the secret. */
  noteAccount(id: string, azure: AzureOrigin): Promise<void>;
  remove(id: string): Promise<void>;
  /** With its secret. @throws MigrationError `secret-unavailable`, `bad-connection-string`. */
  connectionString(id: string): Promise<ConnectionString>;
  /** For a plan: no secret. */
  reference(id: string): ClusterReference;
  /** The saved cluster that a plan's reference means: by name and address. */
  findReference(role: ClusterRole, reference: ClusterReference): ClusterProfile | undefined;
}

export interface NewCluster {
  readonly name: string;
  readonly role: ClusterRole;
  /** Whole, with its secret. */
  readonly connectionString: ConnectionString;
  readonly tlsCAFile?: string;
  readonly tlsCertificateKeyFile?: string;
  /** Where it was found in Azure. */
  readonly azure?: AzureOrigin;
}

/** Open connections, one per cluster, shared by everything in the window, closed after a while without use. */
export interface ConnectionPool {
  /**
   * Runs `use` on a connection that is open for as long as it takes.
   * @throws MigrationError as `connect`, with `facts.cluster` the profile's name.
   */
  with<T>(clusterId: string, signal: AbortSignal, use: (cluster: ConnectedCluster) => Promise<T>): Promise<T>;
  /** Closes a cluster's connection, after an edit or a removal. */
  drop(clusterId: string): Promise<void>;
}

/** Runs as their folders tell, those of other windows included. */
export interface RunStore {
  readonly onDidChange: Event<void>;
  /** Newest first. */
  list(): readonly RunInfo[];
  get(runId: string): RunInfo | undefined;
  refresh(): Promise<void>;
  /** While it is not disposed of somebody looks on, and the folder is looked at every other second even where nothing runs. */
  watch(): Disposable;
}

export interface RunInfo {
  readonly runId: string;
  readonly path: string;
  /** `shop.orders: old → new`. */
  readonly planName: string;
  /** `shop.orders` alone, where it is known. */
  readonly subject?: string;
  readonly snapshot: RunSnapshot;
  /** A live process stands behind it. */
  readonly alive: boolean;
  readonly pid?: number;
  /** Its journal or plan cannot be read: an error code. */
  readonly problem?: string;
  /** Names of its clusters. */
  readonly source?: string;
  readonly target?: string;
  /** Nobody works on it, and things stand in Azure that it has made. */
  readonly leftInAzure?: true;
  /** Why the latest process that was to work on it could not; `at` in epoch milliseconds. */
  readonly startFailure?: {
    readonly at: number;
    readonly id: string;
    readonly params: Readonly<Record<string, string | number | boolean>>;
  };
}

/** Dead letters of one collection of the target (`db.coll`), or of that some by the bytes of their `_id` in hexadecimal. */
export interface LetterChoice {
  readonly ns: string;
  readonly ids?: readonly string[];
}

/** Starts and steers runs; every way of doing so (tree, run page, commands) goes through here. */
export interface RunControl {
  /** Makes a run of a plan file's plan and starts its runner in an integrated terminal. Returns the run's id. */
  start(planPath: string): Promise<string>;
  pause(runId: string): Promise<void>;
  resume(runId: string): Promise<void>;
  /** Says, after a question, that what the run waits for is done. */
  proceed(runId: string): Promise<void>;
  /** Other limits from now on, in the place of all that a direct copy has. */
  limit(runId: string, ceilings: CopyCeilings): Promise<void>;
  cancel(runId: string): Promise<void>;
  /** Verifies again in a terminal, both sides. */
  verify(runId: string): Promise<void>;
  /** Sends all dead letters again, or the chosen ones. */
  retryDeadLetters(runId: string, choice?: LetterChoice): Promise<void>;
  showTerminal(runId: string): void;
  /** Takes away, after a question, what the run has made in Azure; in a terminal. */
  cleanUp(runId: string): Promise<void>;
}

/** What every part of the shell works with; made once, by the composition root. */
export interface HostServices {
  /** Loads the adapters (the driver among them) on first use. */
  adapters(): Promise<HostAdapters>;
  readonly clusters: ClusterStore;
  readonly connections: ConnectionPool;
  /** What was read of the clusters, shared by the tree, the commands and the wizard. */
  readonly catalog: ClusterCatalog;
  readonly runs: RunStore;
  readonly control: RunControl;
  /** What was found out about sources, the latest of each. */
  readonly assessments: Assessments;
  readonly log: LogOutputChannel;
}

/** The latest assessment of each source; see `AssessmentStore`. */
export interface Assessments {
  readonly onDidChange: Event<void>;
  /** Where it was loaded or made in this window. */
  latest(clusterId: string): Assessment | undefined;
  load(clusterId: string): Promise<Assessment | undefined>;
  put(clusterId: string, assessment: Assessment): Promise<void>;
  forget(clusterId: string): Promise<void>;
}

/** What commands ask of the Clusters view. */
export interface ClustersView {
  /** Reads again: one node, or everything. */
  refresh(node?: ClusterTreeNode): void;
  /** Loads again what has failed to load. */
  retry(node: ClusterTreeNode): void;
  selection(): readonly ClusterTreeNode[];
  /** A size analysis was made: the tree shows its numbers. */
  noteInventory(clusterId: string, inventory: ClusterInventory): void;
}

/** What the wizard is to start with. */
export interface WizardSeed {
  readonly sourceId?: string;
  readonly targetId?: string;
  /** Patterns as in `NamespaceSelection`; a star in a name is escaped. */
  readonly include?: readonly string[];
}

/** What commands ask of the wizard. */
export interface WizardShell {
  open(seed?: WizardSeed): Promise<void>;
  /** Opens a `*.migration.json` in the wizard. */
  openPlan(path: string): Promise<void>;
  /** The same steps as QuickPicks. */
  withQuickPicks(seed?: WizardSeed): Promise<void>;
}

/** What commands ask of assessments. */
export interface AssessShell {
  /** Asks what for and how deep, reads the source that the arguments mean, and shows the report. */
  assess(args: readonly unknown[]): Promise<void>;
  /** The latest report of a source. */
  open(args: readonly unknown[]): Promise<void>;
  /** Writes the report that is in front to a file. */
  save(): Promise<void>;
}

/** What commands ask of the pages of a run. */
export interface RunPages {
  open(runId: string): Promise<void>;
  openReport(runId: string): Promise<void>;
  openDeadLetters(runId: string): Promise<void>;
  /** What else there is to the report that is in front: other formats, the folder. */
  reportActions(): Promise<void>;
}
