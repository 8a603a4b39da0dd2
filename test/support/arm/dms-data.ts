/** What the model of DMS does to data: it reads a server or a dump, and writes to a server. */
import { calculateObjectSize, deserialize, type Document } from 'bson';
import { MongoClient, type WithId } from 'mongodb';
import { splitDocuments } from '../../../src/core/bson/raw-document.js';
import { blobNames, readBlob } from './blob-container.js';

export interface Settings {
  readonly source: { readonly connectionString: string };
  readonly target: { readonly connectionString: string };
  readonly replication: string;
  readonly databases: Readonly<Record<string, { readonly collections: Readonly<Record<string, object>> }>>;
}

interface End {
  readonly connectionString: string;
  readonly db: string;
  readonly coll: string;
}

export interface Copied {
  readonly documents: number;
  readonly refused: number;
}

/** `largest`: bytes of a document that the target takes. What the service does with documents that are there already is not documented; this model replaces them. */
export async function copyOne(source: End, target: End, largest = Infinity): Promise<Copied> {
  const to = new MongoClient(target.connectionString);
  try {
    const all = isContainer(source.connectionString) ? await dumped(source) : await stored(source);
    const documents = all.filter((document) => calculateObjectSize(document) <= largest);
    const writes = documents.map((replacement) => ({
      replaceOne: { filter: { _id: replacement._id }, replacement, upsert: true },
    }));
    if (writes.length > 0) await to.db(target.db).collection(target.coll).bulkWrite(writes);
    return { documents: documents.length, refused: all.length - documents.length };
  } finally {
    await to.close();
  }
}

/** Numbers keep their types: verification compares bytes. */
const AS_THEY_ARE = { promoteValues: false, bsonRegExp: true };

async function stored({ connectionString, db, coll }: End): Promise<WithId<Document>[]> {
  const client = new MongoClient(connectionString);
  try {
    return await client.db(db).collection(coll).find({}, AS_THEY_ARE).toArray();
  } finally {
    await client.close();
  }
}

/** Where `mongodump --out` puts a collection, by learn.microsoft.com/azure/dms/tutorial-mongodb-cosmos-db also where the service looks for it. */
function blobOf(db: string, coll: string): string {
  return `${db}/${coll}.bson`;
}

async function dumped({ connectionString, db, coll }: End): Promise<WithId<Document>[]> {
  const bytes = await readBlob(connectionString, blobOf(db, coll));
  return splitDocuments(bytes, 0, bytes.length).map(
    ({ start, length }) => deserialize(bytes.subarray(start, start + length), AS_THEY_ARE) as WithId<Document>,
  );
}

function isContainer(connection: string): boolean {
  return /^https?:/.test(connection);
}

/** A container that cannot be read, or holds no file of a collection that is asked for. */
export async function flawOf(taskType: string, input: unknown): Promise<string | undefined> {
  const { connectionString = '' } =
    taskType === 'Connect.MongoDb' ? (input as Partial<Settings['source']>) : (input as Settings).source;
  if (!isContainer(connectionString)) return undefined;
  try {
    const names = new Set(await blobNames(connectionString));
    const { databases = {} } = input as Partial<Settings>;
    const wanted = Object.entries(databases).flatMap(([db, { collections }]) =>
      Object.keys(collections).map((coll) => blobOf(db, coll)),
    );
    const missing = wanted.filter((name) => !names.has(name));
    return missing.length === 0 ? undefined : `The container has no ${missing.join(', ')}.`;
  } catch (error) {
    return String(error);
  }
}
