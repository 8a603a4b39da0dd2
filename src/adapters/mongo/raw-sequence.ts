/**
 * Documents as bytes in a command that the driver sends: its DocumentSequence puts them into an OP_MSG section of kind 1, without an object per document. The
 * class is private, so a self-test guards what is relied on.
 */
import { DocumentBatch } from '../../engine/copy/batch.js';
import { DocumentSequence, OpMsgRequest } from './driver-internals.js';

/** What stands before the documents in a section of kind 1: kind, size (of itself, the name and the documents), name. `bytes`: of the documents. */
export function sectionHead(field: string, bytes: number): Buffer {
  const name = Buffer.from(`${field}\0`, 'latin1');
  const head = Buffer.allocUnsafe(5 + name.length);
  head[0] = 1;
  head.writeInt32LE(4 + name.length + bytes, 1);
  name.copy(head, 5);
  return head;
}

function sectionBytes(field: string, documents: readonly Uint8Array[]): Buffer {
  const bytes = documents.reduce((sum, document) => sum + document.length, 0);
  return Buffer.concat([sectionHead(field, bytes), ...documents]);
}

/**
 * A command field whose value is `documents`, verbatim. For the current driver only.
 * @throws Error where the driver no longer has the class; see {@link selfTest}.
 */
export function rawSequence(field: string, documents: readonly Uint8Array[]): object {
  return sequenceOf(field, () => sectionBytes(field, documents));
}

/** The same with documents that lie in a batch. */
export function batchSequence(field: string, batch: DocumentBatch): object {
  return sequenceOf(field, () => batchBytes(field, batch));
}

function sequenceOf(field: string, toBin: () => Buffer): object {
  const Base = DocumentSequence;
  if (!Base) throw new Error('the driver has no DocumentSequence');
  class RawSequence extends Base {
    toBin(): Buffer {
      return toBin();
    }
  }
  return new RawSequence(field);
}

/** Room for a section that is about to be copied into the driver's message; larger ones than this are not kept. */
const KEPT_BYTES = 16 * 1024 * 1024;
let scratch = Buffer.alloc(0);

/**
 * The section of a batch. It lies in memory that the next call uses again: the driver copies it into its message before it does anything
 * else (the self-test and the contract test would notice if not). A fresh buffer for each insert made the garbage collector the largest consumer of the copy.
 */
function batchBytes(field: string, batch: DocumentBatch): Buffer {
  const head = sectionHead(field, batch.bytes);
  const size = head.length + batch.bytes;
  let section = scratch;
  if (section.length < size) {
    section = Buffer.allocUnsafeSlow(size);
    if (size <= KEPT_BYTES) scratch = section;
  }
  let position = head.copy(section);
  for (const run of batch.runs()) position += run.copy(section, position);
  return section.subarray(0, size);
}

let tested: boolean | undefined;

/** True when the driver puts a raw sequence on the wire byte by byte. Run once; a bundle or an update that breaks it is noticed before any write. */
export function selfTest(): boolean {
  tested ??= check();
  return tested;
}

function check(): boolean {
  try {
    if (!OpMsgRequest) return false;
    // Duplicate and integer-like keys: what no decoded document keeps. {"b":1,"1":2,"b":3} as int32s.
    const odd = Buffer.from('1a000000106200010000001031000200000010620003000000' + '00', 'hex');
    const command = { insert: 'c', documents: rawSequence('documents', [odd, odd]) };
    const wire = Buffer.concat(new OpMsgRequest('db', command, {}).toBin());
    const section = sectionBytes('documents', [odd, odd]);
    const first = new OpMsgRequest('db', batchCommand([odd, odd]), {}).toBin();
    // Sent later than the next one is made: what the driver has must be a copy.
    const second = new OpMsgRequest('db', batchCommand([odd]), {}).toBin();
    return (
      wire.readInt32LE(0) === wire.length &&
      wire.subarray(wire.length - section.length).equals(section) &&
      Buffer.concat(first).subarray(-section.length).equals(section) &&
      Buffer.concat(second).subarray(-odd.length).equals(odd)
    );
  } catch {
    return false;
  }
}

function batchCommand(documents: readonly Buffer[]): Record<string, unknown> {
  return { insert: 'c', documents: batchSequence('documents', DocumentBatch.of(documents)) };
}
