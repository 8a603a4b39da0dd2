/** For the bundles: code made from the plan's schema, in the place of the file that would make it at each start. */
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Ajv, type AnySchema } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import type { Plugin } from 'esbuild';

const SCHEMA = new URL('../media/plan.schema.json', import.meta.url);

// A CommonJS module: what it exports by default is within what is imported by default.
const { default: standaloneCode } = standalone as unknown as { default: typeof standalone };

export const planValidator: Plugin = {
  name: 'plan-validator',
  setup(building) {
    building.onLoad({ filter: /[\\/]files[\\/]plan-validator\.ts$/ }, async ({ path }) => {
      const schema = JSON.parse(await readFile(SCHEMA, 'utf8')) as AnySchema;
      const ajv = new Ajv({ allErrors: true, strict: true, code: { source: true, esm: true } });
      ajv.addSchema(schema, 'plan');
      return { contents: standaloneCode(ajv, { validatePlan: 'plan' }), loader: 'js', resolveDir: dirname(path) };
    });
  },
};
