import { isSystemNamespace, type Namespace } from '../model/namespace.js';
import { DEEPEST, isDocument, type PlainObject } from './plain-values.js';
import { fieldPath, type UsageTally } from './usage-tally.js';

/**
 * Notes which fields an entry of the oplog changes, and whether a driver may repeat it. Reads both forms of updates: `$set` and `$unset` (`$v: 1`, up to 4.4)
 * and the difference (`$v: 2`, since 5.0), and those inside of transactions.
 * https://github.com/mongodb/mongo/blob/master/src/mongo/db/update/document_diff_serialization.h
 */
export function readOplogEntry(entry: unknown, tally: UsageTally, depth = 0): void {
  if (depth > 2 || !isDocument(entry) || entry['fromMigrate'] === true) return;
  const { op, o } = entry;
  if (op === 'c') {
    const operations = isDocument(o) ? o['applyOps'] : undefined;
    if (Array.isArray(operations)) for (const one of operations) readOplogEntry(one, tally, depth + 1);
    return;
  }
  const ns = namespaceOf(entry['ns']);
  if (!ns || isSystemNamespace(ns)) return;
  // Writes of a transaction carry its number in the entry around them.
  if (depth === 0 && (op === 'i' || op === 'u' || op === 'd') && entry['txnNumber'] !== undefined) {
    tally.feature('option', 'retryableWrite', ns);
  }
  if (op === 'u' && isDocument(o)) readUpdateEntry(o, ns, tally);
}

function namespaceOf(text: unknown): Namespace | undefined {
  if (typeof text !== 'string') return undefined;
  const dot = text.indexOf('.');
  return dot <= 0 || dot === text.length - 1 ? undefined : { db: text.slice(0, dot), coll: text.slice(dot + 1) };
}

function readUpdateEntry(o: PlainObject, ns: Namespace, tally: UsageTally): void {
  const changed = new Set<string>();
  if (isDocument(o['diff'])) differences(o['diff'], '', changed, 0);
  else {
    // Neither: a replacement, which says nothing of what has changed.
    for (const part of [o['$set'], o['$unset']]) {
      if (isDocument(part)) for (const path of Object.keys(part)) changed.add(fieldPath(path));
    }
  }
  for (const path of changed) tally.field(ns, path, 'updated');
}

/** `i`, `u`, `d`: fields put in, updated, deleted; `s` and a name: a difference inside of that field, of an array where it has `a`. */
function differences(diff: PlainObject, prefix: string, changed: Set<string>, depth: number): void {
  if (depth > DEEPEST) return;
  for (const [name, value] of Object.entries(diff)) {
    if (!isDocument(value)) continue;
    if (name === 'i' || name === 'u' || name === 'd') {
      for (const field of Object.keys(value)) changed.add(fieldPath(prefix + field));
    } else if (name.startsWith('s')) {
      const path = prefix + name.slice(1);
      if (value['a'] === true) changed.add(fieldPath(path));
      else differences(value, `${path}.`, changed, depth + 1);
    }
  }
}
