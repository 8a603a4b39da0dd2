import { MigrationError } from '../../core/model/error.js';
import type { Plan } from '../../core/model/plan.js';
import type { Artefacts } from '../artefacts.js';
import { studio3tConnections, type Studio3tAddresses } from './connections.js';
import { RUNBOOK_FILE } from './folder.js';
import { readmeText, runbookText, type RunbookFacts } from './runbook.js';

const FILES = { source: 'source-connection.txt', target: 'target-connection.txt' } as const;

export interface Studio3tFacts {
  readonly addresses: Studio3tAddresses;
  readonly users: RunbookFacts['users'];
  /** Shard keys and indexes of the target, for mongosh. */
  readonly indexScript: string;
}

/**
 * What a person with Studio 3T is given: two connections, the steps, and the script of the target's indexes. Secrets are not among the facts, and so in no file.
 * @throws MigrationError `bad-plan` (`handoff-missing`) for a plan of another method.
 */
export function studio3tArtefacts(plan: Plan, facts: Studio3tFacts): Artefacts {
  const { handoff } = plan;
  if (handoff?.kind !== 'studio-3t')
    throw new MigrationError('bad-plan', { reason: 'handoff-missing', method: 'studio-3t' });
  const { port } = handoff;
  const connections = studio3tConnections(plan, facts.addresses);
  const told = { port, users: facts.users, files: FILES };
  return {
    files: [
      { path: 'README.md', text: readmeText(plan, told) },
      { path: RUNBOOK_FILE, text: runbookText(plan, told) },
      { path: FILES.source, text: `${connections.source}\n` },
      { path: FILES.target, text: `${connections.target}\n` },
      { path: 'indexes.js', text: facts.indexScript },
    ],
    notes: [
      { id: 'studio-relay', params: { port } },
      { id: 'studio-passwords', params: {} },
      { id: 'studio-by-hand', params: {} },
    ],
  };
}
