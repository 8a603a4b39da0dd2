/** What a simulation of our direct copy knows of source and target. Plain data, no facts of the world beyond it. */
import type { Assumption } from '../model/estimate.js';
import type { Namespace } from '../model/namespace.js';
import type { TargetKind } from '../plan/target.js';
import type { Band } from '../size/trial.js';

export interface SimulatedCollection {
  /** On the source. */
  readonly ns: Namespace;
  readonly documents: number;
  /** Uncompressed BSON of all of them. */
  readonly bytes: number;
  /** RU targets: which of {@link SimulationInput.budgets} it is written from. */
  readonly budget?: string;
  /** RU targets: of one insert with the indexes that it has while data is written, and of one read. */
  readonly writeRu?: Band;
  readonly readRu?: number;
  /** RU of one document's entries in the indexes that are built afterwards. */
  readonly indexRu?: number;
  /** Shares of its documents on the budget's partitions; absent: spread by a hash, as even as chance lets it be. */
  readonly shares?: readonly number[];
  /** The largest of them, least and most; absent where nobody has looked. */
  readonly fullest?: Pick<Band, 'low' | 'high'>;
  /** Read from the start to the end by one reader: capped, clustered, or from a source without ranges. */
  readonly inOneGo?: boolean;
  /** Indexes that are built after the data. */
  readonly indexes: number;
}

export interface SimulatedBudget {
  readonly ruPerSecond: number;
  /** Physical ones, among which the service splits the RU/s evenly. */
  readonly partitions: number;
}

/** How fast documents go from side to side where nothing meters them: documents per second where they are small, MiB per second where they are large. */
export interface CopySpeed {
  readonly documents: Band;
  readonly mebibytes: Band;
  /** Seconds until the first document moves. */
  readonly startUp: Band;
}

export interface SimulationInput {
  readonly target: TargetKind;
  readonly collections: readonly SimulatedCollection[];
  /** By name; empty for a target that does not meter. */
  readonly budgets: Readonly<Record<string, SimulatedBudget>>;
  /** Collections that are begun before a second reader joins one (`Tuning.parallelCollections`). */
  readonly parallelCollections: number;
  /** Ranges that are read at once. */
  readonly sourceConnections: number;
  readonly sourceLatencyMs: number;
  readonly targetLatencyMs: number;
  readonly speed: CopySpeed;
  /** Share of each budget that is left for the copy: the application may use the rest. */
  readonly budgetShare: Band;
  readonly verification: 'counts' | 'full';
  /** Where the figures are from. */
  readonly assumptions: readonly Assumption[];
}
