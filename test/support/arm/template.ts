import { evaluated, groupId, guidOf, TemplateError, type ExpressionScope } from './expression.js';
import { isRecord, misfits, without, type Shape } from './shape.js';

/** A resource as a template makes it: everything evaluated. */
export interface TemplateResource {
  readonly id: string;
  readonly type: string;
  readonly apiVersion: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** As it stands in the template, for the published schema. */
  readonly source: Readonly<Record<string, unknown>>;
}

/**
 * Limits of a deployment, from "Template limits" of "Azure subscription and service limits" (learn.microsoft.com): parameters, resources, outputs, and bytes
 * of the template.
 */
const MOST_PARAMETERS = 256;
const MOST_RESOURCES = 800;
const MOST_OUTPUTS = 64;
const MOST_BYTES = 4 * 1024 * 1024;

const PARAMETER: Shape = {
  fields: {
    type: { one: ['string', 'securestring', 'int', 'bool', 'object', 'secureObject', 'array'] },
    defaultValue: 'any',
    allowedValues: { list: 'any' },
    metadata: 'any',
    minLength: 'number',
    maxLength: 'number',
  },
  needs: ['type'],
};

const TEMPLATE: Shape = {
  fields: {
    $schema: { one: ['https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#'] },
    contentVersion: 'text',
    metadata: 'any',
    parameters: { map: PARAMETER },
    variables: { map: 'any' },
    resources: { list: { map: 'any' } },
    outputs: { map: { fields: { type: 'text', value: 'any' }, needs: ['type', 'value'] } },
  },
  needs: ['$schema', 'contentVersion', 'resources'],
};

export interface ReadTemplate {
  readonly resources: readonly TemplateResource[];
  /** Parameters that may be shown: those of a secure type are not. */
  readonly shown: Readonly<Record<string, { readonly type: string; readonly value?: unknown }>>;
  readonly secrets: readonly string[];
}

/** Reads a template as a deployment does. @throws TemplateError for what ARM would refuse. */
export function readTemplate(
  template: unknown,
  given: Readonly<Record<string, unknown>>,
  place: Omit<ExpressionScope, 'parameters' | 'variables'>,
): ReadTemplate {
  const wrong = misfits(template, TEMPLATE);
  if (wrong.length > 0) throw new TemplateError(wrong.join('; '));
  const t = template as {
    readonly parameters?: Readonly<Record<string, { readonly type: string; readonly defaultValue?: unknown }>>;
    readonly variables?: Readonly<Record<string, unknown>>;
    readonly resources: readonly Readonly<Record<string, unknown>>[];
    readonly outputs?: object;
  };
  checkLimits(template, t);
  const { parameters, shown, secrets } = bindParameters(t.parameters ?? {}, given);
  const forVariables: ExpressionScope = { ...place, parameters, variables: {} };
  const variables = evaluated(t.variables ?? {}, forVariables) as Readonly<Record<string, unknown>>;
  const scope: ExpressionScope = { ...place, parameters, variables };
  const named = t.resources.map((source) => ({ source, id: idOf(source, scope).id }));
  const within: ExpressionScope = {
    ...scope,
    reference: (id, isFull) =>
      place.reference(id, isFull) ??
      shownLater(named.find((one) => one.id.toLowerCase() === id.toLowerCase())?.source, id, isFull),
  };
  const ordered = inOrder(
    named.map(({ source }) => resourceOf(source, within)),
    scope,
  );
  return {
    resources: ordered.filter(({ source }) => isWanted(source, scope)),
    shown,
    secrets,
  };
}

function checkLimits(
  template: unknown,
  t: { readonly parameters?: object; readonly resources: readonly unknown[]; readonly outputs?: object },
): void {
  const bytes = Buffer.byteLength(JSON.stringify(template));
  if (bytes > MOST_BYTES) throw new TemplateError(`The template has ${bytes} bytes.`);
  if (t.resources.length > MOST_RESOURCES) throw new TemplateError(`The template has ${t.resources.length} resources.`);
  const parameters = Object.keys(t.parameters ?? {}).length;
  if (parameters > MOST_PARAMETERS) throw new TemplateError(`The template has ${parameters} parameters.`);
  if (Object.keys(t.outputs ?? {}).length > MOST_OUTPUTS) throw new TemplateError('The template has too many outputs.');
}

