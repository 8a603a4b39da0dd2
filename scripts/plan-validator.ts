/** For the bundles: code made from the published schemas, in the place of the files that would make it at each start. */
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { Ajv, type AnySchema } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import type { Plugin } from 'esbuild';

/** By the file of `src/adapters/files` that checks with it: the schema in `media`, and the function that the file exports. */
const VALIDATORS: Readonly<Record<string, { readonly schema: string; readonly name: string }>> = {
  'plan-validator.ts': { schema: 'plan.schema.json', name: 'validatePlan' },
  'price-validator.ts': { schema: 'prices.schema.json', name: 'validatePrices' },
};

// A CommonJS module: what it exports by default is within what is imported by default.
const { default: standaloneCode } = standalone as unknown as { default: typeof standalone };

export const planValidator: Plugin = {
  name: 'plan-validator',
  setup(building) {
    building.onLoad({ filter: /[\\/]files[\\/](plan|price)-validator\.ts$/ }, async ({ path }) => {
      const validator = VALIDATORS[basename(path)];
      if (!validator) throw new Error(`no schema for ${path}`);
      const text = await readFile(new URL(`../media/${validator.schema}`, import.meta.url), 'utf8');
      const ajv = new Ajv({ allErrors: true, strict: true, code: { source: true, esm: true } });
      ajv.addSchema(JSON.parse(text) as AnySchema, validator.schema);
      const contents = standaloneCode(ajv, { [validator.name]: validator.schema });
      return { contents, loader: 'js', resolveDir: dirname(path) };
    });
  },
};
