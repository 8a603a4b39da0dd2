import '@vscode-elements/elements/dist/vscode-button/index.js';
import { render, type LitElement } from 'lit';
import { isRunPageMessage, type RunPageIntent, type RunPageView } from '../../src/protocol/run-page.js';
import { announce } from '../shared/announce.js';
import { linkToHost } from '../shared/host-link.js';
import { runPage } from './page.js';

const app = document.querySelector<HTMLElement>('#app');
if (!app) {
  throw new Error('The page has no place to draw in.');
}
const root = app;
let drawn: RunPageView | undefined;

function draw(view: RunPageView): void {
  if (!drawn) {
    root.replaceChildren();
    root.removeAttribute('aria-busy');
  } else if (drawn.stateText !== view.stateText) {
    announce(view.stateText);
  }
  const onAction = document.activeElement?.matches('[data-action]') ?? false;
  render(
    runPage(
      view,
      (action) => link.send({ type: 'act', action }),
      () => draw(view),
    ),
    root,
  );
  drawn = view;
  // The button that was pressed may be gone with the state it belonged to; the keyboard stays where it was.
  if (onAction && !document.activeElement?.matches('[data-action]')) {
    const next = root.querySelector<LitElement>('[data-action]');
    void next?.updateComplete.then(() => next.focus());
  }
}

const link = linkToHost<RunPageView, RunPageIntent>({ accepts: isRunPageMessage, ready: { type: 'ready' }, draw });
