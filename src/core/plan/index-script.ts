/** The statements of a script that makes a target's indexes in mongosh. What is said around them is in words/index-script. */
import type { IndexTranslation } from '../model/assessment.js';
import type { IndexFacts } from '../model/facts.js';
import { formatNamespace, type Namespace } from '../model/namespace.js';
import type { IndexFate } from '../model/plan.js';
import { shellDocument, shellLiteral, shellString } from './shell-literal.js';
import type { TargetKind } from './target.js';

/** When an index is made, which is what a script is divided by, in this order. */
export type ScriptPart = Exclude<IndexFate, { kind: 'skip' }>['when'];
export const SCRIPT_PARTS: readonly ScriptPart[] = ['before-data', 'after-data', 'after-verification'];

function run(database: string, command: readonly (readonly [string, string])[]): string {
  return `db.getSiblingDB(${shellString(database)}).runCommand(${shellDocument(command)});`;
}

/**
 * One `createIndexes` for an index in its target form, as the engine sends it: an RU account is sent nothing that it does not know. A command of the server instead of
 * `createIndex`, which adds to what it is given. In a collection with a default collation an index without one is `simple`, which has to be said.
 */
export function createIndexStatement(
  ns: Namespace,
  index: IndexFacts,
  kind: TargetKind,
  collated: boolean = false,
): string {
  const spec: (readonly [string, string])[] = [
    ['key', shellDocument(index.key.map(([path, value]) => [path, shellLiteral(value)]))],
    ['name', shellString(index.name)],
  ];
  if (index.unique) spec.push(['unique', 'true']);
  if (index.expireAfterSeconds !== undefined) spec.push(['expireAfterSeconds', String(index.expireAfterSeconds)]);
  if (index.partialFilterExpression) {
    spec.push(['partialFilterExpression', shellLiteral(index.partialFilterExpression)]);
  }
  if (kind !== 'cosmos-ru') {
    if (index.sparse) spec.push(['sparse', 'true']);
    if (index.hidden) spec.push(['hidden', 'true']);
    if (index.collation) spec.push(['collation', shellLiteral(index.collation)]);
    else if (collated && kind === 'mongodb') spec.push(['collation', '{ locale: "simple" }']);
    if (index.wildcardProjection) spec.push(['wildcardProjection', shellLiteral(index.wildcardProjection)]);
    for (const [name, value] of Object.entries(index.otherOptions)) spec.push([name, shellLiteral(value)]);
  }
  return run(ns.db, [
    ['createIndexes', shellString(ns.coll)],
    ['indexes', `[${shellDocument(spec)}]`],
  ]);
}

/**
 * Statements that give a collection its shard key, none where it gets none. RU: the account's own command, which makes the collection, so that it is sent only where that
 * is not there (learn.microsoft.com/azure/cosmos-db/mongodb/custom-commands). MongoDB: `shardCollection`; `enableSharding` is needed before 6.0 and allowed after.
 */
export function shardKeyStatements(
  { target: ns, shardKey, collated }: IndexTranslation,
  kind: TargetKind,
): readonly string[] {
  const path = shardKey?.[0]?.[0];
  if (!shardKey || path === undefined || kind === 'cosmos-vcore') return [];
  if (kind === 'cosmos-ru') {
    const create = run(ns.db, [
      ['customAction', '"CreateCollection"'],
      ['collection', shellString(ns.coll)],
      ['shardKey', shellString(path)],
    ]);
    return [
      '{',
      `  const names = db.getSiblingDB(${shellString(ns.db)}).getCollectionNames();`,
      `  if (!names.includes(${shellString(ns.coll)})) ${create}`,
      '}',
    ];
  }
  return [
    run('admin', [['enableSharding', shellString(ns.db)]]),
    run('admin', [
      ['shardCollection', shellString(formatNamespace(ns))],
      ['key', shellDocument(shardKey.map(([name, value]) => [name, shellLiteral(value)]))],
      ...(collated === true ? [['collation', '{ locale: "simple" }'] as const] : []),
    ]),
  ];
}
