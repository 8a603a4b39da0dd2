import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { RunAction, RunPageView } from '../../src/protocol/run-page.js';
import { bar } from '../shared/bar.js';
import { commandLines } from '../shared/command-lines.js';
import { icon, type IconName } from '../shared/icons.js';
import { l10n } from '../shared/l10n.js';
import { charts } from './charts.js';
import { collectionsTable } from './collections.js';

const TONES: Readonly<Record<RunPageView['tone'], IconName>> = {
  running: 'moving',
  good: 'check',
  attention: 'warning',
  bad: 'error',
  resting: 'resting',
};
const NOTE_LOOKS: Readonly<Record<RunPageView['tone'], string>> = {
  running: '',
  good: 'note-good',
  attention: 'note-warning',
  bad: 'note-error',
  resting: '',
};

export function runPage(view: RunPageView, act: (action: RunAction) => void, redraw: () => void): TemplateResult {
  return html`<div class="run tone-${view.tone}">
    ${head(view, act)} ${progress(view)}
    ${
      view.notes.length > 0
        ? html`<ul class="notes">
            ${view.notes.map(
              (note) =>
                html`<li class="note ${NOTE_LOOKS[view.tone]}">${icon(noteIcon(view.tone))}<span>${note}</span></li>`,
            )}
          </ul>`
        : nothing
    }
    <dl class="tiles">
      ${repeat(
        view.figures,
        (figure) => figure.id,
        (figure) =>
          html`<div class="tile" data-figure=${figure.id}>
            <dt>${figure.label}</dt>
            <dd>
              ${figure.value}${figure.detail ? html`<span class="tile-detail"> ${figure.detail}</span>` : nothing}
            </dd>
          </div>`,
      )}
    </dl>
    ${charts(view)} ${collectionsTable(view, redraw)}
    ${
      view.commandLines.length > 0
        ? html`<details class="commands">
            <summary id="commands">${l10n.t('Command lines, as run')}</summary>
            ${commandLines(view.commandLines, 'commands')}
          </details>`
        : nothing
    }
  </div>`;
}

function noteIcon(tone: RunPageView['tone']): IconName {
  return tone === 'running' || tone === 'resting' ? 'info' : TONES[tone];
}

function head(view: RunPageView, act: (action: RunAction) => void): TemplateResult {
  return html`<header class="head">
    <div class="head-text">
      <h1>${view.title}</h1>
      <p class="state">${icon(TONES[view.tone])}<strong>${view.stateText}</strong></p>
    </div>
    <div class="acts">
      ${repeat(
        view.actions,
        (action) => action.id,
        (action) =>
          html`<vscode-button ?secondary=${!action.primary} data-action=${action.id} @click=${() => act(action.id)}
            >${action.label}</vscode-button
          >`,
      )}
    </div>
  </header>`;
}

/** Never shows 100 % before it is all of it. */
function progress({ share }: RunPageView): TemplateResult {
  const percent = Math.floor(Math.min(1, Math.max(0, share)) * 1000) / 10;
  return html`<div class="progress">
    ${bar(share, l10n.t('Progress'))}
    <span class="percent num"
      >${percent.toLocaleString(document.documentElement.lang, { minimumFractionDigits: percent < 100 ? 1 : 0 })}
      %</span
    >
  </div>`;
}
