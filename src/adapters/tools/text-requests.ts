/** What `mongoexport` and `mongoimport` are asked for, as a plan has it. */
import { travelOf, type Plan, type PlannedCollection } from '../../core/model/plan.js';
import type { TextContent } from '../files/text-files.js';
import type { exportArguments, importArguments, ToolConnection } from './command-lines.js';

/** What `mongoexport` of a collection is asked for. */
export function exportRequest(
  plan: Pick<Plan, 'text' | 'readPreference'>,
  planned: PlannedCollection,
  connection: ToolConnection,
  file?: string,
): Parameters<typeof exportArguments>[0] {
  const { format } = travelOf(plan);
  return {
    connection,
    source: planned.source,
    readPreference: plan.readPreference,
    ...(file === undefined ? {} : { file }),
    format: format === 'csv' ? { kind: 'csv', fields: planned.fields ?? ['_id'] } : { kind: 'json' },
  };
}

/** What `mongoimport` of a collection is asked for. A capped collection keeps documents in the order of their insertion, so they must come one batch after another. */
export function importRequest(
  plan: Pick<Plan, 'text' | 'tuning' | 'targetKind'>,
  planned: PlannedCollection,
  connection: ToolConnection,
  file?: string,
  content?: TextContent,
): Parameters<typeof importArguments>[0] {
  const { batchSize, insertionWorkers } = plan.tuning;
  return {
    connection,
    target: planned.target,
    tuning: { batchSize, insertionWorkers: planned.options.capped ? 1 : insertionWorkers },
    format: travelOf(plan).format,
    ...(file === undefined ? {} : { file }),
    ...(content?.isArray ? { isArray: true } : {}),
    ...(content?.hasTypes ? { hasTypes: true } : {}),
    bypassDocumentValidation: plan.targetKind === 'mongodb',
  };
}
