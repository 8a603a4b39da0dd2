import type { CollectionSnapshot } from '../../core/model/run-snapshot.js';
import type { VerificationResult } from '../verify/result.js';

/** A result in the snapshot's words. */
export function verifiedAs(result: VerificationResult): CollectionSnapshot['verified'] {
  if (result.kind !== 'unverified') return result.kind;
  return result.why === 'counts-only' ? 'counts-only' : 'unproven';
}
