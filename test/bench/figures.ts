/** Median of the values; NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly bar: number;
  readonly unit: string;
  readonly detail: string;
  /** The bar is the least that is wanted, not the most. */
  readonly atLeast?: boolean;
}

/** One line for people, with its bar. True when the bar is kept. */
export function report(figure: Figure): boolean {
  const kept = figure.atLeast ? figure.value >= figure.bar : figure.value <= figure.bar;
  console.log(
    `${kept ? 'ok    ' : 'MISSED'} ${figure.name}: ${figure.value.toFixed(3)}${figure.unit} (bar: at ${figure.atLeast ? 'least' : 'most'} ${figure.bar.toFixed(2).replace(/\.?0+$/, '')}${figure.unit}; ${figure.detail})`,
  );
  return kept;
}
