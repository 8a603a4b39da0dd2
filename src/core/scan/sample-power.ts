import { MigrationError } from '../model/error.js';

/** One in twenty samples may mislead. */
const CERTAINTY = 0.95;

/** What a sample may have missed. */
export interface SamplePower {
  readonly documents: number;
  readonly of: number;
  /** Something that a larger share of the documents has is in the sample with `certainty`. 0 where all were looked at, 1 where none was. */
  readonly missedShare: number;
  /** The same as a number of documents of the collection, rounded up. */
  readonly missedDocuments: number;
  readonly certainty: number;
}

/**
 * The largest share of documents that a sample of `documents` can miss with 95 % certainty: 1 - 0.05^(1/n), about 3/n (the rule of three: J. A. Hanley,
 * A. Lippman-Hand, "If nothing goes wrong, is everything all right?", JAMA 1983). It holds for documents that are drawn at random, the same one twice or not.
 * @throws MigrationError `bad-number` for a negative or non-finite count.
 */
export function samplePower(documents: number, of: number): SamplePower {
  for (const [name, value] of Object.entries({ documents, of })) {
    if (!Number.isFinite(value) || value < 0) throw new MigrationError('bad-number', { name, value: String(value) });
  }
  const missedShare = documents >= of ? 0 : documents === 0 ? 1 : 1 - (1 - CERTAINTY) ** (1 / documents);
  return { documents, of, missedShare, missedDocuments: Math.ceil(missedShare * of), certainty: CERTAINTY };
}
