import { MIB } from '../../model/units.js';
import { largestDocument } from '../../size/limits.js';
import { fileBuckets } from '../gridfs.js';
import { largestSeen, overParams } from '../looked-at.js';
import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** A file that lacks one chunk cannot be read: chunks that an RU account refuses cost the whole file. */
export const gridfsChunksOver2mb: Rule = {
  id: 'gridfs-chunks-over-2mb',
  severity: 'blocker',
  remedy: 'rechunk-files',
  source: SOURCES.ruLimits,
  targets: ON_RU,
  looksAt: 'metadata',
  check: ({ target, collections }) =>
    largestDocument(target) > 2 * MIB
      ? []
      : fileBuckets(collections)
          .filter(({ chunks }) => (largestSeen(chunks)?.bytes ?? 0) > 2 * MIB)
          .map(({ chunks, bucket }) => ({
            ns: chunks.facts.ns,
            params: { bucket, ...overParams(chunks, 2 * MIB) },
          })),
};
