/** Bodies of `databaseMigrations`, for a vCore target: api-version 2025-06-30, offline only by its public specification. */
import type { PlannedCollection } from '../../core/model/plan.js';

export interface DatabaseMigrationBody {
  readonly properties: {
    readonly kind: 'MongoToCosmosDbMongo';
    readonly scope: string;
    readonly migrationService: string;
    readonly sourceMongoConnection: { readonly connectionString: string; readonly useSsl?: boolean };
    readonly targetMongoConnection: { readonly connectionString: string; readonly useSsl?: boolean };
    readonly collectionList: readonly {
      readonly sourceDatabase: string;
      readonly sourceCollection: string;
      readonly targetDatabase: string;
      readonly targetCollection: string;
    }[];
  };
}

/** Collections of one job. Source: learn.microsoft.com/azure/documentdb/how-to-migrate-vs-code-extension. */
const COLLECTIONS_OF_A_JOB = 25;

/** How many jobs so many collections are. */
export function jobsOf(collections: number): number {
  return Math.ceil(collections / COLLECTIONS_OF_A_JOB);
}

/** One body for each 25 collections; `dmsPlan` has found that the service can do it. */
export function clusterMigrations(
  collections: readonly PlannedCollection[],
  where: { readonly targetResourceId: string; readonly migrationService: string },
  ends: { readonly source: string; readonly target: string },
): readonly DatabaseMigrationBody[] {
  const bodies: DatabaseMigrationBody[] = [];
  for (let from = 0; from < collections.length; from += COLLECTIONS_OF_A_JOB) {
    bodies.push({
      properties: {
        kind: 'MongoToCosmosDbMongo',
        scope: where.targetResourceId,
        migrationService: where.migrationService,
        sourceMongoConnection: { connectionString: ends.source },
        targetMongoConnection: { connectionString: ends.target },
        collectionList: collections.slice(from, from + COLLECTIONS_OF_A_JOB).map(({ source, target }) => ({
          sourceDatabase: source.db,
          sourceCollection: source.coll,
          targetDatabase: target.db,
          targetCollection: target.coll,
        })),
      },
    });
  }
  return bodies;
}
