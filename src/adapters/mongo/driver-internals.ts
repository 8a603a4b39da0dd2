/**
 * The one file that reaches into the driver: what the copy needs of its private parts. The driver's version is pinned; anything here may be missing after an update,
 * and whoever uses it goes another way then (the self-test of raw-sequence.ts, `DataConnection.open`). Tests fail where it is missing.
 */
import type { MongoClient, ReadPreference } from 'mongodb';
import commands from 'mongodb/lib/cmap/commands.js';
import connecting from 'mongodb/lib/cmap/connect.js';

/** A command field of this class goes out as an OP_MSG section of kind 1; OpMsgRequest makes the message. */
export const { DocumentSequence, OpMsgRequest } = commands;

/** Greeting and login over a socket that somebody else has opened, and the options that the driver would open it with. */
export const { makeConnection, performInitialHandshake, LEGAL_TCP_SOCKET_OPTIONS, LEGAL_TLS_SOCKET_OPTIONS } =
  connecting;

export interface DriverServer {
  readonly pool?: { readonly options?: PoolOptions; readonly generation?: number };
  /** Looks at once what has become of the server. */
  requestCheck?(): void;
}

export interface PoolOptions extends Record<string, unknown> {
  readonly hostAddress?: { readonly host?: string; readonly port?: number; readonly socketPath?: string };
  readonly tls?: boolean;
  readonly connectTimeoutMS?: number;
}

interface DriverInsides {
  readonly topology?: {
    selectServer?(readPreference: ReadPreference, options: Record<string, unknown>): Promise<DriverServer>;
  };
  readonly s?: { readonly authProviders?: unknown };
  readonly options: { readonly extendedMetadata?: unknown };
}

export function insidesOf(client: MongoClient): DriverInsides {
  return client;
}
