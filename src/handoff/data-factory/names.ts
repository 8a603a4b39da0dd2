/** What the parts of a plan's hand-off are called in the factory. Two plans may share one factory. */
import type { Plan } from '../../core/model/plan.js';

/** Enough of a plan's id to tell plans apart. */
const ID_DIGITS = 8;

export interface FactoryNames {
  readonly sourceService: string;
  readonly targetService: string;
  readonly markerService: string;
  readonly sourceDataset: string;
  readonly targetDataset: string;
  readonly markerDataset: string;
  /** The pipeline that runs all others in turn. */
  readonly all: string;
  /** Counted from 1. */
  chunk(n: number): string;
  /** Runs chunks in turn, where they are too many for one pipeline. */
  group(n: number): string;
}

export function factoryNames({ id }: Pick<Plan, 'id'>): FactoryNames {
  const plan = id.replace(/[^A-Za-z0-9]/g, '').slice(0, ID_DIGITS);
  return {
    sourceService: `migration_source_${plan}`,
    targetService: `migration_target_${plan}`,
    markerService: `migration_markers_${plan}`,
    sourceDataset: `migration_source_collection_${plan}`,
    targetDataset: `migration_target_collection_${plan}`,
    markerDataset: `migration_marker_${plan}`,
    all: `migrate_all_${plan}`,
    chunk: (n) => `migrate_${String(n).padStart(3, '0')}_${plan}`,
    group: (n) => `migrate_group_${String(n).padStart(2, '0')}_${plan}`,
  };
}
