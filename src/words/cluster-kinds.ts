/** Short names of kinds of clusters, apart from all that is said of them: a tree shows no more. */
import { lookUp } from './params.js';

const KINDS: Readonly<Record<string, string>> = {
  mongodb: 'MongoDB',
  atlas: 'MongoDB Atlas',
  'cosmos-ru': 'Cosmos DB (RU)',
  'cosmos-vcore': 'Cosmos DB (vCore)',
  'amazon-documentdb': 'Amazon DocumentDB',
  ferretdb: 'FerretDB',
  unknown: 'unknown',
};

/** Name of a kind of cluster. */
export function clusterKind(kind: string): string {
  return lookUp(KINDS, kind) ?? kind;
}
