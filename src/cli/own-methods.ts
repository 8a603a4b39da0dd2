import type { MethodId } from '../core/model/method.js';

/** What this version carries out itself. */
export const OWN_METHODS: readonly MethodId[] = ['dump-restore', 'direct-copy'];
