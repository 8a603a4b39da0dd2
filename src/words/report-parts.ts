/** What reports are made of, before they are Markdown or HTML. */
import { formatCount } from './sizes.js';

/** How something is to be felt; never told by a colour alone. */
export type Tone = 'good' | 'look' | 'bad';

/** A name or a value that stands for itself is `code`; everything else is prose. */
export interface Cell {
  readonly text: string;
  readonly code?: true;
  readonly tone?: Tone;
  /** Begins a line of its own within its cell. */
  readonly newLine?: true;
  /** Notes that it rests on, by their marks: each has an entry of that mark in a block of notes. */
  readonly notes?: readonly string[];
}

/** One thing, or several that stand next to each other. */
export type Content = Cell | readonly Cell[];

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** How sure it is, where it is an estimate. */
  readonly low?: number;
  readonly high?: number;
  /** The value as it is told. */
  readonly text: string;
}

export type Block =
  | { readonly kind: 'paragraph'; readonly text: string; readonly notes?: readonly string[] }
  | { readonly kind: 'heading'; readonly text: string; readonly code?: true }
  | { readonly kind: 'list'; readonly items: readonly (readonly Cell[])[] }
  | { readonly kind: 'checklist'; readonly items: readonly (readonly Cell[])[] }
  | { readonly kind: 'pairs'; readonly pairs: readonly (readonly [label: string, value: Content])[] }
  | {
      readonly kind: 'table';
      readonly columns: readonly { readonly title: string; readonly right?: true }[];
      readonly rows: readonly (readonly Content[])[];
    }
  | {
      /** Horizontal bars, all of one unit. */
      readonly kind: 'bars';
      readonly title: string;
      readonly bars: readonly Bar[];
    }
  | {
      /** How a whole is spread over parts, one line for each way of spreading it. */
      readonly kind: 'shares';
      readonly title: string;
      readonly rows: readonly { readonly label: string; readonly shares: readonly number[]; readonly text: string }[];
    }
  | {
      /** Something that grows over time: both from 0 to 1. */
      readonly kind: 'line';
      readonly title: string;
      readonly points: readonly { readonly x: number; readonly y: number }[];
      /** At 0, in the middle, at 1. */
      readonly x: readonly [string, string, string];
      readonly y: readonly [string, string, string];
    }
  | {
      /** What figures rest on; `mark` is what refers to it. */
      readonly kind: 'notes';
      readonly notes: readonly { readonly mark: string; readonly text: string; readonly source?: string }[];
    };

export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** A whole report. */
export interface ReportContent {
  readonly title: string;
  readonly headline: string;
  /** How the headline is to be felt. */
  readonly tone: Tone;
  readonly reasons: readonly string[];
  readonly nextSteps: readonly string[];
  readonly sections: readonly Section[];
}

export const prose = (text: string): Cell => ({ text });
export const code = (text: string): Cell => ({ text, code: true });
/** Nothing for none: a table of zeros hides what there is. */
export const number = (value: number): Cell => prose(value === 0 ? '' : formatCount(value));

/** Marks of notes as they are shown: `A1`, `A2`, `A3` as one from the first to the last. */
export function markRanges(marks: readonly string[]): readonly { readonly text: string; readonly first: string }[] {
  const ranges: { letter: string; from: number; to: number }[] = [];
  const sorted = [...new Set(marks)]
    .map((mark) => ({ letter: mark.charAt(0), at: Number(mark.slice(1)) }))
    .sort((a, b) => (a.letter === b.letter ? a.at - b.at : a.letter < b.letter ? -1 : 1));
  for (const { letter, at } of sorted) {
    const last = ranges.at(-1);
    if (last?.letter === letter && last.to === at - 1) last.to = at;
    else ranges.push({ letter, from: at, to: at });
  }
  return ranges.flatMap(({ letter, from, to }) => {
    const first = `${letter}${from}`;
    if (from === to) return [{ text: first, first }];
    if (to === from + 1) return [first, `${letter}${to}`].map((text) => ({ text, first: text }));
    return [{ text: `${first}–${letter}${to}`, first }];
  });
}

/** Each on a line of its own. */
export function lines(texts: readonly string[]): readonly Cell[] {
  return texts.map((text, i) => ({ text, ...(i === 0 ? {} : { newLine: true }) }));
}

export function cellsOf(content: Content): readonly Cell[] {
  return 'text' in content ? [content] : content;
}

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
