/** What reports are made of, before they are Markdown or HTML. */
import { formatCount } from './sizes.js';

/** A name or a value that stands for itself is `code`; everything else is prose. */
export interface Cell {
  readonly text: string;
  readonly code?: true;
}

export type Block =
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly (readonly Cell[])[] }
  | { readonly kind: 'pairs'; readonly pairs: readonly (readonly [label: string, value: Cell])[] }
  | {
      readonly kind: 'table';
      readonly columns: readonly { readonly title: string; readonly right?: true }[];
      readonly rows: readonly (readonly Cell[])[];
    };

export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export const prose = (text: string): Cell => ({ text });
export const code = (text: string): Cell => ({ text, code: true });
/** Nothing for none: a table of zeros hides what there is. */
export const number = (value: number): Cell => prose(value === 0 ? '' : formatCount(value));

export function section(title: string, ...blocks: readonly Block[]): Section {
  return { title, blocks };
}

/** Milliseconds between two ISO times. */
export function between(from: string, to: string): number {
  return Math.max(0, Date.parse(to) - Date.parse(from));
}

export function time(iso: string): string {
  return `${iso.slice(0, 19).replace('T', ' ')} UTC`;
}
