/**
 * Runs a script for mongosh over the driver. Where mongosh waits for every call of the database by itself, an `await` is written before each here. The script runs in a
 * context of its own, as mongosh runs it: its Maps and Dates are not this context's.
 */
import { createContext, runInContext } from 'node:vm';
import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
  UUID,
  type Document,
} from 'bson';
import type { MongoClient } from 'mongodb';

/** The constructors of values that mongosh offers, by https://www.mongodb.com/docs/mongodb-shell/reference/data-types/. */
const VALUES = {
  BSONRegExp,
  BSONSymbol,
  NumberLong: (text: string) => Long.fromString(text),
  NumberDecimal: (text: string) => Decimal128.fromString(text),
  Double: (value: number) => new Double(value),
  ObjectId: (hex: string) => new ObjectId(hex),
  UUID: (text: string) => new UUID(text),
  Code: (code: string, scope?: Document) => new Code(code, scope),
  Timestamp: (value: { t: number; i: number }) => new Timestamp(value),
  MinKey: () => new MinKey(),
  MaxKey: () => new MaxKey(),
  BinData: (subType: number, base64: string) => new Binary(Buffer.from(base64, 'base64'), subType),
};

/** The value of one expression. */
export function shellValue(expression: string): unknown {
  return runInContext(`(${expression})`, createContext({ ...VALUES }));
}

/** Commands in the order in which the script has sent them, as they were given to the driver. */
export async function runShellScript(script: string, client: MongoClient): Promise<Document[]> {
  const sent: Document[] = [];
  const getSiblingDB = (name: string) => ({
    runCommand: (command: Document) => {
      sent.push(command);
      return client.db(name).command(command);
    },
    getCollectionNames: async () =>
      (await client.db(name).listCollections({}, { nameOnly: true }).toArray()).map((c) => c.name),
  });
  const waiting = script.replaceAll('db.getSiblingDB(', 'await db.getSiblingDB(');
  await (runInContext(
    `(async () => {${waiting}})()`,
    createContext({ ...VALUES, db: { getSiblingDB } }),
  ) as Promise<void>);
  return sent;
}
