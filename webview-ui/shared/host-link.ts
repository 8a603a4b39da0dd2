/** The one way between a page and the extension: intents out, whole views in. */
import { isRecord } from '../../src/protocol/guards/check.js';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

interface Envelope<View> {
  readonly view: View;
}

interface HostLink<View, Intent> {
  /** What the frame itself carries, to be drawn at once; a page that was shown before waits for what is so now. */
  readonly first: View | undefined;
  send(intent: Intent): void;
  /** How the user looked at the page before it was hidden or reloaded, as `keep` was told; to be checked. */
  readonly kept: unknown;
  keep(looks: unknown): void;
}

function inFrame(name: string): unknown {
  const text = document.querySelector(`meta[name="${name}"]`)?.getAttribute('content');
  return text ? JSON.parse(text) : undefined;
}

/**
 * Says `ready`, hands every accepted view to `draw`, oldest first, and drops what is older than what is drawn already.
 * The state that the frame carries is stored at once, so that the page is found again after a reload.
 */
export function linkToHost<View extends { readonly revision: number }, Intent>(options: {
  readonly accepts: (message: unknown) => message is Envelope<View>;
  readonly draw: (view: View) => void;
  readonly ready: Intent;
}): HostLink<View, Intent> {
  const api = acquireVsCodeApi();
  const state = inFrame('page-state');
  const frame = isRecord(state) ? state : {};
  const before = api.getState();
  const kept = isRecord(before) ? before['looks'] : undefined;
  api.setState({ ...frame, ...(kept === undefined ? {} : { looks: kept }) });
  const carried = inFrame('page-view');
  const first = (before === undefined || before === null) && options.accepts(carried) ? carried.view : undefined;
  let newest = first?.revision ?? -1;
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (!options.accepts(event.data)) {
      reportError(new Error('A message that is not part of the protocol was refused.'));
      return;
    }
    const { view } = event.data;
    if (view.revision > newest) {
      newest = view.revision;
      options.draw(view);
    }
  });
  api.postMessage(options.ready);
  return {
    first,
    send: (intent) => {
      api.postMessage(intent);
    },
    kept,
    keep: (looks) => {
      api.setState({ ...frame, looks });
    },
  };
}
