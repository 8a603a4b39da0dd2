import '@vscode-elements/elements/dist/vscode-badge/index.js';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import { render } from 'lit';
import { isWizardMessage } from '../../src/protocol/guards/wizard.js';
import type { WizardIntent, WizardStep, WizardView } from '../../src/protocol/wizard.js';
import { announce, announceBusy } from '../shared/announce.js';
import { linkToHost } from '../shared/host-link.js';
import { l10n } from '../shared/l10n.js';
import { holdValues } from '../shared/typing.js';
import { looksFrom, toKeep, type WizardContext } from './context.js';
import { frame } from './frame.js';
import { placeRows } from './namespace-grid.js';

const app = document.querySelector<HTMLElement>('#app');
if (!app) {
  throw new Error('The page has no place to draw in.');
}
const root = app;
let view: WizardView | undefined;
let drawnStep: WizardStep | undefined;
let cleared = false;

function redraw(): void {
  if (!view) {
    return;
  }
  if (!cleared) {
    cleared = true;
    root.replaceChildren();
    root.removeAttribute('aria-busy');
  }
  render(frame(view, context), root);
  placeRows(root, context);
  holdValues(root);
  if (drawnStep !== view.step) {
    enterStep(drawnStep === undefined);
    drawnStep = view.step;
  }
  keepLooks();
  announceBusy(view.busy?.text, view.problem ? '' : l10n.t('Done.'));
}

function keepLooks(): void {
  const looks = toKeep(context.looks);
  const text = JSON.stringify(looks);
  if (text !== kept) {
    kept = text;
    link.keep(looks);
  }
}

/** Whoever moves on by keyboard or screen reader starts at the new step's heading; opening the page takes no focus. */
function enterStep(first: boolean): void {
  root.querySelector('.content')?.scrollTo({ top: 0 });
  if (!first) {
    root.querySelector<HTMLElement>('h1')?.focus();
  }
}

const link = linkToHost<WizardView, WizardIntent>({
  accepts: isWizardMessage,
  ready: { type: 'ready' },
  draw: (next) => {
    const saved = view !== undefined && next.review.savedAs !== view.review.savedAs && next.review.savedAs;
    view = next;
    redraw();
    if (saved) {
      announce(l10n.t('Saved as {0}.', saved));
    }
  },
});

const context: WizardContext = { looks: looksFrom(link.kept), send: (intent) => link.send(intent), redraw };
let kept = JSON.stringify(toKeep(context.looks));
if (link.first) {
  view = link.first;
  redraw();
}

window.addEventListener('resize', redraw);
