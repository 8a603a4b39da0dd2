/** Where rules come from, named once. */
const LEARN = 'https://learn.microsoft.com/azure';

export const SOURCES = {
  ruLimits: `${LEARN}/cosmos-db/concepts-limits`,
  ruFeatures: `${LEARN}/cosmos-db/mongodb/feature-support-70`,
  ruIndexing: `${LEARN}/cosmos-db/mongodb/indexing`,
  ruErrors: `${LEARN}/cosmos-db/mongodb/error-codes-solutions`,
  ruCapabilities: `${LEARN}/cosmos-db/mongodb/how-to-configure-capabilities`,
  preMigration: `${LEARN}/cosmos-db/mongodb/pre-migration-steps`,
  customCommands: `${LEARN}/cosmos-db/mongodb/custom-commands`,
  vcoreLimits: `${LEARN}/documentdb/limitations`,
  vcoreFeatures: `${LEARN}/documentdb/compatibility-query-language`,
  vcoreEngine: 'observed: DocumentDB engine 0.112',
  dms: `${LEARN}/dms/tutorial-mongodb-cosmos-db`,
  mongodbLimits: 'https://www.mongodb.com/docs/manual/reference/limits/',
  mongodbReleases: 'https://www.mongodb.com/docs/manual/release-notes/',
  mongodbTtl: 'https://www.mongodb.com/docs/manual/core/index-ttl/',
  mongorestore: 'https://www.mongodb.com/docs/database-tools/mongorestore/',
  partitioners: 'https://www.mongodb.com/docs/manual/reference/bson-type-comparison-order/',
} as const;
