/** Documents whose insert met a duplicate key: ours already, or what the plan's conflict policy says. */
import { actionOnConflict, lookAtDuplicate } from '../../core/conflict/on-duplicate.js';
import { rawId } from '../../core/bson/raw-document.js';
import type { Namespace } from '../../core/model/namespace.js';
import type { ConflictPolicy } from '../../core/model/plan.js';
import type { DocumentBatch } from './batch.js';
import { patiently, untilAnswered, type Patience } from './patience.js';
import type { CopyTarget, WriteRefusal } from './ports.js';

/** Stored documents asked for in one read: a reply holds 16 MB (MongoDB's reply limit), and the stored ones may be larger than ours. */
const READ_BYTES = 8 * 1024 * 1024;

export type DuplicateOutcome =
  | { readonly kind: 'equal' | 'replaced' | 'skipped' }
  /** A dead letter; with the refusal that the target gave to a replacement, if that was tried. */
  | { readonly kind: 'refused'; readonly refusal?: Omit<WriteRefusal, 'index'> | undefined };

/** The policy `fail` met a document with other bytes. */
export class ConflictFound extends Error {
  constructor(
    readonly ns: Namespace,
    /** Type byte and value bytes. */
    readonly id: Buffer,
  ) {
    super('conflict');
  }
}

export interface DuplicateContext extends Patience {
  readonly target: CopyTarget;
  readonly ns: Namespace;
  readonly into: Namespace;
  readonly policy: ConflictPolicy;
  readonly shardKey: readonly string[];
}

/**
 * One outcome for each document, in their order. A document that differs in a timestamp alone, which the target's server has filled in, is put right.
 * @throws ConflictFound under the policy `fail`; MigrationError where the target does not let its documents be read.
 */
export async function resolveDuplicates(batch: DocumentBatch, context: DuplicateContext): Promise<DuplicateOutcome[]> {
  const outcomes: DuplicateOutcome[] = [];
  let from = 0;
  let size = 0;
  for (let i = 0; i < batch.count; i += 1) {
    if (i > from && size + batch.lengthOf(i) > READ_BYTES) {
      outcomes.push(...(await resolveGroup(batch.slice(from, i), context)));
      from = i;
      size = 0;
    }
    size += batch.lengthOf(i);
  }
  if (from < batch.count) outcomes.push(...(await resolveGroup(batch.slice(from, batch.count), context)));
  return outcomes;
}

async function resolveGroup(batch: DocumentBatch, context: DuplicateContext): Promise<DuplicateOutcome[]> {
  const { target, ns, into, policy, shardKey, signal } = context;
  const ids: Buffer[] = [];
  for (let i = 0; i < batch.count; i += 1) ids.push(rawId(batch.at(i)) ?? Buffer.alloc(0));
  const stored = new Map<string, Buffer[]>();
  for (const document of await patiently(context, () => target.findByIds(into, ids, signal))) {
    const key = rawId(document)?.toString('latin1') ?? '';
    const list = stored.get(key);
    if (list) list.push(document);
    else stored.set(key, [document]);
  }
  const outcomes: DuplicateOutcome[] = [];
  for (const [i, id] of ids.entries()) {
    const document = batch.at(i);
    const replace = (): Promise<Omit<WriteRefusal, 'index'> | undefined> =>
      untilAnswered(context, () => target.replace(into, document, shardKey));
    const found = lookAtDuplicate(document, stored.get(id.toString('latin1')) ?? []);
    if (found.kind === 'equal') {
      const refusal = found.exact ? undefined : await replace();
      outcomes.push(refusal ? { kind: 'refused', refusal } : { kind: 'equal' });
      continue;
    }
    switch (actionOnConflict(policy, found.sameId, document)) {
      case 'stop':
        throw new ConflictFound(ns, id);
      case 'skip':
        outcomes.push({ kind: 'skipped' });
        break;
      case 'refuse':
        outcomes.push({ kind: 'refused' });
        break;
      case 'replace': {
        const refusal = await replace();
        outcomes.push(refusal ? { kind: 'refused', refusal } : { kind: 'replaced' });
        break;
      }
    }
  }
  return outcomes;
}
