/** A source whose documents are those that are to arrive: filtered by the server, changed here. */
import { UNTRANSFORMED, type DeadLetterReason, type DeadLetterSink } from '../../core/model/dead-letter.js';
import type { Namespace } from '../../core/model/namespace.js';
import type { DocumentTransformer } from '../../core/transform/document-transformer.js';
import type { DocumentBatch } from './batch.js';
import type { CompiledTransform } from './compile-transform.js';
import type { CopyCounts } from './counters.js';
import type { CopySource, IdRange, RangeReader, ReadOptions, ReadOrder } from './ports.js';
import { transformBatch, type Untransformable } from './transform-batch.js';

export interface TransformContext extends CompiledTransform {
  /** On the target, as dead letters are kept. */
  readonly ns: Namespace;
  readonly deadLetters: DeadLetterSink;
  readonly counts: CopyCounts;
}

/** The same source with its reads and walks filtered, and its documents changed; what cannot be changed is a dead letter when the reader goes on. */
export function transformedSource(source: CopySource, context: TransformContext): CopySource {
  const { filter, transformer } = context;
  return {
    read: (ns: Namespace, order: ReadOrder, range: IdRange, options: ReadOptions): RangeReader => {
      const reader = source.read(ns, order, range, filter === undefined ? options : { ...options, filter });
      return transformer === undefined ? reader : new TransformedReader(reader, transformer, context);
    },
    canBound: (id) => source.canBound(id),
    sampleIds: (ns, count, signal) => source.sampleIds(ns, count, signal),
    splitIds: (ns, bytes, signal) => source.splitIds(ns, bytes, signal),
    idAfter: (ns, range, skip, signal) => source.idAfter(ns, range, skip, signal, filter),
  };
}

class TransformedReader implements RangeReader {
  readonly #reader: RangeReader;
  readonly #transformer: DocumentTransformer;
  readonly #context: TransformContext;

  constructor(reader: RangeReader, transformer: DocumentTransformer, context: TransformContext) {
    this.#reader = reader;
    this.#transformer = transformer;
    this.#context = context;
  }

  async next(): Promise<DocumentBatch | undefined> {
    for (;;) {
      const read = await this.#reader.next();
      if (!read) return undefined;
      const { batch, refused } = transformBatch(read, this.#transformer);
      for (const { index, why } of refused) await this.#bury(read.at(index), why);
      if (batch !== read) read.release();
      if (batch.count > 0) return batch;
    }
  }

  close(): Promise<void> {
    return this.#reader.close();
  }

  async #bury(document: Buffer, why: Untransformable): Promise<void> {
    const { deadLetters, ns, counts } = this.#context;
    await deadLetters.add(ns, document, untransformed(why));
    counts.deadLettered += 1;
  }
}

function untransformed(why: Untransformable): DeadLetterReason {
  const because = (message: string): DeadLetterReason => ({
    code: 0,
    codeName: UNTRANSFORMED,
    message: `not sent: ${message}`,
    attempts: 0,
  });
  switch (why.kind) {
    case 'name-taken':
      return because(`it has a field ${why.field} already, which ${why.from} was to be renamed to`);
    case 'no-value':
      return because(`it has no field ${why.field}, whose value was to be copied`);
    case 'malformed':
      return because('its bytes are no BSON document');
  }
}
