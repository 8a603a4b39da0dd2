import type { TargetKind } from '../core/plan/target.js';

const NAMES: Readonly<Record<TargetKind, string>> = {
  'cosmos-ru': 'Azure Cosmos DB for MongoDB (RU)',
  'cosmos-vcore': 'Azure Cosmos DB for MongoDB vCore (Azure DocumentDB)',
  mongodb: 'MongoDB',
};

export function targetName(kind: TargetKind): string {
  return NAMES[kind];
}
