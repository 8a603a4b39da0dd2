import type { Namespace } from '../model/namespace.js';
import { readExpression } from './expression-shape.js';
import { noteField, placeIn, topOf, type Place } from './place.js';
import { DEEPEST, isDocument, isOperators } from './plain-values.js';
import { readQuery, readSort } from './query-shape.js';

/** Stages behind which documents are no longer the collection's. */
const RESHAPING: ReadonlySet<string> = new Set([
  '$group',
  '$project',
  '$replaceRoot',
  '$replaceWith',
  '$bucket',
  '$bucketAuto',
  '$sortByCount',
  '$count',
  '$facet',
  '$unionWith',
  '$changeStream',
  '$collStats',
  '$indexStats',
  '$planCacheStats',
  '$search',
  '$searchMeta',
  '$vectorSearch',
]);

/** Notes the stages of a pipeline and all that is in them, sub-pipelines included; each under the collection that it reads. */
export function readPipeline(pipeline: unknown, start: Place, depth = 0): void {
  if (depth > DEEPEST || !Array.isArray(pipeline)) return;
  let place = start;
  for (const stage of pipeline) {
    if (!isDocument(stage)) continue;
    const [name] = Object.keys(stage);
    if (name === undefined || !name.startsWith('$')) continue;
    place.tally.feature('stage', name, place.ns);
    readStage(name, stage[name], place, depth);
    place = behind(name, stage[name], place);
  }
}

function behind(name: string, spec: unknown, place: Place): Place {
  if (RESHAPING.has(name)) return { ...place, own: false };
  const added = addedBy(name, spec);
  return added.length === 0 ? place : { ...place, added: new Set([...place.added, ...added.map(topOf)]) };
}

function addedBy(name: string, spec: unknown): readonly string[] {
  if (!isDocument(spec)) return [];
  if (name === '$set' || name === '$addFields') return Object.keys(spec);
  if (name === '$lookup' || name === '$graphLookup') return typeof spec['as'] === 'string' ? [spec['as']] : [];
  if (name === '$setWindowFields' || name === '$fill')
    return isDocument(spec['output']) ? Object.keys(spec['output']) : [];
  if (name === '$geoNear') return typeof spec['distanceField'] === 'string' ? [spec['distanceField']] : [];
  return [];
}

function readStage(name: string, spec: unknown, place: Place, depth: number): void {
  switch (name) {
    case '$match':
      return readQuery(spec, place);
    case '$sort':
      return readSort(spec, place);
    case '$lookup':
      return readLookup(spec, place, depth);
    case '$graphLookup':
      return readGraphLookup(spec, place);
    case '$unionWith':
      return readUnion(spec, place, depth);
    case '$facet':
      if (isDocument(spec)) for (const part of Object.values(spec)) readPipeline(part, place, depth + 1);
      return;
    case '$group':
      return readAccumulators(spec, place, '_id');
    case '$bucket':
    case '$bucketAuto':
      if (!isDocument(spec)) return;
      readExpression(spec['groupBy'], place);
      return readAccumulators(spec['output'], place);
    case '$setWindowFields':
      return readWindow(spec, place);
    case '$geoNear':
      if (isDocument(spec)) readQuery(spec['query'], place);
      return;
    case '$merge':
      if (isDocument(spec)) readPipeline(spec['whenMatched'], { ...place, own: false }, depth + 1);
      return;
    case '$project':
    case '$addFields':
    case '$set':
    case '$replaceRoot':
    case '$replaceWith':
    case '$redact':
    case '$sortByCount':
    case '$documents':
      return readExpression(spec, place);
    default:
      // Its operand is no expression: what looks like an operator in it is something else.
      return;
  }
}

/** A collection that a stage names: `coll`, or `{ db, coll }`. */
function otherCollection(named: unknown, place: Place): Namespace | undefined {
  if (!place.ns) return undefined;
  if (typeof named === 'string') return { db: place.ns.db, coll: named };
  if (!isDocument(named) || typeof named['coll'] !== 'string') return undefined;
  return { db: typeof named['db'] === 'string' ? named['db'] : place.ns.db, coll: named['coll'] };
}

function readLookup(spec: unknown, place: Place, depth: number): void {
  if (!isDocument(spec)) return;
  const other = placeIn(place.tally, otherCollection(spec['from'], place));
  if (typeof spec['foreignField'] === 'string') noteField(other, spec['foreignField'], 'equality');
  if (spec['pipeline'] === undefined) return;
  // Under the collection whose application sends it, which is where it has to be changed.
  place.tally.feature('option', spec['let'] === undefined ? '$lookup.pipeline' : '$lookup.let', place.ns);
  readExpression(spec['let'], place);
  readPipeline(spec['pipeline'], other, depth + 1);
}

function readGraphLookup(spec: unknown, place: Place): void {
  if (!isDocument(spec)) return;
  const other = placeIn(place.tally, otherCollection(spec['from'], place));
  if (typeof spec['connectToField'] === 'string') noteField(other, spec['connectToField'], 'equality');
  readQuery(spec['restrictSearchWithMatch'], other);
  readExpression(spec['startWith'], place);
}

function readUnion(spec: unknown, place: Place, depth: number): void {
  if (isDocument(spec)) {
    readPipeline(spec['pipeline'], placeIn(place.tally, otherCollection(spec['coll'], place)), depth + 1);
  }
}

/** `{ field: { $accumulator: expression } }`; the field `key` holds an expression. */
function readAccumulators(spec: unknown, place: Place, key?: string): void {
  if (!isDocument(spec)) return;
  for (const [field, value] of Object.entries(spec)) {
    if (field === key || !isOperators(value)) {
      readExpression(value, place);
      continue;
    }
    for (const [name, operand] of Object.entries(value)) {
      if (name.startsWith('$')) place.tally.feature('accumulator', name, place.ns);
      // JavaScript is text, and its arguments are expressions.
      readExpression(name === '$accumulator' && isDocument(operand) ? operand['accumulateArgs'] : operand, place);
    }
  }
}

function readWindow(spec: unknown, place: Place): void {
  if (!isDocument(spec)) return;
  readExpression(spec['partitionBy'], place);
  readSort(spec['sortBy'], { ...place, own: false });
  if (!isDocument(spec['output'])) return;
  const output = Object.entries(spec['output']).map(([field, value]): [string, unknown] => [
    field,
    withoutWindow(value),
  ]);
  readAccumulators(Object.fromEntries(output), place);
}

function withoutWindow(value: unknown): unknown {
  if (!isDocument(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== 'window'));
}
