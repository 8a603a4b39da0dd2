import { html, nothing, type TemplateResult } from 'lit';
import type { FindingFix, FindingRow, WizardView } from '../../../src/protocol/wizard.js';
import { icon, type IconName } from '../../shared/icons.js';
import { countText, l10n } from '../../shared/l10n.js';
import { PAGE_OF_FINDINGS, type WizardContext } from '../context.js';
import { findingTools } from '../finding-tools.js';
import { places } from '../places.js';
import { shares } from '../shares.js';
import { findingsByCollection, shownFindings } from '../shown-findings.js';

type Severity = FindingRow['severity'];

const GROUPS: readonly { readonly severity: Severity; readonly title: string; readonly mark: IconName }[] = [
  { severity: 'blocker', title: l10n.t('Blockers'), mark: 'error' },
  { severity: 'warning', title: l10n.t('Warnings'), mark: 'warning' },
  { severity: 'info', title: l10n.t('Good to know'), mark: 'info' },
];
const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
  blocker: l10n.t('Blocker'),
  warning: l10n.t('Warning'),
  info: l10n.t('Note'),
};

export function findingsStep({ findings, busy }: WizardView, context: WizardContext): TemplateResult {
  if (findings.rows.length === 0) {
    return html`<p class="note ${busy ? '' : 'note-good'}">
        ${icon(busy ? 'clock' : 'check')}<span>${findings.summary}</span>
      </p>
      ${assessed(findings.assessed, context)}`;
  }
  const shown = shownFindings(findings, context.looks);
  return html`
    <p class="summary">${findings.summary}</p>
    ${assessed(findings.assessed, context)} ${findingTools(findings, shown.length, context)}
    ${
      shown.length === 0
        ? html`<p class="empty">${l10n.t('Nothing fits what was filtered by.')}</p>`
        : context.looks.findingsBy === 'rule'
          ? GROUPS.map((group) => {
              const rows = shown.filter((row) => row.severity === group.severity);
              return rows.length === 0 ? nothing : section(group, rows, context);
            })
          : byCollection(shown, context)
    }
  `;
}

function assessed(sentence: string, { send }: WizardContext): TemplateResult {
  return html`<p class="note assessed">
    ${icon('info')}<span>${sentence}</span>
    <button type="button" class="link" data-assess @click=${() => send({ type: 'assess' })}>
      ${l10n.t('Assess this source…')}
    </button>
  </p>`;
}

function section(
  { severity, title, mark }: (typeof GROUPS)[number],
  rows: readonly FindingRow[],
  context: WizardContext,
): TemplateResult {
  // As the summary counts them: one for each namespace.
  const count = rows.reduce((sum, row) => sum + Math.max(1, row.places.length + row.more), 0);
  return html`<section class="findings findings-${severity}" aria-labelledby="findings-${severity}">
    <h2 id="findings-${severity}">${icon(mark)} ${title} <vscode-badge>${countText(count)}</vscode-badge></h2>
    <ul>
      ${rows.slice(0, context.looks.findingsShown).map((row) => finding(row, context, true))}
    </ul>
    ${more(rows.length, context)}
  </section>`;
}

function byCollection(rows: readonly FindingRow[], context: WizardContext): TemplateResult {
  const all = findingsByCollection(rows);
  return html`${all.slice(0, context.looks.findingsShown).map(
    ([name, own], i) =>
      html`<section class="findings" aria-labelledby="findings-of-${i}">
        <h2 id="findings-of-${i}">
          ${name === '' ? l10n.t('The whole cluster') : html`<code><bdi>${name}</bdi></code>`}
          <vscode-badge>${countText(own.length)}</vscode-badge>
        </h2>
        <ul>
          ${own.map((row) => finding(row, context, false, name))}
        </ul>
      </section>`,
  )}
  ${more(all.length, context)}`;
}

function more(length: number, { looks, redraw }: WizardContext): TemplateResult | typeof nothing {
  const left = length - looks.findingsShown;
  if (left <= 0) {
    return nothing;
  }
  return html`<button
    type="button"
    class="link"
    @click=${() => {
      looks.findingsShown += PAGE_OF_FINDINGS;
      redraw();
    }}
  >
    ${l10n.t('Show more ({0} left)', countText(left))}
  </button>`;
}

function finding(row: FindingRow, { send }: WizardContext, withPlaces: boolean, only?: string): TemplateResult {
  const fixes = row.fixes.filter(({ ns }) => only === undefined || ns === only);
  return html`<li class="finding finding-${row.severity}" data-rule=${row.rule}>
    <p class="finding-text">
      ${withPlaces ? nothing : html`<span class="severity">${SEVERITY_WORDS[row.severity]}:</span> `}${row.text}
    </p>
    ${
      !withPlaces
        ? nothing
        : row.places.length === 0
          ? html`<p class="detail">${l10n.t('The whole cluster')}</p>`
          : places(row.places, row.more)
    }
    ${row.remedy ? html`<p class="finding-remedy">${icon('arrow')}<span>${row.remedy}</span></p>` : nothing}
    ${
      fixes.length === 0
        ? nothing
        : html`<ul class="fixes" aria-label=${l10n.t('What the plan can do about it')}>
            ${fixes.map((fix) => html`<li>${fixButton(fix, send)}</li>`)}
          </ul>`
    }
    ${row.sourceUrl ? source(row.sourceUrl, send) : nothing}
  </li>`;
}

/** A switch: what is in the plan can be taken out of it again. */
function fixButton(fix: FindingFix, send: WizardContext['send']): TemplateResult {
  return html`<button
      type="button"
      class="fix"
      data-fix=${fix.kind}
      aria-pressed=${fix.applied ? 'true' : 'false'}
      @click=${() => toggle(fix, send)}
    >
      ${icon(fix.applied ? 'check' : 'plus')}<span>${fix.label}</span>
    </button>
    ${fix.shares ? shares(fix.shares, fix.sharesText ?? '') : nothing}`;
}

function toggle({ kind, ns, name, applied }: FindingFix, send: WizardContext['send']): void {
  switch (kind) {
    case 'shard-key':
      send({ type: 'set-shard-key', ns, path: applied ? '' : name });
      return;
    case 'leave-out':
      send({ type: 'leave-index-out', ns, index: name, leftOut: !applied });
      return;
    case 'keep-aside':
      send({ type: 'keep-aside', ns, aside: !applied });
  }
}

function source(url: string, send: WizardContext['send']): TemplateResult {
  return html`<a
    class="finding-source"
    href=${url}
    @click=${(event: Event) => {
      event.preventDefault();
      send({ type: 'open-link', url });
    }}
    >${l10n.t('Source: {0}', shortAddress(url))}</a
  >`;
}

function shortAddress(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
