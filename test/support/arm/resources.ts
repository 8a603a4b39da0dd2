/** Resources that the model knows: made by a deployment, or by a request of their own. */
import { definitionMisfits, schemaMisfits } from './arm-schemas.js';
import {
  errorReply,
  type ArmMock,
  type MockCall,
  type MockReply,
  type MockResource,
  type MockResourceType,
  type MockRoute,
} from './mock-parts.js';
import { begin } from './operations.js';
import { isRecord, misfits, without } from './shape.js';
import { withIdentity } from './template.js';

/** Everything that is wrong with a resource, before it is made. `source`: as it stands in a template, expressions and all. */
export function resourceMisfits(
  mock: ArmMock,
  resource: MockResource,
  source: Readonly<Record<string, unknown>>,
): readonly string[] {
  const type = typeOf(mock, resource.type);
  if (!type) return [`${resource.type}: not a type that this model knows`];
  if (!type.apiVersions.includes(resource.apiVersion)) return [`${resource.type}: api-version ${resource.apiVersion}`];
  const rest = without(resource.body, 'type', 'apiVersion', 'name', 'dependsOn', 'scope');
  const [namespace = ''] = type.type.split('/');
  const definition = typeof type.definition === 'function' ? type.definition(source['properties']) : type.definition;
  const published =
    type.definition === undefined
      ? schemaMisfits(type.type, source)
      : definition === undefined
        ? []
        : definitionMisfits(namespace, definition, source['properties']);
  return [...misfits(rest, type.shape, resource.type), ...published, ...(type.check?.(resource, mock) ?? [])];
}

export function typeOf(mock: ArmMock, name: string): MockResourceType | undefined {
  return mock.resourceTypes.find((t) => t.type.toLowerCase() === name.toLowerCase());
}

/** Puts it into the state of the model. Its parent has to be there. */
export function make(mock: ArmMock, resource: MockResource): void {
  const body = withIdentity(resource.id, without(resource.body, 'type', 'apiVersion', 'dependsOn', 'scope'));
  const made = { ...resource, body: { ...body } };
  mock.put(made);
  typeOf(mock, resource.type)?.onMade?.(made, mock);
}

export function resourceRoutes(types: readonly MockResourceType[]): readonly MockRoute[] {
  return types.flatMap((type): readonly MockRoute[] => {
    const { apiVersions } = type;
    const path = type.path ?? pathOf(type.type);
    const all: MockRoute[] = [{ method: 'GET', path, apiVersions, handle: (call, mock) => show(type, call, mock) }];
    if (type.direct?.includes('PUT')) {
      // The shape is checked with the resource, so that a problem names its type.
      all.push({ method: 'PUT', path, apiVersions, shape: 'any', handle: (call, mock) => putDirect(type, call, mock) });
    }
    if (type.direct?.includes('DELETE')) {
      all.push({ method: 'DELETE', path, apiVersions, handle: (call, mock) => remove(call, mock) });
    }
    return all;
  });
}

function pathOf(type: string): string {
  const [namespace = '', ...types] = type.split('/');
  const segments = types.map((t, index) => `${t}/{name${index}}`).join('/');
  return `/subscriptions/{subscription}/resourceGroups/{group}/providers/${namespace}/${segments}`;
}

function shown(type: MockResourceType, resource: MockResource, mock: ArmMock): Readonly<Record<string, unknown>> {
  return { id: resource.id, type: resource.type, ...(type.show?.(resource, mock) ?? resource.body) };
}

function show(type: MockResourceType, call: MockCall, mock: ArmMock): MockReply {
  const resource = mock.resource(call.path);
  if (!resource) return errorReply(404, 'ResourceNotFound', `The Resource '${call.path}' was not found.`);
  return { status: 200, body: shown(type, resource, mock) };
}

function putDirect(type: MockResourceType, call: MockCall, mock: ArmMock): MockReply {
  const [namespace = ''] = type.type.split('/');
  if (!mock.isRegistered(namespace)) {
    return errorReply(
      409,
      'MissingSubscriptionRegistration',
      `The subscription is not registered to use namespace '${namespace}'.`,
    );
  }
  const name = decodeURIComponent(call.path.split('/').at(-1) ?? '');
  const body = isRecord(call.body) ? { ...call.body, name } : { name };
  const resource = { id: call.path, type: type.type, apiVersion: type.apiVersions[0] ?? '', body };
  const source = { ...body, type: type.type, apiVersion: resource.apiVersion };
  const wrong = resourceMisfits(mock, resource, source);
  if (wrong.length > 0) return mock.refuse(`PUT ${call.path}: ${wrong.join('; ')}`, 400, 'InvalidRequestContent');
  const isNew = mock.resource(call.path) === undefined;
  make(mock, resource);
  const made = mock.resource(call.path);
  const headers =
    type.takesMs === undefined
      ? {}
      : begin(mock, { takesMs: type.takesMs, retryAfterSeconds: 5, end: () => ({ status: 'Succeeded' }) });
  return { status: isNew ? 201 : 200, headers, body: made ? shown(type, made, mock) : {} };
}

/** With everything below it. */
function remove(call: MockCall, mock: ArmMock): MockReply {
  const id = call.path.toLowerCase();
  if (!mock.resources.has(id)) return { status: 204 };
  for (const other of [...mock.resources.keys()]) {
    if (other === id || other.startsWith(`${id}/`)) mock.resources.delete(other);
  }
  return { status: 200 };
}
