import { html, svg, type TemplateResult } from 'lit';

/** How the data of one collection would lie on its partitions: one small bar for each, the fullest first. */
export function shares(parts: readonly number[], text: string): TemplateResult {
  const most = Math.max(...parts, Number.MIN_VALUE);
  const width = 100 / parts.length;
  return html`<span class="shares">
    <svg viewBox="0 0 100 20" preserveAspectRatio="none" aria-hidden="true">
      ${parts.map((part, i) => {
        const height = Math.max(0.5, (part / most) * 20);
        return svg`<rect x=${i * width} y=${20 - height} width=${width * 0.8} height=${height}></rect>`;
      })}
    </svg>
    <span class="detail">${text}</span>
  </span>`;
}
