import type { Namespace } from '../model/namespace.js';
import type { TargetKind } from './target.js';
import type { NotMigratedWhy } from './whys.js';

/** Length of the UTF-8 form, which is what servers count. */
export function utf8Length(text: string): number {
  let length = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    length += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return length;
}

/**
 * Why a target refuses a name, or nothing.
 * RU: 255 characters (learn.microsoft.com/azure/cosmos-db/concepts-limits); `/ \ # ?` cannot be in a resource's id.
 * vCore, observed (code 73): database below 64 bytes, `db.coll` up to 235 bytes, no `$`, no leading dot in a collection.
 * MongoDB: database below 64 bytes, `db.coll` up to 255 bytes (mongodb.com/docs/manual/reference/limits); `$` and a leading dot refused by 6.0 (code 73).
 */
export function refusedName(ns: Namespace, kind: TargetKind): Extract<NotMigratedWhy, `name-${string}`> | undefined {
  const databaseBytes = utf8Length(ns.db);
  const wholeBytes = databaseBytes + 1 + utf8Length(ns.coll);
  switch (kind) {
    case 'cosmos-ru':
      if (ns.db.length > 255 || ns.coll.length > 255) return 'name-too-long';
      return /[/\\#?]/.test(ns.db + ns.coll) ? 'name-characters' : undefined;
    case 'cosmos-vcore':
      if (databaseBytes > 63 || wholeBytes > 235) return 'name-too-long';
      return ns.coll.includes('$') || ns.coll.startsWith('.') || ns.db.includes('$') ? 'name-characters' : undefined;
    case 'mongodb':
      if (databaseBytes > 63 || wholeBytes > 255) return 'name-too-long';
      return ns.coll.includes('$') || ns.coll.startsWith('.') ? 'name-characters' : undefined;
  }
}

/** Taken by an RU account, though its documentation advises against it: spaces, dollars and what is not plain text. */
export function isRiskyName(ns: Namespace): boolean {
  return /[^A-Za-z0-9_.-]/.test(ns.db) || /[^A-Za-z0-9_.-]/.test(ns.coll);
}
