import type { IndexFacts } from '../model/facts.js';
import type { CollectionTransform, PlannedIndex } from '../model/plan.js';
import { isIdIndex } from '../size/totals.js';
import { decideOnMongodb } from './index-rules-mongodb.js';
import { decideOnRu, isCustomTtl, keepsTtlOnRu } from './index-rules-ru.js';
import { decideOnVcore } from './index-rules-vcore.js';
import { hasInvalidExpiry, isTtl, without, type IndexDecision } from './index-shape.js';
import type { TargetDescription, TargetKind } from './target.js';
import { followIndex } from './transform-indexes.js';
import { joinWhys, leftOutByUser, type IndexWhy } from './whys.js';

/**
 * Indexes per collection besides `_id`. RU: 500 (learn.microsoft.com/azure/cosmos-db/mongodb/feature-support-70). vCore: 64 with `_id` by default
 * (observed, code 67). MongoDB: 64 with `_id` (mongodb.com/docs/manual/reference/limits).
 */
const MAX_INDEXES: Readonly<Record<TargetKind, number>> = { 'cosmos-ru': 500, 'cosmos-vcore': 63, mongodb: 63 };

export interface IndexContext {
  readonly target: TargetDescription;
  /** RU: path of the shard key that the collection gets. */
  readonly shardKey?: string;
  /** What becomes of the fields that indexes are about. */
  readonly transform?: CollectionTransform;
  /** Names of indexes that the user does not want. */
  readonly leftOut?: ReadonlySet<string>;
}

interface Draft {
  readonly index: IndexFacts;
  decision: IndexDecision;
  /** Why it is not made, where the user said so. */
  readonly leftOut?: string;
}

/**
 * The fate of every index of a collection, in the source's order; `_id` is never listed. Unique ones come before the data on RU and vCore (an RU account takes them on an
 * empty collection only, vCore blocks writes while it builds them), TTL ones after verification, as the target would delete what was just copied.
 */
export function planIndexes(indexes: readonly IndexFacts[], context: IndexContext): readonly PlannedIndex[] {
  const drafts: Draft[] = [];
  let customTtlTaken = false;
  for (const index of indexes) {
    if (isIdIndex(index)) continue;
    const decision = decideOne(index, context, customTtlTaken);
    if (context.leftOut?.has(index.name)) {
      drafts.push({
        index,
        decision: { kind: 'skip', why: 'left-out-by-user' },
        leftOut: leftOutByUser(whyOf(decision)),
      });
      continue;
    }
    drafts.push({ index, decision });
    if (decision.kind !== 'skip' && isCustomTtl(outcome(index, decision))) customTtlTaken = true;
  }
  skipDuplicates(drafts, context);
  skipBeyondLimit(drafts, context.target.kind);
  return drafts.map((draft) => ({ index: storable(draft.index), fate: fateOf(draft, context.target) }));
}

function decideOne(index: IndexFacts, context: IndexContext, customTtlTaken: boolean): IndexDecision {
  const followed = followIndex(index, context.transform);
  if (followed.kind === 'skip') return followed;
  if (followed.kind === 'same') return decideOnTarget(index, context, customTtlTaken);
  const decision = decideOnTarget(followed.to, context, customTtlTaken);
  if (decision.kind === 'skip') return decision;
  const whys: readonly IndexWhy[] = ['field-renamed', ...(decision.kind === 'rewrite' ? decision.whys : [])];
  return { kind: 'rewrite', whys, to: outcome(followed.to, decision) };
}

function decideOnTarget(index: IndexFacts, context: IndexContext, customTtlTaken: boolean): IndexDecision {
  // An expiry that is no number of seconds cannot be carried anywhere, nor written to the plan file.
  const invalid = hasInvalidExpiry(index);
  const valid = invalid ? without(index, 'expireAfterSeconds') : index;
  const decision = decideByKind(valid, context, customTtlTaken);
  if (!invalid || decision.kind === 'skip') return decision;
  const whys: readonly IndexWhy[] = ['ttl-value-invalid', ...(decision.kind === 'rewrite' ? decision.whys : [])];
  return { kind: 'rewrite', whys, to: outcome(valid, decision) };
}

function decideByKind(index: IndexFacts, context: IndexContext, customTtlTaken: boolean): IndexDecision {
  switch (context.target.kind) {
    case 'cosmos-ru':
      return decideOnRu(index, { ...context, customTtlTaken });
    case 'cosmos-vcore':
      return decideOnVcore(index);
    case 'mongodb':
      return decideOnMongodb(index, context.target);
  }
}

function outcome(index: IndexFacts, decision: IndexDecision): IndexFacts {
  return decision.kind === 'rewrite' ? decision.to : index;
}

/** Unique ones first, then those that stay as they are: where two would be the same on the target, the one that keeps more wins. */
function byImportance(drafts: readonly Draft[]): readonly Draft[] {
  const weight = (d: Draft): number => (d.index.unique ? 0 : 2) + (d.decision.kind === 'keep' ? 0 : 1);
  return drafts.filter((d) => d.decision.kind !== 'skip').sort((a, b) => weight(a) - weight(b));
}

function skipDuplicates(drafts: readonly Draft[], { target: { kind }, transform }: IndexContext): void {
  // MongoDB itself tells indexes with the same key apart by collation, filter and sparseness; only new names of fields can make two of them one.
  if (kind === 'mongodb' && !transform?.rename) return;
  const seen = new Set<string>();
  for (const draft of byImportance(drafts)) {
    const index = outcome(draft.index, draft.decision);
    const filter = kind === 'cosmos-ru' ? [] : [index.partialFilterExpression ?? null, index.sparse];
    if (kind === 'mongodb') filter.push(index.collation ?? null);
    // Every text index has the key `_fts`, `_ftsx`: what it covers is in its weights.
    const identity = JSON.stringify([index.key, index.otherOptions['weights'] ?? null, ...filter]);
    if (seen.has(identity)) draft.decision = { kind: 'skip', why: 'duplicate-by-key' };
    seen.add(identity);
  }
}

function skipBeyondLimit(drafts: readonly Draft[], kind: TargetKind): void {
  for (const draft of byImportance(drafts).slice(MAX_INDEXES[kind])) {
    draft.decision = { kind: 'skip', why: 'too-many-indexes' };
  }
}

function whyOf(decision: IndexDecision): string | undefined {
  if (decision.kind === 'keep') return undefined;
  return decision.kind === 'skip' ? decision.why : joinWhys(decision.whys);
}

function fateOf({ index, decision, leftOut }: Draft, target: TargetDescription): PlannedIndex['fate'] {
  if (leftOut !== undefined) return { kind: 'skip', why: leftOut };
  if (decision.kind === 'skip') return decision;
  const result = outcome(index, decision);
  const when = whenToCreate(result, target);
  return decision.kind === 'keep'
    ? { kind: 'create', when }
    : { kind: 'rewrite', when, why: joinWhys(decision.whys), to: storable(result) };
}

function whenToCreate(
  index: IndexFacts,
  target: TargetDescription,
): 'before-data' | 'after-data' | 'after-verification' {
  if (isTtl(index) && (target.kind !== 'cosmos-ru' || keepsTtlOnRu(index, target))) return 'after-verification';
  return index.unique && target.kind !== 'mongodb' ? 'before-data' : 'after-data';
}

/** Without what changes from reading to reading, and without a number that JSON does not know. */
function storable(index: IndexFacts): IndexFacts {
  const measured = without(index, 'sizeBytes', 'usageOps', 'usageSince');
  return Number.isFinite(measured.expireAfterSeconds ?? 0) ? measured : without(measured, 'expireAfterSeconds');
}
