/** What a plan says of the system that carries it out, where that is not this machine. Names and places only: no secret. */

/** Where resources of Azure are made or found. */
export interface AzurePlace {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  /** As ARM spells it, e.g. `westeurope`. */
  readonly location: string;
}

/** Spark on Databricks. Secrets are read from `secretScope` under the keys `source-uri` and `target-uri`. */
export interface SparkHandoff {
  readonly kind: 'spark-databricks';
  /** `https://adb-....azuredatabricks.net`; absent: left open in the artefacts, and this product cannot start the job. */
  readonly workspaceUrl?: string;
  readonly secretScope: string;
  /** `raw`: bytes as they are. `transform`: the connector's DataFrames, which change types. */
  readonly mode: 'raw' | 'transform';
  readonly cluster: {
    readonly nodeType: string;
    readonly workers: number;
    /** Databricks Runtime, e.g. `15.4.x-scala2.12`. */
    readonly runtime: string;
  };
}

/**
 * For whom a token of Microsoft Entra ID has to be that a workspace takes: the application of Azure Databricks, the same for every workspace and every cloud of Azure.
 * Source: `ARM_DATABRICKS_RESOURCE_ID` in databricks/sdk/azure.py of github.com/databricks/databricks-sdk-py, which its table of clouds (environments.py) has for each.
 */
export const DATABRICKS_SCOPE = '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d/.default';

/** Azure Data Factory. Marker blobs of finished ranges lie in `storage`. */
export interface DataFactoryHandoff {
  readonly kind: 'data-factory';
  readonly azure: AzurePlace;
  readonly factory: string;
  readonly storage: { readonly account: string; readonly container: string };
  /** A self-hosted integration runtime of the factory, where Azure does not reach the source. */
  readonly integrationRuntime?: string;
}

/** Azure Database Migration Service: the classic service for an RU target, `databaseMigrations` for vCore. */
export interface DmsHandoff {
  readonly kind: 'dms';
  readonly azure: AzurePlace;
  readonly service: string;
  readonly project: string;
  /** RU targets: the subnet that the service lives in. */
  readonly subnetId?: string;
  /** `continuous` follows the source until the cut-over; RU targets only. */
  readonly replication: 'one-time' | 'continuous';
  /** Resource id of the account or cluster that is written to; vCore needs it. */
  readonly targetResourceId?: string;
  /** The source is a dump in a blob container, for versions that the service does not read; its SAS address is a secret. */
  readonly fromDump?: boolean;
}

/** Studio 3T, which writes to the throttle relay on this machine. */
export interface Studio3tHandoff {
  readonly kind: 'studio-3t';
  /** Where the relay listens on loopback, so that a connection made once in Studio 3T stays good. */
  readonly port: number;
}

export type Handoff = SparkHandoff | DataFactoryHandoff | DmsHandoff | Studio3tHandoff;

/** What a run waits for a person to do or to say. */
export const AWAITED = ['studio-3t-done', 'cut-over', 'deployment', 'registration'] as const;
export type Awaited = (typeof AWAITED)[number];
