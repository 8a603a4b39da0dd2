import { formatNamespace } from '../model/namespace.js';
import type { AssessedCollection } from './rule.js';

export interface FileBucket {
  /** As drivers name it: `fs`. */
  readonly bucket: string;
  readonly chunks: AssessedCollection;
}

const CHUNKS = '.chunks';

/**
 * GridFS buckets: `NAME.chunks` beside `NAME.files`, with the index on `files_id` and `n` that every driver makes.
 * Source: https://github.com/mongodb/specifications/blob/master/source/gridfs/gridfs-spec.md
 */
export function fileBuckets(collections: readonly AssessedCollection[]): readonly FileBucket[] {
  const names = new Set(collections.map(({ facts }) => formatNamespace(facts.ns)));
  return collections.flatMap((chunks) => {
    const { ns, indexes } = chunks.facts;
    if (!ns.coll.endsWith(CHUNKS)) return [];
    const bucket = ns.coll.slice(0, -CHUNKS.length);
    const byFile = indexes.some(({ key }) => key.map(([path]) => path).join() === 'files_id,n');
    return byFile && names.has(formatNamespace({ db: ns.db, coll: `${bucket}.files` })) ? [{ bucket, chunks }] : [];
  });
}
