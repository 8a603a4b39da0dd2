import type { MethodId } from '../core/model/method.js';
import { lookUp } from './params.js';

const NAMES: Readonly<Record<MethodId, string>> = {
  'dump-restore': 'mongodump and mongorestore',
  'export-import': 'mongoexport and mongoimport',
  'studio-3t': 'Studio 3T',
  'direct-copy': 'direct copy',
  dms: 'Azure Database Migration Service',
  'data-factory': 'Azure Data Factory',
  'spark-databricks': 'Spark on Azure Databricks',
};

export function methodName(id: MethodId): string {
  return NAMES[id];
}

/** A method's name where only its id as text is at hand. */
export function methodNameOf(id: string): string {
  return lookUp(NAMES, id) ?? id;
}
