import { fileBuckets } from '../gridfs.js';
import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_COSMOS } from '../targets.js';

/** A GridFS bucket is two ordinary collections and moves as such. Its chunks are as large as the driver made them, 255 KB by default. */
export const gridfsFound: Rule = {
  id: 'gridfs-found',
  severity: 'info',
  remedy: 'mind-gridfs',
  source: SOURCES.ruFeatures,
  targets: ON_COSMOS,
  looksAt: 'metadata',
  check: (context) =>
    fileBuckets(context.collections).map(({ chunks, bucket }) => ({ ns: chunks.facts.ns, params: { bucket } })),
};