function bindParameters(
  declared: Readonly<Record<string, { readonly type: string; readonly defaultValue?: unknown }>>,
  given: Readonly<Record<string, unknown>>,
): {
  parameters: Record<string, unknown>;
  shown: Record<string, { type: string; value?: unknown }>;
  secrets: string[];
} {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(declared, name)) throw new TemplateError(`The parameter '${name}' is not in the template.`);
  }
  const parameters: Record<string, unknown> = {};
  const shown: Record<string, { type: string; value?: unknown }> = {};
  const secrets: string[] = [];
  for (const [name, { type, defaultValue }] of Object.entries(declared)) {
    const entry = given[name];
    const value = isRecord(entry) ? entry['value'] : defaultValue;
    if (value === undefined) throw new TemplateError(`The value for the template parameter '${name}' is not provided.`);
    const isSecure = type.toLowerCase().startsWith('secure');
    const wanted = { string: 'string', securestring: 'string', int: 'number', bool: 'boolean' }[type.toLowerCase()];
    if (wanted !== undefined && typeof value !== wanted) {
      throw new TemplateError(`The parameter '${name}' is no ${type}.`);
    }
    if (isSecure && defaultValue !== undefined) throw new TemplateError(`'${name}' is secure and has a default.`);
    parameters[name] = value;
    shown[name] = isSecure ? { type } : { type, value };
    if (isSecure && typeof value === 'string') secrets.push(value);
  }
  return { parameters, shown, secrets };
}

function isWanted(source: Readonly<Record<string, unknown>>, scope: ExpressionScope): boolean {
  const condition = evaluated(source['condition'] ?? true, scope);
  if (typeof condition !== 'boolean') throw new TemplateError('A condition is neither true nor false.');
  return condition;
}

/** What `reference` tells of a resource that the template itself makes. */
function shownLater(source: Readonly<Record<string, unknown>> | undefined, id: string, isFull: boolean): unknown {
  if (!source) throw new TemplateError(`The resource '${id}' is not there, and not in the template.`);
  return isFull ? withIdentity(id, source) : source['properties'];
}

/** ARM gives whoever asks for one an identity of its own. */
export function withIdentity(id: string, body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { identity } = body;
  if (!isRecord(identity) || identity['type'] !== 'SystemAssigned') return body;
  return { ...body, identity: { ...identity, principalId: guidOf(id.toLowerCase()) } };
}

function idOf(
  source: Readonly<Record<string, unknown>>,
  scope: ExpressionScope,
): { readonly id: string; readonly type: string; readonly apiVersion: string } {
  const [type, apiVersion, name, owner] = ['type', 'apiVersion', 'name', 'scope'].map((key) =>
    evaluated(source[key], scope),
  );
  if (typeof type !== 'string' || typeof apiVersion !== 'string' || typeof name !== 'string') {
    throw new TemplateError('A resource needs type, apiVersion and name.');
  }
  const [namespace = '', ...types] = type.split('/');
  const names = name.split('/');
  if (types.length !== names.length) {
    throw new TemplateError(`The name '${name}' has not as many segments as the type '${type}' wants.`);
  }
  const base = typeof owner === 'string' ? ownerId(owner, scope) : groupId(scope);
  const id = `${base}/providers/${namespace}/${types.map((t, i) => `${t}/${names[i]}`).join('/')}`;
  return { id, type, apiVersion };
}

/** A whole id, or one below the group that is deployed into. */
function ownerId(owner: string, scope: ExpressionScope): string {
  return owner.startsWith('/') ? owner : `${groupId(scope)}/providers/${owner}`;
}

function resourceOf(source: Readonly<Record<string, unknown>>, scope: ExpressionScope): TemplateResource {
  const body = evaluated(without(source, 'condition'), scope) as Readonly<Record<string, unknown>>;
  return { ...idOf(source, scope), body, source };
}

/** By `dependsOn`; a resource that depends on something that is not there, or on itself, is an error. */
function inOrder(resources: readonly TemplateResource[], scope: ExpressionScope): readonly TemplateResource[] {
  const key = (id: string): string => id.toLowerCase();
  const byId = new Map(resources.map((r) => [key(r.id), r]));
  if (byId.size !== resources.length) throw new TemplateError('A resource is in the template twice.');
  const done = new Map<string, TemplateResource>();
  const visiting = new Set<string>();
  const visit = (resource: TemplateResource): void => {
    if (done.has(key(resource.id))) return;
    if (visiting.has(key(resource.id))) throw new TemplateError('Circular dependency.');
    visiting.add(key(resource.id));
    for (const id of (resource.body['dependsOn'] ?? []) as readonly string[]) {
      const needed = byId.get(key(id.startsWith('/') ? id : `${groupId(scope)}/providers/${id}`));
      if (!needed) throw new TemplateError(`The resource '${id}' is not defined in the template.`);
      visit(needed);
    }
    done.set(key(resource.id), resource);
  };
  for (const resource of resources) visit(resource);
  return [...done.values()];
}
