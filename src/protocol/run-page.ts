/** What the host and the run page's webview say to each other. JSON only; the host makes every text; no secret crosses. */

export const RUN_PAGE_PROTOCOL = 1;

export type RunAction =
  'pause' | 'resume' | 'cancel' | 'verify' | 'report' | 'dead-letters' | 'retry-dead-letters' | 'terminal';

export interface RunPageCollection {
  readonly ns: string;
  /** 0 to 1. */
  readonly share: number;
  readonly doneText: string;
  readonly plannedText: string;
  readonly bytesText: string;
  readonly throttledText: string;
  readonly deadLettersText: string;
  readonly state: 'waiting' | 'copying' | 'copied' | 'verifying' | 'equal' | 'different' | 'counts-only';
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
