import { readPipeline } from './pipeline-shape.js';
import { noteFeature, noteField, type Place } from './place.js';
import { isDocument, isOperators } from './plain-values.js';
import { readQuery } from './query-shape.js';
import { fieldPath } from './usage-tally.js';

const MODIFIERS: ReadonlySet<string> = new Set(['$each', '$slice', '$sort', '$position']);

/**
 * Notes the operators of an update and the fields that it changes. A replacement changes no field that could be told from those that it puts back as
 * they were, so that it names none.
 */
export function readUpdate(update: unknown, place: Place): void {
  if (Array.isArray(update)) return readUpdatePipeline(update, place);
  if (!isOperators(update)) {
    if (isDocument(update)) noteFeature(place, 'option', 'update.replacement');
    return;
  }
  const changed = new Set<string>();
  for (const [operator, changes] of Object.entries(update)) {
    if (!operator.startsWith('$')) continue;
    noteFeature(place, 'update-operator', operator);
    if (!isDocument(changes)) continue;
    for (const [path, operand] of Object.entries(changes)) readChange(operator, path, operand, place, changed);
  }
  // Two elements of one array are one field.
  for (const path of changed) noteField(place, path, 'updated');
}

function readChange(operator: string, path: string, operand: unknown, place: Place, changed: Set<string>): void {
  // Only set where a document is made.
  if (operator !== '$setOnInsert') changed.add(fieldPath(path));
  if (operator === '$rename' && typeof operand === 'string') changed.add(fieldPath(operand));
  for (const part of path.split('.')) {
    if (part === '$' || part === '$[]') noteFeature(place, 'update-operator', part === '$' ? '$.positional' : '$[]');
    else if (part.startsWith('$[')) noteFeature(place, 'update-operator', '$[identifier]');
  }
  if (!isDocument(operand)) return;
  if (operator === '$push' || operator === '$addToSet') {
    for (const name of Object.keys(operand)) if (MODIFIERS.has(name)) noteFeature(place, 'update-operator', name);
  }
  // A condition on elements: its names are none of the collection's.
  if (operator === '$pull') readQuery(isOperators(operand) ? { element: operand } : operand, { ...place, own: false });
}

function readUpdatePipeline(stages: readonly unknown[], place: Place): void {
  noteFeature(place, 'option', 'update.pipeline');
  readPipeline(stages, { ...place, own: false });
  for (const stage of stages) {
    if (!isDocument(stage)) continue;
    const set = stage['$set'] ?? stage['$addFields'];
    if (isDocument(set)) for (const path of Object.keys(set)) noteField(place, path, 'updated');
    const unset = stage['$unset'];
    for (const path of Array.isArray(unset) ? unset : [unset]) {
      if (typeof path === 'string') noteField(place, path, 'updated');
    }
  }
}
