import { hash } from 'node:crypto';
import type { Plan } from '../../core/model/plan.js';

/** JSON with the keys of every object in order, so that equal data give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    item !== null && typeof item === 'object' && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : item,
  );
}

/** SHA-256 of the plan's content, hexadecimal: the same for the same plan however its file is laid out. */
export function planHash(plan: Plan): string {
  return hash('sha256', canonicalJson(plan), 'hex');
}

/** What a journal belongs to. */
export interface RunIdentity {
  readonly runId: string;
  readonly planId: string;
  readonly planHash: string;
}
