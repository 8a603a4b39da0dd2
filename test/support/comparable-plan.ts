import type { Plan } from '../../src/core/model/plan.js';

/** What is measured anew at every connection is not what two ways of planning differ in. */
export function comparable(plan: Plan): unknown {
  const { source, target, tuning } = plan;
  const explanation = tuning.explanation.map((note) => (note.id === 'latency-floor' ? { ...note, params: {} } : note));
  const collections = plan.collections.map((c) => ({
    ...c,
    indexes: c.indexes.map(({ index: { usageOps: _ops, usageSince: _since, ...index }, fate }) => ({ index, fate })),
  }));
  return {
    ...plan,
    createdAt: '',
    id: '',
    source: source.uri,
    target: target.uri,
    collections,
    tuning: { ...tuning, latencyMs: 0, explanation },
  };
}
