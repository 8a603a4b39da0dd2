import { BSON_TYPE, documentLength, elementAt, type RawElement } from '../bson/raw-document.js';
import { MigrationError } from '../model/error.js';
import type { ByteSink } from './byte-sink.js';
import { transformProblems, type DocumentTransform, type SetField } from './document-transform.js';

/**
 * `unchanged`: the document is as it should be, nothing was appended. `name-taken`: it has a field with the name that another would get.
 * `no-value`: it lacks the field whose value is to be copied. Of these two nothing was appended either: the document is a dead letter.
 */
export type TransformOutcome = 'changed' | 'unchanged' | 'name-taken' | 'no-value';

/** What is to become of a field of that name. */
interface Rule {
  readonly name: Buffer;
  drop: boolean;
  /** New name with its null byte. */
  rename: Buffer | undefined;
  /** Index of the new name's rule; -1 for none. */
  target: number;
  /** The name that the set field gets. */
  isSet: boolean;
  /** Its value goes into the set field. */
  isValue: boolean;
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const ID = Buffer.from('_id');

/**
 * Carries out a plan's transform on documents as bytes: fields are left out, renamed or set, and all other bytes, order and duplicate names included,
 * stay as they are. Renames are simultaneous (two fields can change places).
 */
export class DocumentTransformer {
  private readonly rules: Rule[] = [];
  private readonly setField: SetField | undefined;
  private readonly setName: Buffer | undefined;
  private readonly constant: Buffer | undefined;
  private readonly replaces: boolean;
  /** Per rule, in the document at hand: a field of that name was kept; another was renamed to it. */
  private readonly kept: Uint8Array;
  private readonly made: Uint8Array;

  /** @throws MigrationError `bad-plan` (`reason: transform`, `problems`). */
  constructor(transform: DocumentTransform) {
    const problems = transformProblems(transform);
    if (problems.length > 0) {
      const listed = problems.map(({ id, name }) => `${id}: ${name}`);
      throw new MigrationError('bad-plan', { reason: 'transform', problems: listed });
    }
    for (const name of transform.drop ?? []) this.rule(name).drop = true;
    for (const { from, to } of transform.rename ?? []) {
      this.rule(from).rename = Buffer.from(`${to}\0`);
      this.rule(from).target = this.rules.indexOf(this.rule(to));
    }
    const set = transform.setField;
    this.setField = set;
    this.setName = set && Buffer.from(`${set.field}\0`);
    this.replaces = set?.when === 'always';
    if (set) this.rule(set.field).isSet = true;
    if (set?.value.kind === 'copy') this.rule(set.value.of).isValue = true;
    if (set?.value.kind === 'constant') this.constant = encode(set.value.value);
    this.kept = new Uint8Array(this.rules.length);
    this.made = new Uint8Array(this.rules.length);
  }

  /** Appends the transformed document that starts at `start` to `out`. @throws MalformedBson for bytes that are no document. */
  write(buffer: Buffer, start: number, out: ByteSink): TransformOutcome {
    const limit = start + documentLength(buffer, start);
    const begin = out.length;
    this.kept.fill(0);
    this.made.fill(0);
    out.appendInt32(0);
    let changed = false;
    let value: RawElement | undefined;
    let id: RawElement | undefined;
    /** Start of what is copied as it is, up to where the walk stands. */
    let run = start + 4;
    let position = run;
    for (;;) {
      const element = elementAt(buffer, position, limit);
      if (!element) break;
      position = element.valueEnd;
      if (!id && isNamed(buffer, element, ID)) id = element;
      const index = this.find(buffer, element);
      const rule = this.rules[index];
      if (!rule) continue;
      if (rule.isValue) value ??= element;
      const goes = rule.drop || (rule.isSet && this.replaces && !rule.rename);
      if (!goes && !rule.rename) {
        this.kept[index] = 1;
        continue;
      }
      changed = true;
      out.append(buffer, run, element.nameStart - 1);
      run = element.valueEnd;
      if (rule.rename && !goes) {
        this.made[rule.target] = 1;
        out.appendByte(element.type);
        out.append(rule.rename);
        out.append(buffer, element.valueStart, element.valueEnd);
      }
    }
    if (this.hasClash()) return refuse(out, begin, 'name-taken');
    out.append(buffer, run, position);
    if (this.setField && !this.isSetThere()) {
      changed = true;
      if (!this.appendSet(buffer, value, id, out)) return refuse(out, begin, 'no-value');
    }
    if (!changed) {
      out.cutTo(begin);
      return 'unchanged';
    }
    out.appendByte(0);
    out.setInt32(begin, out.length - begin);
    return 'changed';
  }

