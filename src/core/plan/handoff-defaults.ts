/** What a plan says of the system that carries it out, where nobody has said otherwise. */
import { MigrationError } from '../model/error.js';
import type { Handoff } from '../model/handoff.js';
import type { MethodId } from '../model/method.js';
import type { Plan } from '../model/plan.js';
import { isHandedOff, STUDIO_3T_PORT } from './handoff-fields.js';

/** The hand-off of a new plan: what was wished for, else the default of a method that has one. */
export function handoffFor(method: MethodId, wished: Handoff | undefined): Handoff | undefined {
  return wished ?? (method === 'studio-3t' ? { kind: method, port: STUDIO_3T_PORT } : undefined);
}

/** A plan says where it is carried out, and that of its own method. @throws MigrationError `bad-plan` (`handoff-missing`, `handoff-of-other-method`). */
export function checkHandoff({ method, handoff }: Pick<Plan, 'method' | 'handoff'>): void {
  if (handoff === undefined) {
    if (isHandedOff(method)) throw new MigrationError('bad-plan', { reason: 'handoff-missing', method });
  } else if (handoff.kind !== method) {
    throw new MigrationError('bad-plan', { reason: 'handoff-of-other-method', method, kind: handoff.kind });
  }
}
