import { Binary, Double, Int32, Long, ObjectId } from 'bson';

/** `_id`s on a line, so that stretches can begin at even distances between the first and the last one. */
export interface IdLine {
  position(id: unknown): bigint | undefined;
  at(position: bigint): unknown;
}

/** The line that both ends lie on; undefined where they are of different kinds, or of one between whose values nothing can be named. */
export function lineThrough(first: unknown, last: unknown): IdLine | undefined {
  const line = LINES.find((one) => one(first) !== undefined)?.(first);
  return line && line.position(first) !== undefined && line.position(last) !== undefined ? line : undefined;
}

/** `count` places on the line from `first` on, evenly spread. */
export function places(line: IdLine, first: unknown, last: unknown, count: number): readonly bigint[] {
  const from = line.position(first) ?? 0n;
  const width = (line.position(last) ?? from) - from;
  return Array.from({ length: count }, (_, i) => from + (width * BigInt(i)) / BigInt(count));
}

const LINES: readonly ((id: unknown) => IdLine | undefined)[] = [
  (id) => (id instanceof ObjectId ? objectIds : undefined),
  (id) => (numberOf(id) === undefined ? undefined : numbers),
  (id) => (id instanceof Date ? dates : undefined),
  (id) => (id instanceof Binary ? binaries(id) : undefined),
];

const objectIds: IdLine = {
  position: (id) => (id instanceof ObjectId ? BigInt(`0x${id.toHexString()}`) : undefined),
  at: (position) => new ObjectId(position.toString(16).padStart(24, '0')),
};

const numbers: IdLine = { position: (id) => numberOf(id), at: (position) => Long.fromBigInt(position) };

const dates: IdLine = {
  position: (id) => (id instanceof Date && Number.isFinite(id.getTime()) ? BigInt(id.getTime()) : undefined),
  at: (position) => new Date(Number(position)),
};

/** Binaries of one length and kind sort by their bytes. */
function binaries(like: Binary): IdLine | undefined {
  const { length } = like.value();
  if (length === 0 || length > 64) return undefined;
  return {
    position: (id) =>
      id instanceof Binary && id.value().length === length && id.sub_type === like.sub_type
        ? BigInt(`0x${Buffer.from(id.value()).toString('hex')}`)
        : undefined,
    at: (position) => new Binary(Buffer.from(position.toString(16).padStart(2 * length, '0'), 'hex'), like.sub_type),
  };
}

/** Whole numbers that a long holds. */
function numberOf(id: unknown): bigint | undefined {
  if (id instanceof Long) return id.toBigInt();
  const value = id instanceof Int32 || id instanceof Double ? id.value : id;
  return typeof value === 'number' && Number.isFinite(value) && Math.abs(value) < 2 ** 62
    ? BigInt(Math.floor(value))
    : undefined;
}
