import { CARRIED_OUT, CARRIED_OUT_ON_REQUEST } from '../core/advise/advise.js';
import type { MethodId } from '../core/model/method.js';

/** What this version carries out itself. */
export function isCarriedOut(method: MethodId): boolean {
  return CARRIED_OUT.has(method) || CARRIED_OUT_ON_REQUEST.has(method);
}
