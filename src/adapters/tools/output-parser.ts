/** The grammar of what the database tools print on stderr, as events. Pure; knows the forms of 100.9.5 and of 100.12 and newer (namespaces in backticks). */

/** Why a document was not written, as far as the tool's text tells. */
export type DocumentErrorClass = 'duplicate-key' | 'throttled' | 'too-large' | 'validation' | 'other';

type ToolEventBody =
  /** mongodump starts a collection. */
  | { readonly kind: 'dump-started'; readonly ns: string; readonly to: string }
  /** Documents; the total is the tool's estimate and can be exceeded. */
  | { readonly kind: 'document-progress'; readonly ns: string; readonly documents: number; readonly total: number }
  | { readonly kind: 'dumped'; readonly ns: string; readonly documents: number }
  /** mongorestore starts a collection. */
  | { readonly kind: 'restore-started'; readonly ns: string; readonly from: string }
  /** Bytes read, rounded by the tool to three digits; no total when it reads from a pipe. */
  | { readonly kind: 'byte-progress'; readonly ns: string; readonly bytes: number; readonly total?: number }
  | { readonly kind: 'restored'; readonly ns: string; readonly documents: number; readonly failures: number }
  | { readonly kind: 'total'; readonly action: ToolAction; readonly documents: number; readonly failures: number }
  | { readonly kind: 'document-error'; readonly class: DocumentErrorClass; readonly text: string }
  | { readonly kind: 'signal-received'; readonly signal: string }
  | { readonly kind: 'warning'; readonly text: string }
  | { readonly kind: 'failed'; readonly text: string }
  | { readonly kind: 'note'; readonly text: string };

type ToolAction = 'restored' | 'imported' | 'exported';

/** `at` is the tool's own time stamp with its zone; lines without one have none. */
export type ToolEvent = ToolEventBody & { readonly at?: string };

const STAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?:Z|[+-]\d{4}))\t/;
/** Unit steps of common/text/units.go of the tools: 1024 each, none above GB. */
const UNIT: Readonly<Record<string, number>> = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

const BAR = /^\[[#.]+\]\s+(.+?)\s+(\d[\d.]*)([KMG]?B)?\/(\d[\d.]*)([KMG]?B)?\s+\((?:[\d.]+|NaN|[+-]?Inf)%\)$/;
const PLAIN_BYTES = /^(.+?)\s{2,}(\d[\d.]*)([KMG]?B)$/;
const DUMPED = /^done dumping (.+) \((\d+) documents?\)$/;
const WRITING = /^writing (.+) to (archive .+|stdout|\S.*)$/;
const RESTORED = /^finished restoring (.+) \((\d+) documents?, (\d+) failures?\)$/;
const RESTORING = /^restoring (?!to existing collection |indexes )(.+) from (archive .+|\S.*)$/;
const TOTAL =
  /^(\d+) document\(s\) (restored|imported) successfully\. (\d+) document\(s\) failed to (?:restore|import)\.$/;
const EXPORTED = /^exported (\d+) records?$/;
const CONTINUING = /^continuing through error: (.*)$/s;
const SIGNAL = /^signal '(.*)' received; /;
const FAILED = /^(?:Failed|error parsing command line options): (.*)$/s;
const WARNING = /^(?:WARNING|warning)[:,] (.*)$/s;

function unquote(name: string): string {
  return name.length >= 2 && name.startsWith('`') && name.endsWith('`') ? name.slice(1, -1) : name;
}

/** The class by the wording of MongoDB, of the RU service and of the engine behind vCore (whose duplicate-key text has no E11000). */
export function classifyDocumentError(text: string): DocumentErrorClass {
  if (/E11000|duplicate key/i.test(text)) return 'duplicate-key';
  if (/16500|TooManyRequests|request rate is large|rate limiting|RetryAfterMs/i.test(text)) return 'throttled';
  if (/too large|exceeds? (?:the )?max|larger than the max/i.test(text)) return 'too-large';
  if (/failed validation|DocumentValidationFailure/i.test(text)) return 'validation';
  return 'other';
}

function parseBar(match: RegExpExecArray): ToolEventBody | undefined {
  const [, name = '', done = '', doneUnit, total = '', totalUnit] = match;
  const ns = unquote(name);
  if (doneUnit === undefined && totalUnit === undefined) {
    return { kind: 'document-progress', ns, documents: Number(done), total: Number(total) };
  }
  const scale = (value: string, unit: string | undefined): number =>
    Math.round(Number(value) * (UNIT[unit ?? 'B'] ?? 1));
  return { kind: 'byte-progress', ns, bytes: scale(done, doneUnit), total: scale(total, totalUnit) };
}

function parseMessage(message: string): ToolEventBody {
  let match: RegExpExecArray | null;
  if ((match = BAR.exec(message))) {
    const bar = parseBar(match);
    if (bar) return bar;
  }
  if ((match = CONTINUING.exec(message))) {
    const text = match[1] ?? '';
    return { kind: 'document-error', class: classifyDocumentError(text), text };
  }
  if ((match = FAILED.exec(message))) return { kind: 'failed', text: match[1] ?? '' };
  if ((match = DUMPED.exec(message)))
    return { kind: 'dumped', ns: unquote(match[1] ?? ''), documents: Number(match[2]) };
  if ((match = RESTORED.exec(message))) {
    return { kind: 'restored', ns: unquote(match[1] ?? ''), documents: Number(match[2]), failures: Number(match[3]) };
  }
  if ((match = TOTAL.exec(message))) {
    const action = match[2] === 'imported' ? 'imported' : 'restored';
    return { kind: 'total', action, documents: Number(match[1]), failures: Number(match[3]) };
  }
  if ((match = EXPORTED.exec(message)))
    return { kind: 'total', action: 'exported', documents: Number(match[1]), failures: 0 };
  if ((match = SIGNAL.exec(message))) return { kind: 'signal-received', signal: match[1] ?? '' };
  if ((match = WARNING.exec(message))) return { kind: 'warning', text: match[1] ?? '' };
  if ((match = WRITING.exec(message)))
    return { kind: 'dump-started', ns: unquote(match[1] ?? ''), to: unquote(match[2] ?? '') };
  if ((match = RESTORING.exec(message))) {
    return { kind: 'restore-started', ns: unquote(match[1] ?? ''), from: unquote(match[2] ?? '') };
  }
  if ((match = PLAIN_BYTES.exec(message))) {
    const bytes = Math.round(Number(match[2]) * (UNIT[match[3] ?? ''] ?? 1));
    return { kind: 'byte-progress', ns: unquote(match[1] ?? ''), bytes };
  }
  return { kind: 'note', text: message };
}

/** One line of a tool's stderr (without its line end, already redacted) as one event. Any text is taken; what is not known is a `note`. */
export function parseToolLine(line: string): ToolEvent {
  const stamp = STAMP.exec(line);
  if (!stamp) return parseMessage(line);
  return { ...parseMessage(line.slice(stamp[0].length)), at: stamp[1] ?? '' };
}
