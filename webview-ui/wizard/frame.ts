/** What stands around every step: where one is, what is going on, back and forward. */
import { html, nothing, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import { WIZARD_STEPS, type WizardStep, type WizardView } from '../../src/protocol/wizard.js';
import { announce } from '../shared/announce.js';
import { icon } from '../shared/icons.js';
import { l10n } from '../shared/l10n.js';
import { bar } from '../shared/bar.js';
import type { WizardContext } from './context.js';
import { endpointsStep } from './steps/endpoints.js';
import { findingsStep } from './steps/findings.js';
import { methodStep } from './steps/method.js';
import { namespacesStep } from './steps/namespaces.js';
import { reviewStep } from './steps/review.js';
import { sizeStep } from './steps/size.js';
import { tuningStep } from './steps/tuning.js';

const TITLES: Readonly<Record<WizardStep, { readonly short: string; readonly lead: string }>> = {
  endpoints: {
    short: l10n.t('Source and target'),
    lead: l10n.t('Choose where the data is and where it is to go.'),
  },
  namespaces: {
    short: l10n.t('Collections'),
    lead: l10n.t('Choose what is migrated, and under which name it arrives.'),
  },
  size: { short: l10n.t('Size'), lead: l10n.t('How big the selection is, without reading the documents.') },
  findings: {
    short: l10n.t('Findings'),
    lead: l10n.t('What the target treats differently or refuses, and what becomes of it.'),
  },
  method: {
    short: l10n.t('Method'),
    lead: l10n.t('One way is recommended. All others stand beside it with their reasons.'),
  },
  tuning: {
    short: l10n.t('Tuning'),
    lead: l10n.t('Every number is computed for your target. Change any of them; the command lines follow.'),
  },
  review: { short: l10n.t('Review'), lead: l10n.t('Nothing has been written yet. This is what will happen.') },
};

export function frame(view: WizardView, context: WizardContext): TemplateResult {
  const { short, lead } = TITLES[view.step];
  return html`
    <div class="frame">
      ${stepper(view, context)}
      <div class="content" tabindex="-1">
        <div role="alert" class="alerts">${problem(view)}</div>
        ${keyed(
          view.step,
          html`<section class="step step-${view.step}" aria-labelledby="step-title">
            <header class="step-head">
              <h1 id="step-title" tabindex="-1">${short}</h1>
              <p class="lead">${lead}</p>
            </header>
            ${body(view, context)}
          </section>`,
        )}
      </div>
      ${footer(view, context)}
    </div>
  `;
}

function body(view: WizardView, context: WizardContext): TemplateResult {
  switch (view.step) {
    case 'endpoints':
      return endpointsStep(view, context);
    case 'namespaces':
      return namespacesStep(view, context);
    case 'size':
      return sizeStep(view, context);
    case 'findings':
      return findingsStep(view, context);
    case 'method':
      return methodStep(view, context);
    case 'tuning':
      return tuningStep(view, context);
    case 'review':
      return reviewStep(view, context);
  }
}

function stepper(view: WizardView, { send }: WizardContext): TemplateResult {
  const here = WIZARD_STEPS.indexOf(view.step);
  return html`<nav class="stepper" aria-label=${l10n.t('Steps')}>
    <ol>
      ${WIZARD_STEPS.map((step, index) => {
        const state =
          index === here ? 'here' : view.reachable.includes(step) ? (index < here ? 'done' : 'open') : 'shut';
        return html`<li>
          <button
            type="button"
            class="step-link ${state}"
            aria-current=${index === here ? 'step' : nothing}
            ?disabled=${state === 'shut'}
            @click=${() => send({ type: 'go', step })}
          >
            <span class="step-number">${state === 'done' ? icon('check') : index + 1}</span>
            <span class="step-name">${TITLES[step].short}</span>
            ${state === 'done' ? html`<span class="visually-hidden">${l10n.t('(done)')}</span>` : nothing}
          </button>
        </li>`;
      })}
    </ol>
  </nav>`;
}

function problem({ problem }: WizardView): TemplateResult | typeof nothing {
  if (!problem) {
    return nothing;
  }
  return html`<div class="note note-error">
    ${icon('error')}
    <div>
      <p><strong>${problem.happened}</strong></p>
      ${problem.why ? html`<p>${problem.why}</p>` : nothing}
      ${problem.todo ? html`<p class="todo">${icon('arrow')} ${problem.todo}</p>` : nothing}
    </div>
  </div>`;
}

function footer(view: WizardView, context: WizardContext): TemplateResult {
  const here = WIZARD_STEPS.indexOf(view.step);
  const back = WIZARD_STEPS[here - 1];
  const next = WIZARD_STEPS[here + 1];
  const unconfirmed = next === undefined && view.review.needsConsent;
  const stopped = unconfirmed ? l10n.t('Confirm above that you have read what stays behind.') : view.nextProblem;
  return html`<footer class="footer">
    <div class="going-on">${busy(view, context)}</div>
    ${stopped ? html`<p class="next-problem" id="next-problem">${icon('info')} ${stopped}</p>` : nothing}
    <div class="moves">
      <vscode-button
        secondary
        data-move="back"
        ?disabled=${back === undefined}
        aria-disabled=${back === undefined ? 'true' : nothing}
        @click=${() => back && context.send({ type: 'go', step: back })}
        >${icon('back', 'content-before')}${l10n.t('Back')}</vscode-button
      >
      ${
        next
          ? forward('next', html`${l10n.t('Next: {0}', TITLES[next].short)}`, stopped, () =>
              context.send({ type: 'go', step: next }),
            )
          : forward('start', html`${icon('play', 'content-before')}${l10n.t('Start migration')}`, stopped, () =>
              context.send({ type: 'start' }),
            )
      }
    </div>
  </footer>`;
}

/** Stays reachable while it cannot be used, so that a keyboard finds out why. */
function forward(
  move: 'next' | 'start',
  label: TemplateResult,
  stopped: string | undefined,
  act: () => void,
): TemplateResult {
  return html`<vscode-button
    data-move=${move}
    class=${stopped ? 'stopped' : ''}
    aria-disabled=${stopped ? 'true' : nothing}
    aria-describedby=${stopped ? 'next-problem' : nothing}
    @click=${() => (stopped ? announce(stopped) : act())}
    >${label}</vscode-button
  >`;
}

function busy({ busy }: WizardView, { send }: WizardContext): TemplateResult | typeof nothing {
  if (!busy) {
    return nothing;
  }
  const share = busy.total ? (busy.done ?? 0) / busy.total : undefined;
  return html`<div class="busy">
    ${share === undefined ? html`<span class="spinner" aria-hidden="true"></span>` : nothing}
    <span class="busy-text">${busy.text}</span>
    ${
      share === undefined
        ? nothing
        : html`<span class="busy-bar">${bar(share, l10n.t('{0} of {1}', busy.done ?? 0, busy.total ?? 0))}</span>
            <span class="busy-count">${l10n.t('{0} of {1}', busy.done ?? 0, busy.total ?? 0)}</span>`
    }
    ${
      busy.cancellable
        ? html`<button type="button" class="link" data-cancel-busy @click=${() => send({ type: 'cancel-busy' })}>
            ${l10n.t('Cancel')}
          </button>`
        : nothing
    }
  </div>`;
}
