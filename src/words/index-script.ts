/** The script that makes a target's indexes in mongosh, with what becomes of every index of the source. */
import type { IndexTranslation } from '../core/model/assessment.js';
import { formatNamespace, sameNamespace } from '../core/model/namespace.js';
import type { PlannedIndex } from '../core/model/plan.js';
import { createIndexStatement, SCRIPT_PARTS, shardKeyStatements, type ScriptPart } from '../core/plan/index-script.js';
import { shellString } from '../core/plan/shell-literal.js';
import { targetIndex } from '../core/plan/target-index.js';
import type { TargetKind } from '../core/plan/target.js';
import { fateSentence } from './fates.js';

const TARGETS: Readonly<Record<TargetKind, string>> = {
  'cosmos-ru': 'an Azure Cosmos DB for MongoDB account (RU)',
  'cosmos-vcore': 'a vCore cluster (Azure DocumentDB)',
  mongodb: 'a MongoDB cluster',
};

const PARTS: Readonly<Record<ScriptPart, readonly string[]>> = {
  'before-data': ['Before the data: unique indexes, while the collections are empty.'],
  'after-data': ['After the data.'],
  'after-verification': [
    'Last of all: indexes that delete old documents. Made earlier, they delete what was just copied.',
  ],
};

/** Of MongoDB, which takes them at any time and builds them faster over data that is there. */
const UNIQUE_AFTER: readonly string[] = ['After the data: all but those that delete old documents.'];

/**
 * Text for mongosh that makes every index of the target, each with a comment line on what becomes of it and why; those that stay behind are listed at the end. It is
 * divided by when an index is to be made; a list at its top says which parts it makes. What is there already is left alone.
 */
export function indexScript(translations: readonly IndexTranslation[], target: { readonly kind: TargetKind }): string {
  const { kind } = target;
  const lines = [
    `// Indexes for ${TARGETS[kind]}.`,
    '// Run it with mongosh, connected to the target: load("indexes.js"), or mongosh "<connection string>" --file indexes.js',
    '// It stops at the first index that the server refuses. Run it again afterwards: what is made already is left alone.',
    ...(kind === 'cosmos-ru'
      ? ['// A collection that is not there yet is made with the least throughput, 400 RU/s.']
      : []),
    '{',
    '  // Take a part out of this list to leave it for later.',
    `  const parts = [${SCRIPT_PARTS.map(shellString).join(', ')}];`,
    ...SCRIPT_PARTS.flatMap((part) => partLines(translations, part, kind)),
    ...notMade(translations),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

function partLines(translations: readonly IndexTranslation[], part: ScriptPart, kind: TargetKind): string[] {
  const body = translations.flatMap((translation) => collectionLines(translation, part, kind));
  if (body.length === 0) return [];
  const said = kind === 'mongodb' && part === 'after-data' ? UNIQUE_AFTER : PARTS[part];
  return [
    '',
    ...said.map((line) => `  // ${line}`),
    `  if (parts.includes(${shellString(part)})) {`,
    ...body.map((line) => `    ${line}`),
    '  }',
  ];
}

function collectionLines(translation: IndexTranslation, part: ScriptPart, kind: TargetKind): string[] {
  const shardKey = part === 'before-data' ? shardKeyStatements(translation, kind) : [];
  const indexes = translation.indexes.filter(({ fate }) => fate.kind !== 'skip' && fate.when === part);
  if (shardKey.length === 0 && indexes.length === 0) return [];
  return [
    `// ${collectionName(translation)}`,
    ...(shardKey.length === 0 ? [] : ['// Its shard key, which cannot be changed later.', ...shardKey]),
    ...indexes.flatMap((planned) => {
      const index = targetIndex(planned, kind);
      const statement = index && createIndexStatement(translation.target, index, kind, translation.collated);
      return [comment(planned), ...(statement === undefined ? [] : [statement])];
    }),
  ];
}

function notMade(translations: readonly IndexTranslation[]): string[] {
  const left = translations.flatMap((translation) => {
    const skipped = translation.indexes.filter(({ fate }) => fate.kind === 'skip');
    return skipped.length === 0
      ? []
      : [`  // ${collectionName(translation)}`, ...skipped.map((i) => `  ${comment(i)}`)];
  });
  return left.length === 0 ? [] : ['', '  // Not made.', ...left];
}

function collectionName({ ns, target }: IndexTranslation): string {
  const name = shellString(formatNamespace(target));
  return sameNamespace(ns, target) ? name : `${name}, on the source ${shellString(formatNamespace(ns))}`;
}

/** Names come from the source: quoted, none of them can end the comment. */
function comment(planned: PlannedIndex): string {
  const quoted = { ...planned.index, name: shellString(planned.index.name) };
  return `// ${fateSentence({ ...planned, index: quoted })}`;
}
