import { MalformedBson } from '../../core/bson/raw-document.js';
import { ByteSink } from '../../core/transform/byte-sink.js';
import type {
  DocumentTransformer,
  TransformOutcome,
  TransformRefusal,
} from '../../core/transform/document-transformer.js';
import { DocumentBatch } from './batch.js';

/** Why a document does not come along. `malformed`: its bytes are no BSON document. */
export type Untransformable = TransformRefusal | { readonly kind: 'malformed' };

export interface TransformedBatch {
  /** What is to be sent; the batch itself where nothing changes. */
  readonly batch: DocumentBatch;
  /** Dead letters, as they are on the source; `index` is one of the batch that was given. */
  readonly refused: readonly { readonly index: number; readonly why: Untransformable }[];
}

/** Transforms the documents of a batch, in their order. The batch given stays as it is. */
export function transformBatch(batch: DocumentBatch, transformer: DocumentTransformer): TransformedBatch {
  const { buffer, spans } = batch;
  const out = new ByteSink(batch.bytes + (batch.bytes >> 3));
  const outSpans = new Int32Array(spans.length);
  const refused: { index: number; why: Untransformable }[] = [];
  let written = 0;
  let changed = false;
  for (let i = 0; i < spans.length; i += 2) {
    const start = spans[i] ?? 0;
    const begin = out.length;
    const outcome = transformInto(out, transformer, buffer, start);
    if (outcome.kind === 'changed') changed = true;
    else if (outcome.kind === 'unchanged') out.append(buffer, start, spans[i + 1] ?? start);
    else {
      refused.push({ index: i / 2, why: outcome });
      continue;
    }
    outSpans[written] = begin;
    outSpans[written + 1] = out.length;
    written += 2;
  }
  if (!changed && refused.length === 0) return { batch, refused };
  return { batch: new DocumentBatch(out.view(), outSpans.subarray(0, written)), refused };
}

/** The document as it is to arrive, in memory of its own; itself where it is not changed or cannot be. */
export function transformDocument(document: Buffer, transformer: DocumentTransformer): Buffer {
  const out = new ByteSink(document.length + (document.length >> 3));
  return transformInto(out, transformer, document, 0).kind === 'changed' ? out.view() : document;
}

function transformInto(
  out: ByteSink,
  transformer: DocumentTransformer,
  buffer: Buffer,
  start: number,
): TransformOutcome | { readonly kind: 'malformed' } {
  const begin = out.length;
  try {
    return transformer.write(buffer, start, out);
  } catch (error) {
    if (!(error instanceof MalformedBson) && !(error instanceof RangeError)) throw error;
    out.cutTo(begin);
    return { kind: 'malformed' };
  }
}
