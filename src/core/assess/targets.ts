import type { TargetKind } from '../plan/target.js';

/** Which targets a rule can speak of, named once. */
export const ON_RU: readonly TargetKind[] = ['cosmos-ru'];
export const ON_VCORE: readonly TargetKind[] = ['cosmos-vcore'];
export const ON_MONGODB: readonly TargetKind[] = ['mongodb'];
export const ON_COSMOS: readonly TargetKind[] = ['cosmos-ru', 'cosmos-vcore'];
export const ON_EVERY: readonly TargetKind[] = ['cosmos-ru', 'cosmos-vcore', 'mongodb'];
