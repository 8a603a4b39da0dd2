/** What the host and the run page's webview say to each other. JSON only; the host makes every text; no secret crosses. */
import { isRecord } from './guards/check.js';

export const RUN_PAGE_PROTOCOL = 1;

export const RUN_ACTIONS = [
  'proceed',
  'steps',
  'pause',
  'resume',
  'limit',
  'cancel',
  'verify',
  'report',
  'dead-letters',
  'retry-dead-letters',
  'clean-up',
  'terminal',
] as const;
export type RunAction = (typeof RUN_ACTIONS)[number];

export interface RunPageCollection {
  readonly ns: string;
  /** 0 to 1. */
  readonly share: number;
  readonly doneText: string;
  readonly plannedText: string;
  readonly bytesText: string;
  readonly throttledText: string;
  readonly deadLettersText: string;
  readonly state: 'waiting' | 'copying' | 'copied' | 'verifying' | 'equal' | 'different' | 'counts-only' | 'unproven';
  readonly stateText: string;
}

export interface RunPagePoint {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly documentsPerSecond: number;
  readonly ruPerSecond: number;
  readonly provisioned: number;
  readonly throttledPerSecond: number;
}

export interface RunPageView {
  readonly revision: number;
  readonly runId: string;
  readonly title: string;
  readonly state: string;
  readonly stateText: string;
  readonly tone: 'running' | 'good' | 'attention' | 'bad' | 'resting';
  /** Why it is in that state and what to do, where there is something to say. */
  readonly notes: readonly string[];
  /** 0 to 1. */
  readonly share: number;
  readonly figures: readonly {
    readonly id: string;
    readonly label: string;
    readonly value: string;
    readonly detail?: string;
  }[];
  readonly actions: readonly { readonly id: RunAction; readonly label: string; readonly primary: boolean }[];
  readonly collections: readonly RunPageCollection[];
  /** How many collections are left out of a very long list, in words. */
  readonly collectionsNote?: string;
  readonly points: readonly RunPagePoint[];
  /** Whether request units mean anything for this target: their chart is drawn only then. */
  readonly showsRu: boolean;
  readonly commandLines: readonly string[];
}

export type RunPageIntent = { readonly type: 'ready' } | { readonly type: 'act'; readonly action: RunAction };

export interface RunPageMessage {
  readonly v: typeof RUN_PAGE_PROTOCOL;
  readonly type: 'view';
  readonly view: RunPageView;
}

function isRunAction(value: unknown): value is RunAction {
  return RUN_ACTIONS.some((action) => action === value);
}

/** What the page has sent, or undefined for anything else. */
export function parseRunPageIntent(value: unknown): RunPageIntent | undefined {
  if (!isRecord(value)) return undefined;
  if (value['type'] === 'ready') return { type: 'ready' };
  if (value['type'] === 'act' && isRunAction(value['action'])) return { type: 'act', action: value['action'] };
  return undefined;
}

/** Deep enough for the page to draw it without looking again. */
export function isRunPageMessage(value: unknown): value is RunPageMessage {
  if (!isRecord(value) || value['v'] !== RUN_PAGE_PROTOCOL || value['type'] !== 'view') return false;
  return isRunPageView(value['view']);
}

const VIEW_TEXTS = ['runId', 'title', 'state', 'stateText', 'tone'] as const;
const COLLECTION_TEXTS = [
  'ns',
  'doneText',
  'plannedText',
  'bytesText',
  'throttledText',
  'deadLettersText',
  'state',
  'stateText',
] as const;
const POINT_NUMBERS = ['at', 'documentsPerSecond', 'ruPerSecond', 'provisioned', 'throttledPerSecond'] as const;

function isRunPageView(value: unknown): value is RunPageView {
  if (!isRecord(value)) return false;
  const { figures, actions, collections, points, collectionsNote } = value;
  return (
    hasTexts(value, VIEW_TEXTS) &&
    hasNumbers(value, ['revision', 'share']) &&
    typeof value['showsRu'] === 'boolean' &&
    (collectionsNote === undefined || typeof collectionsNote === 'string') &&
    isListOf(value['notes'], isText) &&
    isListOf(value['commandLines'], isText) &&
    isListOf(figures, (figure) => isRecord(figure) && hasTexts(figure, ['id', 'label', 'value'])) &&
    isListOf(actions, (a) => isRecord(a) && isRunAction(a['id']) && isText(a['label']) && isFlag(a['primary'])) &&
    isListOf(collections, (c) => isRecord(c) && hasTexts(c, COLLECTION_TEXTS) && hasNumbers(c, ['share'])) &&
    isListOf(points, (point) => isRecord(point) && hasNumbers(point, POINT_NUMBERS))
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isFlag(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isListOf(value: unknown, fits: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(fits);
}

function hasTexts(value: Readonly<Record<string, unknown>>, keys: readonly string[]): boolean {
  return keys.every((key) => isText(value[key]));
}

function hasNumbers(value: Readonly<Record<string, unknown>>, keys: readonly string[]): boolean {
  return keys.every((key) => Number.isFinite(value[key]));
}
