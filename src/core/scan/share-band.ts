/** 97.5 % quantile of the normal distribution: 2.5 % on each side. */
const Z = 1.959964;

/** Part of the documents that were drawn at random, or all of them: count, sum of bytes, sum of their squares. */
interface DrawnBytes {
  readonly documents: number;
  readonly bytes: number;
  readonly squaredBytes: number;
}

/**
 * Between which shares of all bytes a part of the documents lies with 95 % certainty, told from documents drawn at random. The share is a ratio of two sums, whose
 * variance is that of its residuals (W. G. Cochran, "Sampling Techniques", 3rd ed., section 2.11); the interval is that of a weighted count, which holds for
 * few documents and for sizes that differ (M. P. Fay, E. J. Feuer, "Confidence intervals for directly standardized rates", Statistics in Medicine 1997), with
 * the size of a document that a byte of the part is in, as a rule, for the one more that might have been drawn. Where a
 * handful of documents far larger than the others decide, it is nine in ten rather than 95 %. `missed`: bytes of the part that may not have been counted.
 */
export function shareBand(part: DrawnBytes & { readonly missed?: number }, all: DrawnBytes): readonly [number, number] {
  if (all.documents === 0 || all.bytes === 0) return [0, 1];
  const missed = (part.missed ?? 0) / all.bytes;
  const share = part.bytes / all.bytes;
  const rest = {
    documents: all.documents - part.documents,
    bytes: all.bytes - part.bytes,
    squaredBytes: all.squaredBytes - part.squaredBytes,
  };
  const [low, high] = share <= 0.5 ? smallShareBand(part, all) : flipped(smallShareBand(rest, all));
  return [Math.max(0, Math.min(share, low)), Math.min(1, Math.max(share, high) + missed)];
}

/** Between which shares a property lies with 95 % certainty that `hits` of `drawn` documents have. */
export function countBand(hits: number, drawn: number): readonly [number, number] {
  return shareBand(
    { documents: hits, bytes: hits, squaredBytes: hits },
    { documents: drawn, bytes: drawn, squaredBytes: drawn },
  );
}

function smallShareBand(part: DrawnBytes, all: DrawnBytes): readonly [number, number] {
  const share = part.bytes / all.bytes;
  const residuals = part.squaredBytes * (1 - 2 * share) + all.squaredBytes * share * share;
  // Few documents show less than the variance that they come from (Bessel's correction); as many of one size would tell as much as they do.
  const alike = part.bytes > 0 ? (part.bytes * part.bytes) / part.squaredBytes : 1;
  const correction = (alike + 1) / alike;
  const variance = (Math.max(0, residuals) * correction) / (all.bytes * all.bytes);
  const sized = part.bytes > 0 ? part : all;
  const oneMore = sized.squaredBytes / sized.bytes / all.bytes;
  const more = share + oneMore;
  const moreVariance = variance + oneMore * oneMore;
  return [
    share > 0 && variance > 0 ? (variance / (2 * share)) * chiSquare(-Z, (2 * share * share) / variance) : 0,
    (moreVariance / (2 * more)) * chiSquare(Z, (2 * more * more) / moreVariance),
  ];
}

/** Quantile of the chi-square distribution by that of the normal one (E. B. Wilson, M. M. Hilferty, 1931). */
function chiSquare(quantile: number, freedom: number): number {
  const spread = 2 / (9 * freedom);
  return freedom * Math.max(0, 1 - spread + quantile * Math.sqrt(spread)) ** 3;
}

function flipped([low, high]: readonly [number, number]): readonly [number, number] {
  return [1 - high, 1 - low];
}
