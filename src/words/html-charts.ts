/** Charts as SVG: no script, the colours of the page, and their data in words for who cannot see them. */
import { escapeHtml } from './html-text.js';
import type { Block } from './report-parts.js';

type Chart<K extends Block['kind']> = Extract<Block, { kind: K }>;

const WIDTH = 760;
const LABELS = 240;
const VALUES = 270;
const ROW = 24;
/** Characters of a label that fit. */
const LONGEST_LABEL = 36;

const round = (value: number): string => String(Math.round(value * 10) / 10);

function shortened(text: string): string {
  return [...text].length <= LONGEST_LABEL ? text : `${[...text].slice(0, LONGEST_LABEL - 1).join('')}…`;
}

function text(x: number, y: number, className: string, content: string): string {
  return `<text x="${round(x)}" y="${round(y)}" class="${className}">${escapeHtml(content)}</text>`;
}

function rect(x: number, y: number, width: number, height: number, className: string): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(Math.max(0, width))}" height="${round(height)}" class="${className}"/>`;
}

/** A figure whose words are those of the data: a screen reader reads them in the place of the picture. */
function figure(title: string, data: string, height: number, parts: readonly string[]): string {
  return (
    `<figure><figcaption>${escapeHtml(title)}</figcaption>` +
    `<svg role="img" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}">` +
    `<title>${escapeHtml(title)}</title><desc>${escapeHtml(data)}</desc>${parts.join('')}</svg></figure>`
  );
}

/** One bar for each value; a thin line over it from the lowest to the highest that it may be. */
export function barsSvg({ title, bars }: Chart<'bars'>): string {
  const most = Math.max(Number.MIN_VALUE, ...bars.map(({ value, high = 0 }) => Math.max(value, high)));
  const room = WIDTH - LABELS - VALUES;
  const at = (value: number): number => (value / most) * room;
  const parts = bars.flatMap(({ label, value, low, high, text: told }, i) => {
    const y = i * ROW;
    const middle = y + ROW / 2;
    const ends = low === undefined || high === undefined || low === high ? [] : [at(low), at(high)];
    const [from, to] = ends;
    return [
      `<g><title>${escapeHtml(`${label}: ${told}`)}</title>`,
      text(LABELS - 10, middle + 4, 'label', shortened(label)),
      rect(LABELS, y + 5, Math.max(1, at(value)), ROW - 10, 'bar'),
      ...(from === undefined || to === undefined
        ? []
        : [
            `<path class="range" d="M${round(LABELS + from)} ${round(middle)}H${round(LABELS + to)}M${round(LABELS + from)} ${round(middle - 4)}v8M${round(LABELS + to)} ${round(middle - 4)}v8"/>`,
          ]),
      text(LABELS + Math.max(at(value), to ?? 0) + 8, middle + 4, 'value', told),
      '</g>',
    ];
  });
  return figure(title, bars.map(({ label, text: told }) => `${label} ${told}`).join('; '), bars.length * ROW, parts);
}

/** Parts that are too thin to be seen one by one are drawn as what they are together. */
const THINNEST = 0.004;

/** One line of segments for each way of spreading the whole; the largest first, in turns of two colours. */
export function sharesSvg({ title, rows }: Chart<'shares'>): string {
  const room = WIDTH - LABELS - VALUES;
  const parts = rows.flatMap(({ label, shares, text: told }, i) => {
    const y = i * (ROW + 4);
    const segments: string[] = [];
    let at = 0;
    for (const [k, share] of shares.entries()) {
      if (share < THINNEST) break;
      segments.push(rect(LABELS + at * room, y + 4, share * room - 1, ROW - 8, `share${k % 2}`));
      at += share;
    }
    if (at < 1 - THINNEST) segments.push(rect(LABELS + at * room, y + 4, (1 - at) * room, ROW - 8, 'rest'));
    return [
      `<g><title>${escapeHtml(`${label}: ${told}`)}</title>`,
      text(LABELS - 10, y + ROW / 2 + 4, 'label', shortened(label)),
      ...segments,
      text(LABELS + room + 8, y + ROW / 2 + 4, 'value', told),
      '</g>',
    ];
  });
  const data = rows.map(({ label, text: told }) => `${label} ${told}`).join('; ');
  return figure(title, data, rows.length * (ROW + 4), parts);
}

const PLOT = { left: 90, top: 12, width: 620, height: 180 };

export function lineSvg({ title, points, x, y }: Chart<'line'>): string {
  const { left, top, width, height } = PLOT;
  const px = (value: number): number => left + value * width;
  const py = (value: number): number => top + (1 - value) * height;
  const path = points.map((point, i) => `${i === 0 ? 'M' : 'L'}${round(px(point.x))} ${round(py(point.y))}`).join('');
  const stops = [0, 0.5, 1] as const;
  const anchors = ['start', 'middle', 'end'] as const;
  const parts = [
    ...stops.flatMap((stop, i) => [
      `<path class="grid" d="M${left} ${round(py(stop))}h${width}"/>`,
      text(left - 8, py(stop) + 4, 'label', y[i] ?? ''),
      text(px(stop), top + height + 20, anchors[i] ?? 'start', x[i] ?? ''),
    ]),
    ...(points.length > 0
      ? [`<path class="area" d="${path}L${round(px(points.at(-1)?.x ?? 0))} ${round(py(0))}H${round(px(0))}Z"/>`]
      : []),
    `<path class="line" d="${path}"/>`,
  ];
  const told = points.map((point) => `${Math.round(point.x * 100)} %: ${Math.round(point.y * 100)} %`).join('; ');
  return figure(title, `${told}; the whole is ${y[2]} after ${x[2]}`, top + height + 30, parts);
}
