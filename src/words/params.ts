import type { Carrier } from '../core/plan/carried-out.js';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatRoughDuration,
  formatRu,
  formatRuPerSecond,
  shortNumber,
} from './sizes.js';

/** Parameters of a reason, a finding or an error, read without trust: a sentence is always made, whatever is missing. */
export type Params = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export function textOf(params: Params, name: string, otherwise = 'unknown'): string {
  const value = params[name];
  if (value === undefined || value === '') return otherwise;
  return typeof value === 'object' ? value.join(', ') : String(value);
}

export function numberOf(params: Params, name: string): number {
  return Number(params[name] ?? 0);
}

const CARRIERS: ReadonlySet<unknown> = new Set<Carrier>(['dataframes', 'dms', 'studio-3t']);

/** Who carries out the plan that a finding is on, where that matters for what is said of it (`carriedOutBy`). */
export function carrierIn({ carrier }: Params): Carrier | undefined {
  return CARRIERS.has(carrier) ? (carrier as Carrier) : undefined;
}

export const bytesOf = (params: Params, name: string): string => formatBytes(numberOf(params, name));
export const countOf = (params: Params, name: string): string => formatCount(numberOf(params, name));
export const durationOf = (params: Params, name: string): string => formatDuration(numberOf(params, name));
/** Of what nobody knows to the second, or to the last request unit. */
export const roughDurationOf = (params: Params, name: string): string => formatRoughDuration(numberOf(params, name));
export const roughRuOf = (params: Params, name: string): string =>
  formatRu(Number(numberOf(params, name).toPrecision(3)));
export const ruOf = (params: Params, name: string): string => formatRu(numberOf(params, name));
export const ruPerSecondOf = (params: Params, name: string): string => formatRuPerSecond(numberOf(params, name));
export const percentOf = (params: Params, name: string): string => `${Math.round(numberOf(params, name) * 100)} %`;
export const shortOf = (params: Params, name: string): string => shortNumber(numberOf(params, name));

/** An entry of a table of words; ids come from files and servers, so inherited names do not count. */
export function lookUp<T>(table: Readonly<Record<string, T>>, id: string): T | undefined {
  return Object.hasOwn(table, id) ? table[id] : undefined;
}

/** For an id that has no words, which a test rules out for all of ours: better a raw id than nothing at 2 a.m. */
export function unknownId(id: string, params: Params): string {
  const facts = Object.keys(params).map((name) => `${name} ${textOf(params, name)}`);
  return facts.length === 0 ? id : `${id} (${facts.join(', ')})`;
}
