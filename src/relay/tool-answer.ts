/** What the tool will be told of its command: one answer for all parts that it was sent in. */
import type { Document } from 'bson';
import type { WriteError } from './write-reply.js';

/** UnknownError (error_codes.yml): no tool carries on after it. */
const CODE_UNKNOWN = 8;

export class ToolAnswer {
  /** Operations that are done, those that were found done included. */
  n = 0;
  #modified: number | undefined;
  readonly #upserted: Document[] = [];
  readonly #errors: WriteError[] = [];
  #refusal: Document | undefined;
  #lastReply: Document = {};
  #writeConcernError: unknown;

  /** The target's latest reply, whose times the answer carries. */
  heard(reply: Document): void {
    this.#lastReply = reply;
    this.#writeConcernError ??= reply['writeConcernError'];
  }

  modified(count: number | undefined): void {
    if (count !== undefined) this.#modified = (this.#modified ?? 0) + count;
  }

  /** `entry`: the target's, with the index that the operation has in the tool's command. */
  upserted(entry: Document): void {
    this.#upserted.push(entry);
  }

  failed(error: WriteError): void {
    this.#errors.push(error);
  }

  /** An operation of which no reply says what became of it. */
  unknown(index: number): void {
    const errmsg = 'the target neither acknowledged nor refused this document';
    this.#errors.push({ index, code: CODE_UNKNOWN, errmsg });
  }

  /** The command failed as a whole, by a reply of the target: the latest where it is left out. */
  refused(reply: Document = this.#lastReply): void {
    this.#lastReply = reply;
    this.#refusal = { ...reply, ok: 0 };
  }

  /** The reply's body. */
  body(): Document {
    if (this.#refusal) return this.#refusal;
    const body: Document = { n: this.n };
    if (this.#modified !== undefined) body['nModified'] = this.#modified;
    if (this.#upserted.length > 0) body['upserted'] = this.#upserted;
    if (this.#errors.length > 0) {
      body['writeErrors'] = [...this.#errors]
        .sort((a, b) => a.index - b.index)
        .map(({ rest, index, code, errmsg }) => ({ ...rest, index, code, errmsg }));
    }
    if (this.#writeConcernError !== undefined) body['writeConcernError'] = this.#writeConcernError;
    for (const field of ['opTime', 'electionId', 'operationTime', '$clusterTime']) {
      if (this.#lastReply[field] !== undefined) body[field] = this.#lastReply[field] as unknown;
    }
    body['ok'] = 1;
    return body;
  }
}
