/** How much of a budget a copy gets that cannot tell its partitions apart. */

/** Where one partition has it all: answers, timers and the first second's caution. Measured with the whole engine on the stand-in, a model (test/unit/core-simulate-engine.test.ts). */
const ONE_PARTITION_USE = 0.993;
/**
 * Chance offers a partition n ± √n documents in a second where it has room for n, and what it does not get in its second is lost: what that costs, in √n. Found on the same model
 * with 5 and 20 partitions of 80 to 800 documents a second.
 */
const CHANCE = 0.5;
const LEAST_USE = 0.5;

/** Share of a partition's RU/s that the fullest one really gives. `documentsPerSecond`: that one partition has room for. */
export function partitionUse(partitions: number, documentsPerSecond: number): number {
  if (partitions < 2) return ONE_PARTITION_USE;
  return Math.max(LEAST_USE, ONE_PARTITION_USE / (1 + CHANCE / Math.sqrt(Math.max(1, documentsPerSecond))));
}

/**
 * Share of the documents that the fullest of `partitions` gets when a hash spreads them: an even share and what the largest of so many normal deviates is on average
 * (Blom 1958), of the binomial spread.
 */
export function fullestShare(partitions: number, documents: number): number {
  if (partitions < 2) return 1;
  const even = 1 / partitions;
  if (documents <= 0) return even;
  const deviation = Math.sqrt((even * (1 - even)) / documents);
  return Math.min(1, even + quantile((partitions - 0.375) / (partitions + 0.25)) * deviation);
}

/** Quantile of the standard normal distribution above its middle. Source: Abramowitz and Stegun, 26.2.23, error below 4.5e-4. */
function quantile(p: number): number {
  const t = Math.sqrt(-2 * Math.log(1 - p));
  return t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
}
