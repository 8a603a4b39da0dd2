import { html, nothing, type TemplateResult } from 'lit';

/** A bar whose length is an SVG attribute: the page's policy allows no style attributes. With `label` it is a progress bar, without it a picture only. */
export function bar(share: number, label?: string): TemplateResult {
  const percent = Math.floor(Math.min(1, Math.max(0, share)) * 1000) / 10;
  return html`<svg
    class="bar"
    viewBox="0 0 100 8"
    preserveAspectRatio="none"
    role=${label === undefined ? nothing : 'progressbar'}
    aria-hidden=${label === undefined ? 'true' : nothing}
    aria-label=${label ?? nothing}
    aria-valuenow=${label === undefined ? nothing : Math.floor(percent)}
    aria-valuemin=${label === undefined ? nothing : 0}
    aria-valuemax=${label === undefined ? nothing : 100}
  >
    <rect class="bar-rest" width="100" height="8"></rect>
    <rect class="bar-done" width=${percent} height="8"></rect>
  </svg>`;
}
