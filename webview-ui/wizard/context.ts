import type { NamespaceRow, WizardIntent } from '../../src/protocol/wizard.js';

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
  sizesShown: number;
}

export const PAGE_OF_FINDINGS = 100;
export const PAGE_OF_SIZES = 200;

export function firstLooks(): Looks {
  return {
    search: '',
    type: 'all',
    sort: 'name',
    descending: false,
    sizeLimit: '100',
    activeNs: undefined,
    findingsShown: PAGE_OF_FINDINGS,
    sizesShown: PAGE_OF_SIZES,
  };
}

export interface WizardContext {
  readonly looks: Looks;
  readonly send: (intent: WizardIntent) => void;
  readonly redraw: () => void;
}
