/** JSON as a row of texts, so that a file of many megabytes is never one string in memory. */

/** A piece that is worth a call of the system. */
const PIECE_CHARACTERS = 64 * 1024;
/** Lists that may be long stand no deeper in what is written: `targets[].ru.collections[]` of an assessment. What is below is made at once. */
const LEVELS = 5;

/**
 * The text of `JSON.stringify(value, undefined, indent)` in pieces, each string value as `clean` has it. Never a text that was cleaned after it was made: what hides
 * secrets in prose takes a field called `password` for one, and leaves no JSON behind.
 */
export function* jsonPieces(value: unknown, indent: number, clean: (text: string) => string): Generator<string> {
  let piece = '';
  for (const token of tokens(value, { indent, clean }, LEVELS, '\n')) {
    piece += token;
    if (piece.length < PIECE_CHARACTERS) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

interface Style {
  readonly indent: number;
  readonly clean: (text: string) => string;
}

/** `line`: a line end and the spaces that the value's own line begins with. */
function* tokens(value: unknown, style: Style, levels: number, line: string): Generator<string> {
  if (levels === 0 || !isContainer(value)) {
    const text = cleanText(value, style);
    if (text !== undefined) yield line === '\n' ? text : text.replaceAll('\n', line);
    return;
  }
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const [inner, colon] = style.indent > 0 ? [line + ' '.repeat(style.indent), ': '] : ['', ':'];
  let before = `${open}${inner}`;
  for (const [name, member] of membersOf(value)) {
    yield name === undefined ? before : `${before}${JSON.stringify(name)}${colon}`;
    yield* tokens(member, style, levels - 1, inner === '' ? '\n' : inner);
    before = `,${inner}`;
  }
  yield before.startsWith(',') ? `${inner === '' ? '' : line}${close}` : `${open}${close}`;
}

/** What JSON has a place for. */
function* membersOf(value: object): Generator<readonly [string | undefined, unknown]> {
  if (Array.isArray(value)) for (const item of value) yield [undefined, hasText(item) ? item : null];
  else for (const [name, member] of Object.entries(value)) if (hasText(member)) yield [name, member];
}

function hasText(value: unknown): boolean {
  return value !== undefined && typeof value !== 'function' && typeof value !== 'symbol';
}

/** Dates and the like say themselves what they are in JSON. */
function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !('toJSON' in value);
}

function cleanText(value: unknown, { indent, clean }: Style): string | undefined {
  const text = JSON.stringify(value, undefined, indent) as string | undefined;
  // Without an escape each string stands in the text as it is: where there is nothing to hide in the whole, there is nothing in any of them.
  if (text === undefined || (!text.includes('\\') && clean(text) === text)) return text;
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? clean(part) : part), indent);
}
