import { RUN_PAGE_PROTOCOL, type RunPageMessage } from '../../src/protocol/run-page.js';

const LISTS = ['notes', 'figures', 'actions', 'collections', 'points', 'commandLines'];

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Whether a message is a view that this page can draw; the host is trusted with what stands inside its parts. */
export function isRunPageMessage(message: unknown): message is RunPageMessage {
  if (!isRecord(message) || message['v'] !== RUN_PAGE_PROTOCOL || message['type'] !== 'view') {
    return false;
  }
  const view = message['view'];
  return isRecord(view) && Number.isInteger(view['revision']) && LISTS.every((list) => Array.isArray(view[list]));
}
