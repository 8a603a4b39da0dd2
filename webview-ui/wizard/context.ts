import type { FindingRow, NamespaceRow, WizardIntent } from '../../src/protocol/wizard.js';

export type SortKey = 'name' | 'documents' | 'size';

/** What only this page knows: how the user looks at the data. The data itself is the host's. */
export interface Looks {
  search: string;
  type: NamespaceRow['type'] | 'all';
  sort: SortKey;
  descending: boolean;
  /** Megabytes, as typed. */
  sizeLimit: string;
  /** The row of the namespace table that the keyboard is at. */
  activeNs: string | undefined;
  findingsShown: number;
  findingText: string;
  findingSeverity: FindingRow['severity'] | 'all';
  /** Undefined: the chosen one. */
  findingTarget: string | undefined;
  findingsBy: 'rule' | 'collection';
  sizesShown: number;
}

export const PAGE_OF_FINDINGS = 100;
export const PAGE_OF_SIZES = 200;

function firstLooks(): Looks {
  return {
    search: '',
    type: 'all',
    sort: 'name',
    descending: false,
    sizeLimit: '100',
    activeNs: undefined,
    findingsShown: PAGE_OF_FINDINGS,
    findingText: '',
    findingSeverity: 'all',
    findingTarget: undefined,
    findingsBy: 'rule',
    sizesShown: PAGE_OF_SIZES,
  };
}

/** What of it is worth finding again after the page was hidden or reloaded. */
export type KeptLooks = Pick<Looks, 'search' | 'type' | 'sort' | 'descending' | 'sizeLimit'>;

const TYPES: readonly Looks['type'][] = ['all', 'collection', 'view', 'timeseries'];
const SORTS: readonly SortKey[] = ['name', 'documents', 'size'];

export function toKeep({ search, type, sort, descending, sizeLimit }: Looks): KeptLooks {
  return { search, type, sort, descending, sizeLimit };
}

/** The looks to start with: those that were kept, as far as they are any. */
export function looksFrom(kept: unknown): Looks {
  const looks = firstLooks();
  if (typeof kept !== 'object' || kept === null) {
    return looks;
  }
  const { search, type, sort, descending, sizeLimit } = kept as Partial<Record<keyof KeptLooks, unknown>>;
  return {
    ...looks,
    ...(typeof search === 'string' ? { search } : {}),
    ...(typeof descending === 'boolean' ? { descending } : {}),
    ...(typeof sizeLimit === 'string' ? { sizeLimit } : {}),
    type: TYPES.find((known) => known === type) ?? looks.type,
    sort: SORTS.find((known) => known === sort) ?? looks.sort,
  };
}

export interface WizardContext {
  readonly looks: Looks;
  readonly send: (intent: WizardIntent) => void;
  readonly redraw: () => void;
}