  private rule(name: string): Rule {
    const bytes = Buffer.from(name);
    let rule = this.rules.find((r) => r.name.equals(bytes));
    if (!rule) {
      rule = { name: bytes, drop: false, rename: undefined, target: -1, isSet: false, isValue: false };
      this.rules.push(rule);
    }
    return rule;
  }

  private find(buffer: Buffer, element: RawElement): number {
    for (let i = 0; i < this.rules.length; i += 1) {
      const rule = this.rules[i];
      if (rule && isNamed(buffer, element, rule.name)) return i;
    }
    return -1;
  }

  private hasClash(): boolean {
    for (let i = 0; i < this.kept.length; i += 1) if (this.kept[i] && this.made[i]) return true;
    return false;
  }

  /** The document has the field already, of its own. (One that is replaced was not kept.) */
  private isSetThere(): boolean {
    const index = this.rules.findIndex((rule) => rule.isSet);
    return this.kept[index] === 1;
  }

  private appendSet(buffer: Buffer, value: RawElement | undefined, id: RawElement | undefined, out: ByteSink): boolean {
    const what = this.setField?.value;
    const name = this.setName;
    if (!what || !name) return false;
    if (what.kind === 'constant' && this.constant) return appendField(out, this.constant, name);
    if (what.kind === 'bucket')
      return id !== undefined && appendField(out, encode(String(bucketOf(buffer, id, what.buckets))), name);
    if (!value) return false;
    out.appendByte(value.type);
    out.append(name);
    out.append(buffer, value.valueStart, value.valueEnd);
    return true;
  }
}

function refuse(out: ByteSink, begin: number, why: TransformOutcome): TransformOutcome {
  out.cutTo(begin);
  return why;
}

/** `encoded`: type byte and value bytes. */
function appendField(out: ByteSink, encoded: Buffer, name: Buffer): boolean {
  out.append(encoded, 0, 1);
  out.append(name);
  out.append(encoded, 1);
  return true;
}

function isNamed(buffer: Buffer, element: RawElement, name: Buffer): boolean {
  const { nameStart, nameEnd } = element;
  if (nameEnd - nameStart !== name.length) return false;
  for (let i = 0; i < name.length; i += 1) if (buffer[nameStart + i] !== name[i]) return false;
  return true;
}

/** FNV-1a over type and value of `_id` (http://www.isthe.com/chongo/tech/comp/fnv/): well spread for keys that differ in their last bytes only. */
function bucketOf(buffer: Buffer, id: RawElement, buckets: number): number {
  let hash = Math.imul(FNV_OFFSET ^ id.type, FNV_PRIME);
  for (let i = id.valueStart; i < id.valueEnd; i += 1) hash = Math.imul(hash ^ (buffer[i] ?? 0), FNV_PRIME);
  // The low bits of a product depend on the low bits alone: the high ones are folded in.
  return ((hash ^ (hash >>> 15)) >>> 0) % buckets;
}

/** Type byte and value bytes of a constant. */
function encode(value: string | number): Buffer {
  if (typeof value === 'string') {
    const text = Buffer.from(value);
    const encoded = Buffer.alloc(1 + 4 + text.length + 1);
    encoded[0] = BSON_TYPE.string;
    encoded.writeInt32LE(text.length + 1, 1);
    text.copy(encoded, 5);
    return encoded;
  }
  // `| 0` leaves whole numbers that fit into 32 bits as they are.
  if (Object.is(value | 0, value)) {
    const encoded = Buffer.alloc(5);
    encoded[0] = BSON_TYPE.int;
    encoded.writeInt32LE(value, 1);
    return encoded;
  }
  const encoded = Buffer.alloc(9);
  encoded[0] = BSON_TYPE.double;
  encoded.writeDoubleLE(value, 1);
  return encoded;
}
