/** Which connectors of Data Factory read the source and write the target. Types and properties: Microsoft.DataFactory 2018-06-01. */
import type { Plan } from '../../core/model/plan.js';

interface Connector {
  readonly linkedService: string;
  readonly typeProperties: Readonly<Record<string, string | boolean>>;
  readonly dataset: string;
}

export interface SourceConnector extends Connector {
  readonly copySource: string;
  /** Whether the server's version decided, or was not known. */
  readonly isVersionKnown: boolean;
}

export interface SinkConnector extends Connector {
  readonly copySink: string;
  /** Whether the documentation names the connector for this target. */
  readonly isDocumented: boolean;
}

const MONGODB_V2 = { linkedService: 'MongoDbV2', typeProperties: {}, dataset: 'MongoDbV2Collection' } as const;
/** `v2`: the driver for MongoDB 3.6 and newer (connector-mongodb-atlas). */
const ATLAS = {
  linkedService: 'MongoDbAtlas',
  typeProperties: { driverVersion: 'v2' },
  dataset: 'MongoDbAtlasCollection',
} as const;
const COSMOS = {
  linkedService: 'CosmosDbMongoDbApi',
  typeProperties: { isServerVersionAbove32: true },
  dataset: 'CosmosDbMongoDbApiCollection',
} as const;

/** The newest server that the MongoDB connector is documented for; for newer ones its page sends to the Atlas connector. */
const NEWEST_OF_MONGODB_V2 = [4, 2] as const;

/** `version` as `[major, minor, ...]`; absent: not known, and taken for a newer one. */
export function sourceConnector(version: readonly number[] | undefined): SourceConnector {
  const [major = 0, minor = 0] = version ?? [];
  const [newestMajor, newestMinor] = NEWEST_OF_MONGODB_V2;
  const isOld = version !== undefined && (major < newestMajor || (major === newestMajor && minor <= newestMinor));
  return isOld
    ? { ...MONGODB_V2, copySource: 'MongoDbV2Source', isVersionKnown: true }
    : { ...ATLAS, copySource: 'MongoDbAtlasSource', isVersionKnown: version !== undefined };
}

export function sinkConnector(target: Plan['targetKind']): SinkConnector {
  return target === 'cosmos-ru'
    ? { ...COSMOS, copySink: 'CosmosDbMongoDbApiSink', isDocumented: true }
    : { ...ATLAS, copySink: 'MongoDbAtlasSink', isDocumented: target === 'mongodb' };
}
