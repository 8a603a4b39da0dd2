/** Where the figures of sizing and cost come from, named once. */
const LEARN = 'https://learn.microsoft.com/azure';

export const SIZE_SOURCES = {
  chargeTable: `${LEARN}/cosmos-db/understand-request-unit-consumption`,
  olderCharges: `${LEARN}/cosmos-db/key-value-store-cost`,
  consistency: `${LEARN}/cosmos-db/consistency-levels`,
  indexing: `${LEARN}/cosmos-db/mongodb/indexing`,
  partitioning: `${LEARN}/cosmos-db/partitioning-overview`,
  limits: `${LEARN}/cosmos-db/concepts-limits`,
  scaling: `${LEARN}/cosmos-db/scaling-provisioned-throughput-best-practices`,
  coresToRu: `${LEARN}/cosmos-db/convert-vcore-to-request-unit`,
  sharedThroughput: `${LEARN}/cosmos-db/set-throughput`,
  bill: `${LEARN}/cosmos-db/understand-your-bill`,
  pricingModel: `${LEARN}/cosmos-db/how-pricing-works`,
  manualOrAutoscale: `${LEARN}/cosmos-db/how-to-choose-offer`,
  serverless: `${LEARN}/cosmos-db/serverless-performance`,
  vcoreTiers: `${LEARN}/documentdb/compute-storage`,
  vcorePremiumSsd: 'https://docs.azure.cn/en-us/documentdb/compute-storage',
  vcorePremiumSsdV2: `${LEARN}/documentdb/high-performance-storage`,
  vcoreScaling: `${LEARN}/documentdb/scalability-overview`,
  vcoreMigration: `${LEARN}/documentdb/migration-options`,
  vcoreAvailability: `${LEARN}/documentdb/availability-disaster-recovery-under-hood`,
  vcoreLimits: `${LEARN}/documentdb/limitations`,
  vcorePrices: 'https://azure.microsoft.com/pricing/details/document-db/',
  dataFactoryUnits: `${LEARN}/data-factory/pricing-examples-copy-transform-dynamic-parameters`,
  wiredTigerCache: 'https://www.mongodb.com/docs/manual/core/wiredtiger/',
} as const;
