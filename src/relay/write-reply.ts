import type { Document } from 'bson';
import { decodeBody, openOpMsg } from './wire.js';

export interface WriteError {
  readonly index: number;
  readonly code: number;
  readonly errmsg: string;
  readonly rest?: Document;
}

/** A target's reply to a write command, numbers made plain. */
export interface WriteReply {
  /** False also where `ok: 1` comes with an error's top-level code and no write errors: nothing can be taken for done then. */
  readonly ok: boolean;
  readonly n: number;
  readonly nModified: number | undefined;
  readonly code: number;
  readonly errmsg: string;
  /** At most one for each index. */
  readonly writeErrors: readonly WriteError[];
  readonly upserted: readonly Document[];
  /** The body with its types kept, for passing fields on. */
  readonly body: Document;
}

/** Reads a reply to a write command; of several errors of one operation the first. @throws MalformedBson where it is no OP_MSG. */
export function readWriteReply(message: Buffer): WriteReply {
  const body = decodeBody(openOpMsg(message));
  const number = (value: unknown): number => Number(value ?? 0);
  const list = (value: unknown): Document[] => (Array.isArray(value) ? (value as Document[]) : []);
  const errors = new Map<number, WriteError>();
  for (const entry of list(body['writeErrors'])) {
    const index = number(entry['index']);
    if (errors.has(index)) continue;
    errors.set(index, { index, code: number(entry['code']), errmsg: String(entry['errmsg'] ?? ''), rest: entry });
  }
  const code = number(body['code']);
  return {
    ok: number(body['ok']) === 1 && (code === 0 || errors.size > 0),
    n: number(body['n']),
    nModified: body['nModified'] === undefined ? undefined : number(body['nModified']),
    code,
    errmsg: String(body['errmsg'] ?? body['errMsg'] ?? ''),
    writeErrors: [...errors.values()],
    upserted: list(body['upserted']),
    body,
  };
}
