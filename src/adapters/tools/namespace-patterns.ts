/** How mongorestore's namespace options write names, and what they cannot say (mongorestore/ns of the tools 100.9.5). */
import { formatNamespace, type Namespace } from '../../core/model/namespace.js';

/** A pattern that matches exactly this name: `*` is a wild card and `\` escapes. A `$` cannot be escaped: see `renameArguments`. */
export function exactPattern(ns: Namespace): string {
  return formatNamespace(ns).replaceAll('\\', '\\\\').replaceAll('*', '\\*');
}

/** mongorestore refuses any `$` in `--nsInclude`, and mongodump leaves such a collection out, silently, unless it is named by `--collection`. */
export function needsOwnPass(ns: Namespace): boolean {
  return ns.coll.includes('$');
}

export type RenamePattern =
  | { readonly kind: 'none' }
  | { readonly kind: 'pattern'; readonly from: string; readonly to: string }
  /** The tool has no way to write a new name that has a `$`. */
  | { readonly kind: 'impossible' };

/**
 * The `--nsFrom` and `--nsTo` of one collection. In a pattern with `$`, `$name$` is a variable and everything else is literal;
 * so a name with a `$` can only be renamed where it is alone in the archive, and by a variable that takes all of it.
 */
export function renamePattern(source: Namespace, target: Namespace): RenamePattern {
  if (formatNamespace(source) === formatNamespace(target)) return { kind: 'none' };
  if (target.coll.includes('$')) {
    if (source.coll !== target.coll) return { kind: 'impossible' };
    return { kind: 'pattern', from: '$db$.$coll$', to: `${target.db}.$coll$` };
  }
  if (source.coll.includes('$')) return { kind: 'pattern', from: '$db$.$coll$', to: formatNamespace(target) };
  return { kind: 'pattern', from: exactPattern(source), to: exactPattern(target) };
}
