/** An assessment that was written as JSON, read again to be compared with. */
import { readFile } from 'node:fs/promises';
import type { Assessment } from '../../core/model/assessment.js';
import { MigrationError } from '../../core/model/error.js';
import { fileFailed } from './durable.js';

/** Far above any real one; keeps a wrong file from being read whole. */
const LONGEST_BYTES = 512 * 1024 * 1024;

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

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
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw fileFailed(error, path, 'read');
  }
  let value: unknown;
  try {
    if (bytes.length <= LONGEST_BYTES) value = JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, ''));
  } catch {
    // The parser's own words quote the text: it may be any file.
  }
  if (!isAssessment(value)) throw new MigrationError('bad-file', { path, reason: 'no-assessment' });
  return value;
}
