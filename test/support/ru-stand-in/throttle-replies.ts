import { randomUUID } from 'node:crypto';
import type { Document } from 'bson';
import type { MessageStyle } from './options.js';

/**
 * The shapes in which throttling has been seen (facts section 2.8 and 8.5).
 * Clients read the retry hint out of the text, so the text is kept to the letter.
 */
export const THROTTLED = 16500;

const RATE_IS_LARGE =
  'Request rate is large. More Request Units may be needed, so no changes were made. ' +
  'Please retry this request later. Learn more: http://aka.ms/cosmosdb-error-429';

function commandText(style: MessageStyle, retryAfterMs: number): string {
  if (style === 'legacy') {
    return (
      'Message: {"Errors":["Request rate is large"]}\r\n' +
      `ActivityId: ${randomUUID()}, Request URI: /apps/stand-in, RequestStats: , StatusCode: 429, SubStatusCode: 3200, RequestCharge: 0.38`
    );
  }
  return (
    `Error=16500, RetryAfterMs=${retryAfterMs}, Details='Response status code does not indicate success: TooManyRequests (429) ` +
    `Substatus: 3200 ActivityId: ${randomUUID()} Reason: (\r\nErrors : [\r\n "${RATE_IS_LARGE}"\r\n]\r\n) `
  );
}

/** A whole command refused: reads, single writes, and every throttled write in the style `commandLevel`. */
export function throttledCommand(style: MessageStyle, retryAfterMs: number, isWrite: boolean): Document {
  if (style === 'insertError' && isWrite) {
    return { ok: 0, errmsg: INSERT_ERROR, code: THROTTLED, codeName: 'RequestRateTooLarge' };
  }
  const errmsg = commandText(style, retryAfterMs);
  if (style === 'legacy') return { _t: 'OKMongoResponse', ok: 0, code: THROTTLED, errmsg, $err: errmsg };
  return { ok: 0, errmsg, code: THROTTLED, codeName: 'RequestRateTooLarge' };
}

const INSERT_ERROR = "Error=16500, Details='Insert error.'";

/** The text of one throttled statement among several. */
export function throttledStatementText(style: MessageStyle, retryAfterMs: number, activityId: string): string {
  if (style === 'insertError') return INSERT_ERROR;
  if (style === 'legacy') return 'Message: {"Errors":["Request rate is large"]}';
  return (
    `Error=16500, RetryAfterMs=${retryAfterMs}, Details='Response status code does not indicate success: TooManyRequests (429); ` +
    `Substatus: 3200; ActivityId: ${activityId}; Reason: ({\r\n  "Errors": [\r\n    "${RATE_IS_LARGE}"\r\n  ]\r\n});`
  );
}

/** What server-side retry answers after 60 s. */
export function timedOut(): Document {
  return {
    ok: 0,
    errmsg: 'Request timed out. Retries due to rate limiting: True.',
    code: 50,
    codeName: 'ExceededTimeLimit',
  };
}
