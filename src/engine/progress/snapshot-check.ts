import { AWAITED } from '../../core/model/handoff.js';
import { RESUMES_BY, type RunState } from '../../core/model/run.js';
import { LIMITS, type RunSnapshot } from '../../core/model/run-snapshot.js';

type Check = (value: unknown) => boolean;

const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';

const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const oneOf =
  (...texts: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && texts.includes(value);
const shape =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(fields).every(([name, check]) => check((value as Readonly<Record<string, unknown>>)[name]));
const isParams: Check = (value) =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).every((param) => ['string', 'number', 'boolean'].includes(typeof param));

const STATES: Readonly<Record<RunState, true>> = {
  planned: true,
  preparing: true,
  copying: true,
  indexing: true,
  verifying: true,
  completed: true,
  'completed-with-findings': true,
  paused: true,
  'failed-resumable': true,
  cancelled: true,
};

const isSnapshot = shape({
  runId: isText,
  at: isNumber,
  state: oneOf(...Object.keys(STATES)),
  why: optional(shape({ id: isText, params: isParams })),
  startedAt: isNumber,
  endedAt: optional(isNumber),
  done: isNumber,
  planned: isNumber,
  rechecked: optional(shape({ done: isNumber, of: isNumber })),
  gone: optional(isNumber),
  bytes: isNumber,
  documentsPerSecond: isNumber,
  ruPerSecond: isNumber,
  provisioned: isNumber,
  requestUnits: isNumber,
  throttled: isNumber,
  deadLetters: isNumber,
  conflicts: isNumber,
  resumesBy: optional(oneOf(...RESUMES_BY)),
  awaits: optional(oneOf(...AWAITED)),
  limitedBy: optional(oneOf(...LIMITS)),
  ceilings: optional(
    shape({
      ruPerSecond: optional(isNumber),
      bytesPerSecond: optional(isNumber),
      documentsPerSecond: optional(isNumber),
      sourceConnections: optional(isNumber),
    }),
  ),
  remainingMs: optional(shape({ low: isNumber, expected: isNumber, high: isNumber })),
  collections: listOf(
    shape({
      ns: isText,
      planned: isNumber,
      copied: isNumber,
      compared: optional(isNumber),
      verified: oneOf('no', 'running', 'equal', 'different', 'counts-only', 'unproven'),
      bytes: isNumber,
      throttled: isNumber,
      deadLetters: isNumber,
      conflicts: isNumber,
      active: optional(isFlag),
      checking: optional(isFlag),
    }),
  ),
  rates: listOf(
    shape({
      at: isNumber,
      documentsPerSecond: isNumber,
      bytesPerSecond: isNumber,
      ruPerSecond: isNumber,
      provisioned: isNumber,
      throttledPerSecond: isNumber,
    }),
  ),
  commandLines: listOf(isText),
});

/** A snapshot from its JSON text; undefined for anything else, such as one of another version of this product. */
export function parseSnapshot(text: string): RunSnapshot | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isSnapshot(value) ? (value as RunSnapshot) : undefined;
  } catch {
    return undefined;
  }
}
