/** Limits that the user sets for a direct copy, in the units that people think in. */
import type { Command } from 'commander';
import type { CopyCeilings } from '../core/model/plan.js';
import { MOST_CEILINGS } from '../core/tune/direct-copy.js';
import { BYTES_PER_MB } from '../words/ceilings.js';
import { wholeNumber } from './numbers.js';

export interface CeilingOptions {
  readonly maxRuPerSecond?: string;
  readonly maxMbPerSecond?: string;
  readonly maxDocumentsPerSecond?: string;
  readonly sourceConnections?: string;
}

export function addCeilingOptions(command: Command): Command {
  return command
    .option('--max-ru-per-second <n>', 'direct copy: use no more RU/s of the target than this')
    .option('--max-mb-per-second <n>', 'direct copy: send no more megabytes a second than this')
    .option('--max-documents-per-second <n>', 'direct copy: send no more documents a second than this')
    .option('--source-connections <n>', 'direct copy: read from the source over no more connections than this');
}

/** What was given; an empty object where nothing was. @throws MigrationError `bad-number`. */
export function ceilingsFrom(options: CeilingOptions): CopyCeilings {
  const { maxRuPerSecond: ru, maxMbPerSecond: mb, maxDocumentsPerSecond: documents, sourceConnections } = options;
  return {
    ...(ru === undefined ? {} : { ruPerSecond: wholeNumber('--max-ru-per-second', ru, 1, MOST_CEILINGS.ruPerSecond) }),
    ...(mb === undefined
      ? {}
      : { bytesPerSecond: BYTES_PER_MB * wholeNumber('--max-mb-per-second', mb, 1, MOST_CEILINGS.mbPerSecond) }),
    ...(documents === undefined
      ? {}
      : {
          documentsPerSecond: wholeNumber('--max-documents-per-second', documents, 1, MOST_CEILINGS.documentsPerSecond),
        }),
    ...(sourceConnections === undefined
      ? {}
      : {
          sourceConnections: wholeNumber('--source-connections', sourceConnections, 1, MOST_CEILINGS.sourceConnections),
        }),
  };
}
