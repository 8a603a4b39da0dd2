import type { CopyCeilings } from '../core/model/plan.js';
import { formatCount } from './sizes.js';

/** As people say it of networks: 1 MB is a million bytes. */
export const BYTES_PER_MB = 1_000_000;

/** The limits of a direct copy in a line for people. */
export function ceilingsText(ceilings: CopyCeilings): string {
  const { ruPerSecond, bytesPerSecond, documentsPerSecond, sourceConnections } = ceilings;
  const parts = [
    ...(ruPerSecond === undefined ? [] : [`${formatCount(ruPerSecond)} RU/s`]),
    ...(bytesPerSecond === undefined ? [] : [`${formatCount(bytesPerSecond / BYTES_PER_MB)} MB/s`]),
    ...(documentsPerSecond === undefined ? [] : [`${formatCount(documentsPerSecond)} documents/s`]),
    ...(sourceConnections === undefined ? [] : [`${formatCount(sourceConnections)} connections on the source`]),
  ];
  return parts.length === 0 ? 'no limit' : `at most ${parts.join(', ')}`;
}
