/** What Azure says of an account or a cluster that can be a target. Plain data, no secret: a driver does not learn these over the wire. */
import type { AccountRegions } from './regions.js';
import type { RequestUnitsPerSecond } from './units.js';

interface AzureAccountBase {
  readonly resourceId: string;
  readonly name: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly location: string;
  /** Of MongoDB that it speaks, e.g. `7.0`. */
  readonly serverVersion?: string;
  readonly network: AzureNetwork;
}

/** `rules`: from the addresses and networks that are named alone. `closed`: through private endpoints alone. */
export interface AzureNetwork {
  readonly publicAccess: 'open' | 'rules' | 'closed';
  readonly addresses: readonly string[];
  readonly virtualNetworks: number;
  readonly privateEndpoints: number;
}

/** An account of Azure Cosmos DB for MongoDB, RU-based. */
export interface AzureRuAccount extends AzureAccountBase {
  readonly kind: 'cosmos-ru';
  /** Throttled requests are tried again by the service for up to 60 s. Capability `DisableRateLimitingResponses`. */
  readonly serverSideRetry: boolean;
  readonly serverless: boolean;
  /** Documents up to 16 MB, in collections that are made from now on. */
  readonly largeDocuments: boolean;
  readonly retryableWrites: boolean;
  readonly backup: 'continuous' | 'periodic' | 'unknown';
  /** Their names, the one that writes go to first; none where Azure does not tell them. */
  readonly regions: readonly string[];
  /** They are several, and each takes writes. */
  readonly multipleWriteRegions: boolean;
  /** All, as Azure spells them. */
  readonly capabilities: readonly string[];
}

/** A cluster of Azure Cosmos DB for MongoDB vCore, now Azure DocumentDB. */
export interface AzureVcoreCluster extends AzureAccountBase {
  readonly kind: 'cosmos-vcore';
  /** E.g. `M40`. */
  readonly tier?: string;
  readonly shards?: number;
  readonly storageGb?: number;
  readonly administrator?: string;
}

export type AzureAccountFacts = AzureRuAccount | AzureVcoreCluster;

/** What an account is paid for; undefined where Azure did not tell it, and for a cluster, which has no regions to pay for. */
export function regionsOfAccount(account: AzureAccountFacts | undefined): AccountRegions | undefined {
  if (account?.kind !== 'cosmos-ru' || account.regions.length === 0) return undefined;
  return { regions: account.regions.length, multipleWriteRegions: account.multipleWriteRegions };
}

export interface AzureSubscription {
  readonly id: string;
  readonly name: string;
}

/** Throughput of one budget of an RU account as ARM tells it. */
export interface AzureThroughput {
  /** `db.coll`, or `db.` for a database whose collections share it. */
  readonly budget: string;
  readonly ruPerSecond?: RequestUnitsPerSecond;
  readonly autoscaleMaxRuPerSecond?: RequestUnitsPerSecond;
  /** It cannot be set lower. */
  readonly minimumRuPerSecond?: RequestUnitsPerSecond;
  /** It can be raised up to this at once; above it partitions are split, which takes hours. */
  readonly instantMaximumRuPerSecond?: RequestUnitsPerSecond;
}
