/** Headings, label lists and bullets, alike in every command. */
import { pad, displayWidth, visible, wrap } from './table.js';

export function heading(text: string): string[] {
  return ['', text, '─'.repeat(displayWidth(text))];
}

/** `label  value`, values under each other; long values go on under themselves. */
export function labelled(pairs: readonly (readonly [label: string, value: string])[], width: number): string[] {
  const widest = Math.max(0, ...pairs.map(([label]) => displayWidth(label)));
  const indent = ' '.repeat(widest + 4);
  return pairs.flatMap(([label, value]) => {
    const [first = '', ...rest] = wrap(visible(value), Math.max(30, width - widest - 4));
    return [`  ${pad(label, widest)}  ${first}`, ...rest.map((line) => `${indent}${line}`)];
  });
}

/** One item, broken at the width, later lines under the text of the first. */
export function bullet(mark: string, text: string, width: number, indent = '  '): string[] {
  const hang = `${indent}${' '.repeat(displayWidth(mark) + 1)}`;
  const [first = '', ...rest] = wrap(visible(text), Math.max(30, width - displayWidth(hang)));
  return [`${indent}${mark} ${first}`, ...rest.map((line) => `${hang}${line}`)];
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return count === 1 ? one : many;
}
