import type { Plan } from '../model/plan.js';

/** JSON with sorted keys: the same content gives the same text. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join(',')}}`;
}

/** FNV-1a over 16-bit units (isthe.com/chongo/tech/comp/fnv): tells plans apart, protects nothing. */
function hash(text: string, basis: number): string {
  let h = basis;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  // Spreads the last units over all bits, so that the three hashes of one text differ in more than their start.
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d ^ basis);
  return ((h ^ (h >>> 13)) >>> 0).toString(16).padStart(8, '0');
}

/** An id made of a plan's content, 24 hexadecimal digits. The id itself and the time of making are not part of it: the same plan made twice is one plan. */
export function planId(plan: Omit<Plan, 'id'>): string {
  return digestOf(canonical({ ...plan, id: '', createdAt: '' }));
}

/** 24 hexadecimal digits that tell texts apart; they protect nothing. */
export function digestOf(text: string): string {
  return [0x811c9dc5, 0x9e3779b1, 0x7feb352d].map((basis) => hash(text, basis)).join('');
}
