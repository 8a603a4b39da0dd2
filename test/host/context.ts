/** What the process that started the host tests has made for them: real servers, already running. */
import { readFile } from 'node:fs/promises';
import { CONTEXT_VARIABLE } from './result.js';

export interface HostTestContext {
  /** A mongod with authentication, and the database `shop` ({@link SHOP}). Whole, with its password. */
  readonly sourceUri: string;
  /** The model of an RU account in front of another mongod; same user. */
  readonly targetUri: string;
  /** A second mongod without anything in it; same user. A target that is no Cosmos DB. */
  readonly mongoTargetUri: string;
  readonly password: string;
  /** Private to this test run, empty at first, removed at its end. */
  readonly folder: string;
}

/** Documents by collection of the source's database `shop`. */
export const SHOP = { orders: 3000, customers: 400, settings: 3 } as const;

let known: Promise<HostTestContext> | undefined;

export function hostTestContext(): Promise<HostTestContext> {
  const path = process.env[CONTEXT_VARIABLE];
  if (path === undefined) throw new Error(`${CONTEXT_VARIABLE} is not set`);
  known ??= readFile(path, 'utf8').then((text) => JSON.parse(text) as HostTestContext);
  return known;
}
