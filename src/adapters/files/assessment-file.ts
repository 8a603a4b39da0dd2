/** An assessment that was written as JSON, read again to be compared with. */
import type { Assessment } from '../../core/model/assessment.js';
import { MigrationError } from '../../core/model/error.js';
import { isRecord } from '../json.js';
import { readSmallText } from './small-text.js';

/** Far above any real one; keeps a wrong file from being read whole. */
const LONGEST_BYTES = 512 * 1024 * 1024;

function isFinding(value: unknown): boolean {
  if (!isRecord(value) || typeof value['rule'] !== 'string' || !isRecord(value['params'])) return false;
  const { ns } = value;
  return ns === undefined || (isRecord(ns) && typeof ns['db'] === 'string' && typeof ns['coll'] === 'string');
}

function isTarget(value: unknown): boolean {
  if (!isRecord(value) || !isRecord(value['target']) || typeof value['target']['kind'] !== 'string') return false;
  return Array.isArray(value['findings']) && value['findings'].every(isFinding);
}

/** As much as a comparison looks at. */
function isAssessment(value: unknown): value is Assessment {
  return (
    isRecord(value) &&
    value['version'] === 1 &&
    typeof value['madeAt'] === 'string' &&
    Array.isArray(value['targets']) &&
    value['targets'].every(isTarget)
  );
}

/** @throws MigrationError `bad-file` (`no-assessment`), `file-failed`. */
export async function readAssessmentFile(path: string): Promise<Assessment> {
  const text = await readSmallText(path, LONGEST_BYTES);
  let value: unknown;
  try {
    if (text !== undefined) value = JSON.parse(text);
  } catch {
    // The parser's own words quote the text: it may be any file.
  }
  if (!isAssessment(value)) throw new MigrationError('bad-file', { path, reason: 'no-assessment' });
  return value;
}
