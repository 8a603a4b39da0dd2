import { travelOf, type Plan } from '../model/plan.js';

type DatabaseTool = 'mongodump' | 'mongorestore' | 'mongoexport' | 'mongoimport';

/** The database tools that carrying out a plan takes. */
export function neededTools(plan: Pick<Plan, 'method' | 'text'>): readonly DatabaseTool[] {
  if (plan.method === 'dump-restore') return ['mongodump', 'mongorestore'];
  if (plan.method !== 'export-import') return [];
  switch (travelOf(plan).files?.use) {
    case 'export':
      return ['mongoexport'];
    case 'import':
      return ['mongoimport'];
    case 'both':
    case undefined:
      return ['mongoexport', 'mongoimport'];
  }
}
