/**
 * Documents as bytes in a command that the driver sends: its DocumentSequence puts them into an OP_MSG section of kind 1, without an object per document. The
 * class is private, so a self-test guards what is relied on.
 */
import { DocumentBatch } from '../../engine/copy/batch.js';
import { DocumentSequence, OpMsgRequest } from './driver-internals.js';

/** Bytes of a kind-1 section: kind, size (of itself, the name and the documents), name, documents. */
function sectionBytes(field: string, documents: readonly Uint8Array[]): Buffer {
  const name = Buffer.from(`${field}\0`, 'latin1');
  const size = documents.reduce((sum, document) => sum + document.length, 4 + name.length);
  const section = Buffer.allocUnsafe(1 + size);
  section[0] = 1;
  section.writeInt32LE(size, 1);
  let position = 5 + name.copy(section, 5);
  for (const document of documents) {
    section.set(document, position);
    position += document.length;
  }
  return section;
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
  const name = Buffer.from(`${field}\0`, 'latin1');
  const size = 4 + name.length + batch.bytes;
  if (scratch.length < 1 + size) {
    const fresh = Buffer.allocUnsafeSlow(1 + size);
    if (fresh.length > KEPT_BYTES) return fillSection(fresh, name, size, batch);
    scratch = fresh;
  }
  return fillSection(scratch.subarray(0, 1 + size), name, size, batch);
}

function fillSection(section: Buffer, name: Buffer, size: number, batch: DocumentBatch): Buffer {
  section[0] = 1;
  section.writeInt32LE(size, 1);
  let position = 5 + name.copy(section, 5);
  const { buffer, spans } = batch;
  for (let i = 0; i < spans.length;) {
    const start = spans[i] ?? 0;
    let end = spans[i + 1] ?? 0;
    i += 2;
    // Documents that lie one behind another go in one piece.
    while (spans[i] === end) {
      end = spans[i + 1] ?? 0;
      i += 2;
    }
    position += buffer.copy(section, position, start, end);
  }
  return section;
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
