import type { AdviceWishes } from '../advise/facts.js';
import type { ClusterInventory } from '../model/facts.js';
import type { NamespaceSelection } from '../model/namespace.js';
import type { Tuning } from '../model/plan.js';
import { dataCollections, totalSize } from '../size/totals.js';
import type { HandoffFacts } from './handoff-fields.js';
import { selectedCollections } from './make-plan.js';
import { isAtLeast, type TargetDescription } from './target.js';

export interface HandoffFactsInput {
  readonly inventory: ClusterInventory;
  readonly selection: NamespaceSelection;
  readonly target: TargetDescription;
  readonly tuning: Tuning | undefined;
  readonly wishes: AdviceWishes;
  /** Names of the two clusters. */
  readonly between: HandoffFacts['between'];
  /** Where the target was found in Azure, if it was. */
  readonly azure?: HandoffFacts['azure'] | undefined;
}

/** The oldest that the service does not read for an RU target. Source: learn.microsoft.com/azure/cosmos-db/mongodb/pre-migration-steps (2.x to 4.0). */
const TOO_NEW_FOR_DMS = [4, 1] as const;

/** What the settings of a hand-off are reckoned from. */
export function handoffFacts(input: HandoffFactsInput): HandoffFacts {
  const { inventory, selection, target, tuning, wishes, between, azure } = input;
  const collections = dataCollections(selectedCollections(inventory, selection));
  const { documents, logicalBytes } = totalSize(collections);
  return {
    subject: collections.map(({ ns }) => ns.db).sort()[0] ?? '',
    between,
    targetKind: target.kind,
    documents,
    logicalBytes,
    ...(tuning === undefined ? {} : { tuning }),
    ...(azure === undefined ? {} : { azure }),
    ...(wishes.online ? { online: true } : {}),
    tooNewForService: target.kind === 'cosmos-ru' && isAtLeast(inventory.cluster.versionArray, TOO_NEW_FOR_DMS),
  };
}
