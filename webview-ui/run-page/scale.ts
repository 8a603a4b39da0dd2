/** Axes that end at round numbers. */

const MINUTE_MS = 60_000;
/** Ten minutes is what the host keeps (`MOST_RATE_POINTS`). */
const SPANS = [1, 2, 5, 10];

export function spanOf(ms: number): { readonly minutes: number; readonly ms: number } {
  const minutes = SPANS.find((span) => span * MINUTE_MS >= ms) ?? Math.ceil(ms / MINUTE_MS);
  return { minutes, ms: minutes * MINUTE_MS };
}

const STEPS = [1, 2, 4, 5, 6, 8, 10];

/** The smallest round number that all values fit under; never 0. */
export function axisTop(most: number): number {
  if (!(most > 0)) {
    return 1;
  }
  const magnitude = 10 ** Math.floor(Math.log10(most));
  return (STEPS.find((step) => step * magnitude >= most) ?? 10) * magnitude;
}

export function compactText(value: number): string {
  return value.toLocaleString(document.documentElement.lang || 'en', { notation: 'compact', maximumFractionDigits: 1 });
}
