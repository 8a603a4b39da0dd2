/** What matters to the user of the wizard, as host and page say it. */

/** What only the user knows and the ranking goes by. */
export type WishId = 'online' | 'azure-reaches' | 'private-endpoint' | 'from-here' | 'skills' | 'studio3t' | 'files';
export const WISHES: readonly WishId[] = [
  'online',
  'azure-reaches',
  'private-endpoint',
  'from-here',
  'skills',
  'studio3t',
  'files',
];
/** `unsaid` counts for nothing; then on or off, a kind of files, or what people know. */
export const WISH_VALUES = [
  'unsaid',
  'no',
  'yes',
  'json',
  'csv',
  'none',
  'azure',
  'spark',
  'command-line',
  'azure+spark',
  'azure+command-line',
  'spark+command-line',
  'azure+spark+command-line',
] as const;
export type WishValue = (typeof WISH_VALUES)[number];
export interface WishField {
  readonly id: WishId;
  readonly label: string;
  readonly explanation: string;
  readonly value: WishValue;
  /** `no` and `yes` alone: a switch. */
  readonly choices: readonly { readonly value: WishValue; readonly label: string }[];
}

/** How many hours the source may be without writes; without a value nobody has said it. */
export interface WindowField {
  readonly label: string;
  readonly explanation: string;
  readonly hours?: number;
  readonly min: number;
  readonly max: number;
}
