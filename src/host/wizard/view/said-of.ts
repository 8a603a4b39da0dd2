import type { SaidOf } from '../../../protocol/wizard.js';

/** More names than these nobody reads on a page; the plan file and the command line have all. */
const MOST_PLACES = 50;

export function saidOf(text: string, places: readonly string[]): SaidOf {
  return { text, places: places.slice(0, MOST_PLACES), more: Math.max(0, places.length - MOST_PLACES) };
}
