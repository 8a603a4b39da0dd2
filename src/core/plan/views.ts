import type { CollectionFacts } from '../model/facts.js';
import { formatNamespace, type Namespace } from '../model/namespace.js';
import type { NotMigrated, PlannedCollection } from '../model/plan.js';
import { bytes } from '../model/units.js';
import { lostFields } from '../transform/transform-problems.js';
import type { TargetKind } from './target.js';
import type { NotMigratedWhy } from './whys.js';

/** Collections that a pipeline reads besides its own: `$lookup`, `$graphLookup`, `$unionWith`, at any depth (`$facet` and inner pipelines too). */
function collectionsRead(value: unknown, found: Set<string> = new Set()): ReadonlySet<string> {
  if (Array.isArray(value)) for (const inner of value) collectionsRead(inner, found);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      if (name === '$unionWith' && typeof inner === 'string') found.add(inner);
      if (['$lookup', '$graphLookup', '$unionWith'].includes(name) && typeof inner === 'object' && inner !== null) {
        const { from, coll } = inner as { from?: unknown; coll?: unknown };
        if (typeof from === 'string') found.add(from);
        if (typeof coll === 'string') found.add(coll);
      }
      collectionsRead(inner, found);
    }
  }
  return found;
}

export interface PlannedViews {
  /** Each after the view it stands on. */
  readonly views: readonly PlannedCollection[];
  readonly notMigrated: readonly NotMigrated[];
}

/**
 * Views are made again on MongoDB and vCore, after the data, where what they stand on is migrated into the same database. RU accounts have none.
 * A pipeline is never rewritten: a view whose stages name a collection that is renamed or not migrated, or that stands on fields which are renamed or dropped,
 * is left to its owner.
 */
export function planViews(
  views: readonly CollectionFacts[],
  planned: readonly PlannedCollection[],
  kind: TargetKind,
  rename: (ns: Namespace) => Namespace,
): PlannedViews {
  const targets = new Map(planned.map((c) => [formatNamespace(c.source), c.target]));
  const changed = new Set(
    planned.flatMap((c) => (c.transform && lostFields(c.transform).size > 0 ? [formatNamespace(c.source)] : [])),
  );
  const done: PlannedCollection[] = [];
  const refused: NotMigrated[] = [];
  let waiting = [...views];
  const refuse = (view: CollectionFacts, why: NotMigratedWhy): void => void refused.push({ source: view.ns, why });
  for (let progress = true; progress && waiting.length > 0;) {
    const later: CollectionFacts[] = [];
    for (const view of waiting) {
      const definition = view.options.view;
      const nameOf = (coll: string): string => formatNamespace({ db: view.ns.db, coll });
      const base = definition && targets.get(nameOf(definition.on));
      const read = [...collectionsRead(definition?.pipeline)];
      if (!definition || kind === 'cosmos-ru') refuse(view, 'view');
      else if (!base || !read.every((coll) => targets.has(nameOf(coll)))) later.push(view);
      else {
        const target = rename(view.ns);
        const fieldsChanged = [definition.on, ...read].some((coll) => changed.has(nameOf(coll)));
        const renamed = read.some((coll) => {
          const other = targets.get(nameOf(coll));
          return other !== undefined && (other.coll !== coll || other.db !== target.db);
        });
        if (base.db !== target.db) refuse(view, 'view-in-other-database');
        else if (renamed) refuse(view, 'view-names-renamed');
        else if (fieldsChanged) refuse(view, 'view-fields-changed');
        else {
          done.push(plannedView(view, target, base.coll));
          targets.set(formatNamespace(view.ns), target);
        }
      }
    }
    progress = later.length < waiting.length;
    waiting = later;
  }
  for (const view of waiting) {
    const on = formatNamespace({ db: view.ns.db, coll: view.options.view?.on ?? '' });
    refuse(view, targets.has(on) ? 'view-reads-not-migrated' : 'view-base-not-migrated');
  }
  return { views: done, notMigrated: refused };
}

function plannedView(view: CollectionFacts, target: Namespace, on: string): PlannedCollection {
  const { collation } = view.options;
  return {
    source: view.ns,
    target,
    documents: 0,
    logicalBytes: bytes(0),
    options: { view: { on, pipeline: view.options.view?.pipeline ?? [] }, ...(collation ? { collation } : {}) },
    droppedOptions: [],
    indexes: [],
  };
}
