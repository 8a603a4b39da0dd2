import type { Document } from 'bson';
import { findElement, readString } from '../../../src/core/bson/raw-document.js';
import { readBody, type OpMsg } from '../../../src/relay/wire.js';
import type { BackendLink } from './backend-link.js';
import type { Catalog } from './catalog.js';
import type { ChargeMeter } from './charges.js';
import type { Settings } from './options.js';
import type { NamespaceMeter } from './stats.js';

/** What all connections share. */
export interface StandInContext {
  readonly settings: Settings;
  readonly catalog: Catalog;
  readonly charges: ChargeMeter;
  /** Partition of each open cursor, by the cursor's id. */
  readonly cursors: Map<bigint, number>;
  meter(db: string, collection: string): NamespaceMeter;
}

/** One command on its way: the client's message and what answering it cost. */
export class Exchange {
  /** RU of a data command; undefined for one that is not charged. */
  charge: number | undefined;
  /** Service time that the model adds, in ms. */
  serviceMs = 0;
  private decoded: Document | undefined;

  constructor(
    readonly context: StandInContext,
    readonly link: BackendLink,
    readonly message: OpMsg,
    /** As the client spelt it. */
    readonly name: string,
    readonly db: string,
  ) {}

  /** The body with plain values; not for messages that carry documents in it. */
  get body(): Document {
    return (this.decoded ??= readBody(this.message));
  }

  /** The collection that the command names, read without decoding the rest. */
  get collection(): string {
    const element = findElement(this.message.buffer, this.name, this.message.bodyStart);
    return (element && readString(this.message.buffer, element)) ?? '';
  }

  now(): number {
    return this.context.settings.clock.now();
  }

  /** Sends the client's message to the backend as it is. */
  forward(): Promise<Buffer> {
    return this.link.exchange(this.message.buffer);
  }
}

/** A reply: a whole message for the client as it is, or a body to be written. */
export type Answer = Buffer | Document;
export type Handler = (exchange: Exchange) => Promise<Answer>;
