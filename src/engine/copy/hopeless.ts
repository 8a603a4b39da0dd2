/** Documents that a rule of the assessment knows the target will not take: they are not sent. */
import { BSON_TYPE, findElement } from '../../core/bson/raw-document.js';
import type { DeadLetterReason } from '../../core/model/dead-letter.js';
import type { DocumentBatch } from './batch.js';

/** BSONObjectTooLarge and ShardKeyNotFound (error_codes.yml): what the target would have said. */
const CODE_TOO_LARGE = 10_334;
const CODE_SHARD_KEY_MISSING = 61;

export interface HopelessRules {
  /** The most that the target takes, in bytes. */
  readonly documentBytes: number;
  /** The plan keeps larger documents aside; bytes. */
  readonly deadLetterOver: number | undefined;
  /** A document without this top-level field is refused by the target. */
  readonly requiredField: string | undefined;
}

/** Why the document at `index` is not sent; undefined where it is. */
export function whyHopeless(batch: DocumentBatch, index: number, rules: HopelessRules): DeadLetterReason | undefined {
  const { documentBytes, deadLetterOver = Infinity, requiredField } = rules;
  const bytes = batch.lengthOf(index);
  if (bytes > documentBytes) return tooLarge(`${bytes} bytes are more than the ${documentBytes} that the target takes`);
  if (bytes > deadLetterOver) return tooLarge(`${bytes} bytes are more than the ${deadLetterOver} that the plan sends`);
  if (requiredField === undefined || hasField(batch.at(index), requiredField)) return undefined;
  const message = `not sent: it has no ${requiredField}, which is the shard key`;
  return { code: CODE_SHARD_KEY_MISSING, codeName: 'ShardKeyNotFound', message, attempts: 0 };
}

function tooLarge(why: string): DeadLetterReason {
  return { code: CODE_TOO_LARGE, codeName: 'BSONObjectTooLarge', message: `not sent: ${why}`, attempts: 0 };
}

/** A top-level field that is there, null included. */
function hasField(document: Buffer, path: string): boolean {
  const [first = path] = path.split('.');
  const element = findElement(document, first);
  return element !== undefined && (first === path || element.type === BSON_TYPE.document);
}
