import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';

/**
 * Compares with `test/golden/<name>.json`. With `UPDATE_GOLDEN=1` the file is written instead: read the difference before committing it.
 * A file that is not there fails.
 */
export function expectGolden(name: string, value: unknown): void {
  const file = new URL(`./${name}.json`, import.meta.url);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
  const golden: unknown = JSON.parse(readFileSync(file, 'utf8'));
  expect(JSON.parse(JSON.stringify(value))).toEqual(golden);
}
