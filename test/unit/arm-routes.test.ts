/** The table of routes is all that is sent to ARM: a row that nothing sends says of this product what is not so. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ARM_ROUTES } from '../../src/adapters/azure/routes.js';

const SOURCES = 'src';

function senders(): string {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' });
  const code = files.filter((file) => file.endsWith('.ts') && !file.endsWith('routes.ts'));
  return code.map((file) => readFileSync(join(SOURCES, file), 'utf8')).join('\n');
}

describe('the routes to ARM', () => {
  it('have somebody who sends each', () => {
    const text = senders();
    expect(Object.keys(ARM_ROUTES).length).toBeGreaterThan(20);
    expect(Object.keys(ARM_ROUTES).filter((id) => !text.includes(`'${id}'`))).toEqual([]);
  });
});
