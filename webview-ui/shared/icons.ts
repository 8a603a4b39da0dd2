/** Small line icons, drawn here so that no icon font is loaded. They say nothing to a screen reader: the text beside them does. */
import { svg, type SVGTemplateResult, type TemplateResult, html } from 'lit';

const SHAPES = {
  check: svg`<path d="M3 8.5l3.2 3.2L13 4.8" />`,
  cross: svg`<path d="M4 4l8 8M12 4l-8 8" />`,
  plus: svg`<path d="M8 3v10M3 8h10" />`,
  minus: svg`<path d="M3 8h10" />`,
  info: svg`<circle cx="8" cy="8" r="6" /><path d="M8 7.2v4M8 4.6v.9" />`,
  warning: svg`<path d="M8 2.2L14.4 13.6H1.6z" /><path d="M8 6.4v3.6M8 11.4v.8" />`,
  error: svg`<circle cx="8" cy="8" r="6" /><path d="M8 4.4v4.4M8 10.6v.9" />`,
  search: svg`<circle cx="7" cy="7" r="4.2" /><path d="M10.2 10.2L14 14" />`,
  arrow: svg`<path d="M2.5 8h10.5M9 4l4 4-4 4" />`,
  back: svg`<path d="M13.5 8H3M7 4L3 8l4 4" />`,
  copy: svg`<rect x="5.5" y="5.5" width="8" height="8" rx="1" /><path d="M10.5 5.5v-3h-8v8h3" />`,
  save: svg`<path d="M2.5 2.5h8.6l2.4 2.4v8.6h-11z" /><path d="M5 2.5v3.4h5V2.5M4.8 13.5V9.2h6.4v4.3" />`,
  play: svg`<path d="M4.5 2.8v10.4L13 8z" />`,
  pause: svg`<path d="M5.2 3v10M10.8 3v10" />`,
  refresh: svg`<path d="M13.2 8a5.2 5.2 0 1 1-1.6-3.7" /><path d="M12 1.6v3h-3" />`,
  reset: svg`<path d="M2.8 8a5.2 5.2 0 1 0 1.6-3.7" /><path d="M4 1.6v3h3" />`,
  star: svg`<path d="M8 1.9l1.8 3.9 4.2.5-3.1 2.9.8 4.2L8 11.3l-3.7 2.1.8-4.2L2 6.3l4.2-.5z" />`,
  clock: svg`<circle cx="8" cy="8" r="6" /><path d="M8 4.4V8l2.6 1.6" />`,
  database: svg`<ellipse cx="8" cy="3.8" rx="5" ry="2" /><path d="M3 3.8v8.4c0 1.1 2.2 2 5 2s5-.9 5-2V3.8M3 8c0 1.1 2.2 2 5 2s5-.9 5-2" />`,
  moving: svg`<path d="M8 2v12M4 10l4 4 4-4" />`,
  resting: svg`<circle cx="8" cy="8" r="6" />`,
} satisfies Record<string, SVGTemplateResult>;

export type IconName = keyof typeof SHAPES;

export function icon(name: IconName, slot?: 'content-before'): TemplateResult {
  const shape = SHAPES[name];
  return slot
    ? html`<svg class="icon" slot=${slot} viewBox="0 0 16 16" aria-hidden="true">${shape}</svg>`
    : html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">${shape}</svg>`;
}
