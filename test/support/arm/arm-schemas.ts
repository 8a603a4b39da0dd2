/** Microsoft's published schemas as a second opinion on what we send, where they lie beside the repository. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { without } from './shape.js';

const FOLDER =
  process.env['MCM_ARM_SCHEMAS'] ?? fileURLToPath(new URL('../../../../shared/schemas/arm', import.meta.url));
const BASE = 'https://schema.management.azure.com/schemas';
const COMMON = 'common/definitions.json';

const FILES: Readonly<Record<string, string>> = {
  'Microsoft.DataFactory': '2018-06-01/Microsoft.DataFactory.json',
  'Microsoft.DataMigration': '2025-06-30/Microsoft.DataMigration.json',
};

let ajv: Ajv | undefined;
const compiled = new Map<string, ValidateFunction>();
let isSaid = false;

/** False, and said once, where the schemas are not there: then our own closed shapes are the only check. */
export function hasArmSchemas(): boolean {
  if (existsSync(join(FOLDER, COMMON))) return true;
  if (!isSaid)
    process.stderr.write(`ARM's published schemas are not in ${FOLDER}: bodies are checked by our own shapes alone.\n`);
  isSaid = true;
  return false;
}

/** What the published schema says against a resource of a template; nothing where there is no schema for it. */
export function schemaMisfits(type: string, resource: unknown): readonly string[] {
  const [namespace = '', ...types] = type.split('/');
  return against(namespace, `resourceDefinitions/${types.join('_')}`, resource);
}

/** Reads the schemas of these types, which takes seconds, ahead of a test that has a time limit. */
export function readArmSchemas(types: readonly string[]): void {
  for (const type of types) schemaMisfits(type, {});
}

/** The same for a named definition, e.g. `MigrateMongoDbTaskProperties`. */
export function definitionMisfits(namespace: string, definition: string, value: unknown): readonly string[] {
  return against(namespace, `definitions/${definition}`, value);
}

function against(namespace: string, pointer: string, value: unknown): readonly string[] {
  const file = FILES[namespace];
  if (file === undefined || !hasArmSchemas()) return [];
  const ref = `${BASE}/${file}#/${pointer}`;
  let validate = compiled.get(ref);
  if (!validate) {
    ajv ??= new Ajv({ strict: false, allErrors: true, validateFormats: false });
    for (const name of [COMMON, file]) {
      if (ajv.getSchema(`${BASE}/${name}`) === undefined) ajv.addSchema(read(name), `${BASE}/${name}`);
    }
    validate = ajv.compile({ $ref: ref });
    compiled.set(ref, validate);
  }
  if (validate(value)) return [];
  return [...new Set((validate.errors ?? []).map((e) => `${e.instancePath} ${e.message ?? ''}`))];
}

/** The files are draft 4; of what they use only the place of the id differs from what ajv reads. */
function read(name: string): object {
  const schema = JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Record<string, unknown>;
  return without(schema, 'id', '$schema');
}
