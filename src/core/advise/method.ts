import type { MethodId } from '../model/method.js';
import type { AdviceFacts } from './facts.js';
import type { Verdict } from './verdict.js';

/** One way of migrating, as advise sees it. */
export interface Method {
  readonly id: MethodId;
  readonly judge: (facts: AdviceFacts) => Verdict;
}
