/** Plain tables: columns as wide as their widest cell, two spaces between them. */
export type Alignment = 'left' | 'right';

export interface Column {
  readonly title: string;
  readonly align?: Alignment;
  /** Cells longer than this are cut in the middle. */
  readonly most?: number;
}

/** Cells of East Asian scripts and emoji take two columns on a terminal. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    if (/\p{M}/u.test(character)) continue;
    const wide =
      (point >= 0x1100 && point <= 0x115f) ||
      (point >= 0x2e80 && point <= 0xa4cf) ||
      (point >= 0xac00 && point <= 0xd7a3) ||
      (point >= 0xf900 && point <= 0xfaff) ||
      (point >= 0xfe30 && point <= 0xfe6f) ||
      (point >= 0xff00 && point <= 0xff60) ||
      (point >= 0x1f300 && point <= 0x1faff);
    width += wide ? 2 : 1;
  }
  return width;
}

/** Names come from the user's data: a line end or an escape code in one must not move the cursor. */
export function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** Cut in the middle, where names that begin alike are told apart by their ends. */
export function shorten(text: string, most: number): string {
  if (displayWidth(text) <= most) return text;
  const characters = [...text];
  const tail = Math.max(1, Math.floor((most - 1) / 2));
  let head = most - 1 - tail;
  while (head > 0 && displayWidth(characters.slice(0, head).join('')) > most - 1 - tail) head -= 1;
  let end = characters.slice(-tail);
  while (end.length > 1 && displayWidth(end.join('')) > tail) end = end.slice(1);
  return `${characters.slice(0, head).join('')}…${end.join('')}`;
}

export function pad(text: string, width: number, align: Alignment = 'left'): string {
  const space = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'left' ? `${text}${space}` : `${space}${text}`;
}

/** Lines of a table with a heading; nothing for no rows. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], indent = ''): string[] {
  if (rows.length === 0) return [];
  const cells = rows.map((row) =>
    columns.map((column, i) => shorten(visible(row[i] ?? ''), column.most ?? Number.POSITIVE_INFINITY)),
  );
  const widths = columns.map((column, i) =>
    Math.max(displayWidth(column.title), ...cells.map((row) => displayWidth(row[i] ?? ''))),
  );
  const line = (row: readonly string[]): string =>
    `${indent}${row.map((cell, i) => pad(cell, widths[i] ?? 0, columns[i]?.align)).join('  ')}`.trimEnd();
  return [line(columns.map((column) => column.title)), ...cells.map(line)];
}

/** Breaks text at spaces so that no line is wider than `width`; later lines are indented. */
export function wrap(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ')) {
    const candidate = current === '' ? word : `${current} ${word}`;
    const room = width - (lines.length === 0 ? 0 : displayWidth(indent));
    if (current !== '' && displayWidth(candidate) > room) {
      lines.push(lines.length === 0 ? current : `${indent}${current}`);
      current = word;
    } else current = candidate;
  }
  if (current !== '' || lines.length === 0) lines.push(lines.length === 0 ? current : `${indent}${current}`);
  return lines;
}
