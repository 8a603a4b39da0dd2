/**
 * The one file that reaches into the driver: its DocumentSequence lets a command carry documents as bytes, in an OP_MSG section of kind 1,
 * without an object per document. The class is private, so the driver's version is pinned and a self-test guards what is relied on.
 */
import commands from 'mongodb/lib/cmap/commands.js';

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
  const Base = commands.DocumentSequence;
  if (!Base) throw new Error('the driver has no DocumentSequence');
  class RawSequence extends Base {
    toBin(): Buffer {
      return sectionBytes(field, documents);
    }
  }
  return new RawSequence(field);
}

let tested: boolean | undefined;

/** True when the driver puts a raw sequence on the wire byte by byte. Run once; a bundle or an update that breaks it is noticed before any write. */
export function selfTest(): boolean {
  tested ??= check();
  return tested;
}

function check(): boolean {
  try {
    if (!commands.OpMsgRequest) return false;
    // Duplicate and integer-like keys: what no decoded document keeps. {"b":1,"1":2,"b":3} as int32s.
    const odd = Buffer.from('1a000000106200010000001031000200000010620003000000' + '00', 'hex');
    const command = { insert: 'c', documents: rawSequence('documents', [odd, odd]) };
    const wire = Buffer.concat(new commands.OpMsgRequest('db', command, {}).toBin());
    const section = sectionBytes('documents', [odd, odd]);
    return wire.readInt32LE(0) === wire.length && wire.subarray(wire.length - section.length).equals(section);
  } catch {
    return false;
  }
}
