/** Prices of the cost estimate: the product's list, and a file of the user's own in the place of all or some of them. */
import { basename } from 'node:path';
import type { ErrorObject } from 'ajv';
import ourPrices from '../../../media/prices.json';
import { MigrationError } from '../../core/model/error.js';
import { priceList, unitOf, type PriceFile, type PriceList } from '../../core/cost/price-list.js';
import { readSmallText } from './small-text.js';
import { validatePrices } from './price-validator.js';

/** Far above any list; keeps a wrong file from being read whole. */
const LONGEST_BYTES = 1024 * 1024;
/** Judged: more than anybody mends before trying again. */
const MOST_PROBLEMS = 20;

function badPrices(problems: readonly string[], path: string): MigrationError {
  return new MigrationError('bad-file', {
    reason: 'prices-invalid',
    problems: problems.slice(0, MOST_PROBLEMS),
    count: problems.length,
    path,
  });
}

function describe(error: ErrorObject): string {
  const params = error.params as Record<string, unknown>;
  const what = params['additionalProperty'] ?? params['missingProperty'];
  return `${error.instancePath || '/'} ${error.message ?? error.keyword}${typeof what === 'string' ? ` (${what})` : ''}`;
}

/** What the schema does not say: each price once, in its own unit. */
function problemsOf({ prices }: PriceFile): readonly string[] {
  return prices.flatMap(({ id, unit }, i) => [
    ...(prices.findIndex((other) => other.id === id) < i ? [`/prices/${i}/id is there twice (${id})`] : []),
    ...(unit === unitOf(id) ? [] : [`/prices/${i}/unit must be ${unitOf(id)} for ${id}`]),
  ]);
}

/** A price file from its text. @throws MigrationError `bad-file` (`prices-invalid`) with `problems`, place and rule each, and `count`. */
export function parsePrices(text: string, path: string): PriceFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badPrices(['/ is not JSON'], path);
  }
  if (!validatePrices(value)) throw badPrices((validatePrices.errors ?? []).map(describe), path);
  const problems = problemsOf(value);
  if (problems.length > 0) throw badPrices(problems, path);
  return value;
}

/**
 * The prices to reckon with: the product's, with those of the user's file in their place.
 * @param path of the user's own file
 * @throws MigrationError `bad-file` as {@link parsePrices}, `file-failed` (`code` ENOENT where there is none).
 */
export async function readPrices(path?: string): Promise<PriceList> {
  const ours = ourPrices as PriceFile;
  if (path === undefined) return priceList(ours);
  const text = await readSmallText(path, LONGEST_BYTES);
  if (text === undefined) throw badPrices(['/ is too long for a list of prices'], path);
  const file = parsePrices(text, path);
  return priceList(ours, { file, from: basename(path) });
}
