import { ByteSink } from '../../core/transform/byte-sink.js';
import type { DocumentTransformer, TransformOutcome } from '../../core/transform/transformer.js';
import { DocumentBatch } from './batch.js';

/** A document that cannot be transformed: a dead letter, as it is on the source. */
export interface UntransformedDocument {
  /** Index into the batch that was given. */
  readonly index: number;
  readonly why: Exclude<TransformOutcome, 'changed' | 'unchanged'>;
}

export interface TransformedBatch {
  /** What is to be sent; the batch itself where nothing changes. */
  readonly batch: DocumentBatch;
  readonly refused: readonly UntransformedDocument[];
}

/** Transforms the documents of a batch, in their order. The batch given stays as it is. @throws MalformedBson for bytes that are no document. */
export function transformBatch(batch: DocumentBatch, transformer: DocumentTransformer): TransformedBatch {
  const { buffer, spans } = batch;
  const out = new ByteSink(batch.bytes + (batch.bytes >> 3));
  const outSpans = new Int32Array(spans.length);
  const refused: UntransformedDocument[] = [];
  let written = 0;
  let changed = false;
  for (let i = 0; i < spans.length; i += 2) {
    const start = spans[i] ?? 0;
    const begin = out.length;
    const outcome = transformer.write(buffer, start, out);
    if (outcome === 'name-taken' || outcome === 'no-value') {
      refused.push({ index: i / 2, why: outcome });
      continue;
    }
    if (outcome === 'changed') changed = true;
    else out.append(buffer, start, spans[i + 1] ?? start);
    outSpans[written] = begin;
    outSpans[written + 1] = out.length;
    written += 2;
  }
  if (!changed && refused.length === 0) return { batch, refused };
  return { batch: new DocumentBatch(out.view(), outSpans.subarray(0, written)), refused };
}
