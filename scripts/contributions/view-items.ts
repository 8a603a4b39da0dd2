/** What the trees can say about their rows. */
import { RUN_ACTIONS } from '../../src/protocol/run-page.js';

const ROLES = ['source', 'target'] as const;

export function viewItems(): string[] {
  const clusters = ROLES.flatMap((role) => [
    ...[`group.${role}`, `database.${role}`, `collection.${role}`, `index.${role}`],
    ...['saved', 'settings'].map((origin) => `cluster.${role}.${origin}`),
  ]);
  return [...clusters, 'error', 'loading', 'add', 'run', `run ${RUN_ACTIONS.join(' ')}`];
}
