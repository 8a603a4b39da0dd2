/** A plan file's text: where a value stands in it, and what is to be put where, so that all else in it stays as it was typed. */
import { applyEdits, findNodeAtLocation, modify, parseTree, type Node } from 'jsonc-parser';
import type { JsonPath, PlanEdit } from '../../core/assess/plan/plan-finding.js';

/** In UTF-16 units. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

export interface TextReplacement extends TextSpan {
  readonly text: string;
}

/** Answers for one text; the text is read once. */
export class PlanText {
  readonly #root: Node | undefined;

  constructor(text: string) {
    this.#root = parseTree(text);
  }

  /** Of what is told of at a place: the value, or, where it is more than a line's worth, the name that stands before it. */
  spanOf(at: JsonPath): TextSpan {
    const node = this.#nearest(at);
    if (!node) return { start: 0, end: 0 };
    const isLong = node.type === 'object' || node.type === 'array';
    const name = isLong && node.parent?.type === 'property' ? node.parent.children?.[0] : undefined;
    const shown = name ?? node;
    return { start: shown.offset, end: shown.offset + (isLong && !name ? 1 : shown.length) };
  }

  /** The place itself, or the innermost part around it that is there. */
  #nearest(at: JsonPath): Node | undefined {
    if (!this.#root) return undefined;
    for (let length = at.length; length > 0; length--) {
      const node = findNodeAtLocation(this.#root, at.slice(0, length));
      if (node) return node;
    }
    return this.#root;
  }
}

/** One replacement that puts all values in their places; undefined where nothing changes. */
export function replacementFor(text: string, edits: readonly PlanEdit[]): TextReplacement | undefined {
  const formattingOptions = {
    insertSpaces: !/^\t/m.test(text),
    tabSize: /^( +)"/m.exec(text)?.[1]?.length ?? 2,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
  };
  const changed = edits.reduce(
    (now, { at, value }) => applyEdits(now, modify(now, [...at], value, { formattingOptions })),
    text,
  );
  return difference(text, changed);
}

/** The smallest stretch in which two texts differ. */
function difference(before: string, after: string): TextReplacement | undefined {
  if (before === after) return undefined;
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start++;
  let tail = 0;
  while (tail < most - start && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  return { start, end: before.length - tail, text: after.slice(start, after.length - tail) };
}
