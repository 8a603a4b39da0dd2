/** A line chart as SVG. Lines stretch with the page, their labels are HTML beside them, so that text keeps its size and is zoomed as text. */
import { html, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { countText, l10n } from '../shared/l10n.js';
import { axisTop, compactText, spanOf } from './scale.js';

const WIDTH = 600;
const HEIGHT = 120;
/** A longer silence is a pause or a restart: the line is broken, not drawn through. */
const GAP_MS = 10_000;

interface Series {
  readonly name: string;
  readonly look: 'main' | 'limit' | 'warn';
  /** One for each of the chart's times. */
  readonly values: readonly number[];
}

export interface LineChart {
  readonly title: string;
  /** Epoch milliseconds, oldest first. */
  readonly times: readonly number[];
  /** What the right end is called. */
  readonly end: string;
  readonly series: readonly Series[];
}

export function lineChart(chart: LineChart): TemplateResult {
  const newest = chart.times.at(-1) ?? 0;
  const span = spanOf(newest - (chart.times[0] ?? newest));
  const top = axisTop(Math.max(...chart.series.flatMap((series) => series.values)));
  const x = (at: number): number => round(WIDTH * (1 - (newest - at) / span.ms));
  const y = (value: number): number => round(HEIGHT * (1 - value / top));
  return html`<figure class="chart">
    <figcaption>
      <span class="chart-title">${chart.title}</span>
      ${chart.series.map(
        (series) =>
          html`<span class="legend legend-${series.look}">
            <svg viewBox="0 0 18 4" aria-hidden="true"><line x1="0" y1="2" x2="18" y2="2"></line></svg>
            ${series.name} <strong class="num">${countText(Math.round(series.values.at(-1) ?? 0))}</strong>
          </span>`,
      )}
    </figcaption>
    <div class="plot" role="img" aria-label=${inWords(chart, span.minutes)}>
      <div class="axis-y num"><span>${compactText(top)}</span><span>${compactText(top / 2)}</span><span>0</span></div>
      <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none">
        ${[0, 0.5, 1].map((share) => svg`<line class="rule" x1="0" x2=${WIDTH} y1=${HEIGHT * share} y2=${HEIGHT * share} />`)}
        ${chart.series.map((series) => drawn(series, chart.times, x, y))}
      </svg>
      <div class="axis-x">
        <span>${l10n.t('−{0} min', compactText(span.minutes))}</span>
        <span>${l10n.t('−{0} min', compactText(span.minutes / 2))}</span>
        <span>${chart.end}</span>
      </div>
    </div>
  </figure>`;
}

function drawn(
  { look, values }: Series,
  times: readonly number[],
  x: (at: number) => number,
  y: (value: number) => number,
): SVGTemplateResult {
  const line: string[] = [];
  let before: number | undefined;
  times.forEach((at, index) => {
    const broken = before === undefined || at - before > GAP_MS;
    line.push(`${broken ? 'M' : 'L'}${x(at)} ${y(values[index] ?? 0)}`);
    before = at;
  });
  return svg`<path class="line line-${look}" d=${line.join('')} />`;
}

/** The chart for those who do not see it. */
function inWords({ title, series }: LineChart, minutes: number): string {
  const parts = series.map(({ name, values }) => {
    const figures = [
      values.at(-1) ?? 0,
      Math.max(...values),
      values.reduce((sum, value) => sum + value, 0) / values.length,
    ];
    const [now = '', most = '', mean = ''] = figures.map((figure) => countText(Math.round(figure)));
    return l10n.t('{0}: {1} last, {2} at most, {3} on average', name, now, most, mean);
  });
  return l10n.t('{0}, last {1} minutes. {2}.', title, compactText(minutes), parts.join('; '));
}

const round = (value: number): number => Math.round(value * 10) / 10;
