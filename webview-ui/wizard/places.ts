import { html, nothing, type TemplateResult } from 'lit';
import { countText, l10n } from '../shared/l10n.js';

const FIRST_PLACES = 4;

/** The namespaces that something is said of: a few at once, the others on demand. Each is a piece of its own, whichever way it is written. */
export function places(names: readonly string[], more: number): TemplateResult | typeof nothing {
  if (names.length === 0) {
    return nothing;
  }
  const rest = names.slice(FIRST_PLACES);
  return html`<div class="places">
    ${list(names.slice(0, FIRST_PLACES))}
    ${
      rest.length > 0
        ? html`<details class="more-places">
            <summary>${l10n.t('and {0} more', countText(rest.length + more))}</summary>
            ${list(rest)}${more > 0 ? html`<p>${l10n.t('and {0} more', countText(more))}</p>` : nothing}
          </details>`
        : nothing
    }
  </div>`;
}

const list = (names: readonly string[]): TemplateResult[] =>
  names.map((name) => html`<code><bdi>${name}</bdi></code> `);
