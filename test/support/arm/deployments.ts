/** Deployments of the model: a template is read, checked and made into resources, one after another, by the clock. */
import {
  errorReply,
  type ArmMock,
  type MockCall,
  type MockReply,
  type MockResource,
  type MockRoute,
} from './mock-parts.js';
import { TemplateError, type ExpressionScope } from './expression.js';
import { begin } from './operations.js';
import { make, resourceMisfits } from './resources.js';
import { isRecord, type Shape } from './shape.js';
import { readTemplate, type ReadTemplate } from './template.js';

const VERSIONS = ['2021-04-01'];
/** Each resource takes this, one after another. */
export const RESOURCE_TAKES_MS = 20_000;
const RETRY_AFTER_SECONDS = 15;

const BODY: Shape = {
  fields: {
    properties: {
      fields: {
        // The other one deletes what is not in the template: never.
        mode: { one: ['Incremental'] },
        template: 'any',
        parameters: {
          map: { fields: { value: 'any' }, needs: ['value'] },
        },
      },
      needs: ['mode', 'template'],
    },
    tags: { map: 'text' },
  },
  needs: ['properties'],
};

interface MockDeployment {
  readonly name: string;
  readonly startedAt: number;
  readonly read: ReadTemplate;
  made: number;
  state: 'Running' | 'Succeeded' | 'Failed' | 'Canceled';
  error?: { readonly code: string; readonly message: string };
}

const DEPLOYMENTS = new WeakMap<ArmMock, Map<string, MockDeployment>>();

export function deploymentRoutes(): readonly MockRoute[] {
  const at =
    '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Resources/deployments/{deployment}';
  return [
    { method: 'POST', path: `${at}/whatIf`, apiVersions: VERSIONS, shape: BODY, handle: whatIf },
    { method: 'PUT', path: at, apiVersions: VERSIONS, shape: BODY, handle: start },
    { method: 'GET', path: at, apiVersions: VERSIONS, handle: show },
    { method: 'POST', path: `${at}/cancel`, apiVersions: VERSIONS, handle: cancel },
    { method: 'DELETE', path: at, apiVersions: VERSIONS, handle: remove },
    { method: 'GET', path: `${at}/operations`, apiVersions: VERSIONS, handle: operations },
  ];
}

function whatIf(call: MockCall, mock: ArmMock): MockReply {
  const read = tryRead(call, mock);
  if ('status' in read) return read;
  const changes = read.resources.map((resource) => {
    const before = mock.resource(resource.id);
    if (!before) return { resourceId: resource.id, changeType: 'Create', after: resource.body };
    const isSame = JSON.stringify(before.body['properties']) === JSON.stringify(resource.body['properties']);
    return {
      resourceId: resource.id,
      changeType: isSame ? 'NoChange' : 'Modify',
      before: before.body,
      after: resource.body,
    };
  });
  const headers = begin(
    mock,
    {
      takesMs: 5_000,
      retryAfterSeconds: 3,
      end: () => ({
        status: 'Succeeded',
        reply: { status: 200, body: { status: 'Succeeded', properties: { correlationId: 'c', changes } } },
      }),
    },
    'location',
  );
  return { status: 202, headers };
}

function start(call: MockCall, mock: ArmMock): MockReply {
  const running = deploymentOf(call, mock);
  if (running?.state === 'Running') {
    return errorReply(
      409,
      'DeploymentActive',
      `The deployment with name '${running.name}' is active: wait for it or cancel it.`,
    );
  }
  const read = tryRead(call, mock);
  if ('status' in read) return read;
  const missing = read.resources.find((r) => !mock.isRegistered(r.type.split('/')[0] ?? ''));
  if (missing) {
    const [namespace = ''] = missing.type.split('/');
    return errorReply(
      409,
      'MissingSubscriptionRegistration',
      `The subscription is not registered to use namespace '${namespace}'.`,
    );
  }
  const deployment: MockDeployment = {
    name: call.params['deployment'] ?? '',
    startedAt: mock.clock.now(),
    read,
    made: 0,
    state: 'Running',
  };
  deploymentsOf(mock).set(key(call), deployment);
  const headers = begin(mock, {
    takesMs: read.resources.length * RESOURCE_TAKES_MS,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    end: () => {
      advance(deployment, mock);
      return deployment.state === 'Succeeded'
        ? { status: 'Succeeded' }
        : {
            status: deployment.state === 'Canceled' ? 'Canceled' : 'Failed',
            code: deployment.error?.code ?? 'DeploymentCanceled',
            message: deployment.error?.message ?? 'The deployment was canceled.',
          };
    },
  });
  return { status: 201, headers, body: shown(deployment, call.path, 'Accepted') };
}

function show(call: MockCall, mock: ArmMock): MockReply {
  const deployment = deploymentOf(call, mock);
  if (!deployment) return errorReply(404, 'DeploymentNotFound', 'The deployment could not be found.');
  return { status: 200, body: shown(deployment, call.path, deployment.state) };
}

function cancel(call: MockCall, mock: ArmMock): MockReply {
  const deployment = deploymentOf(call, mock);
  if (!deployment) return errorReply(404, 'DeploymentNotFound', 'The deployment could not be found.');
  if (deployment.state !== 'Running') {
    return errorReply(
      409,
      'DeploymentCannotBeCancelled',
      `The deployment cannot be cancelled: it is ${deployment.state}.`,
    );
  }
  deployment.state = 'Canceled';
  return { status: 204 };
}

function remove(call: MockCall, mock: ArmMock): MockReply {
  const deployment = deploymentOf(call, mock);
  if (!deployment) return { status: 204 };
  if (deployment.state === 'Running') return errorReply(409, 'DeploymentActive', 'The deployment is active.');
  deploymentsOf(mock).delete(key(call));
  return {
    status: 202,
    headers: begin(
      mock,
      { takesMs: 0, retryAfterSeconds: 1, end: () => ({ status: 'Succeeded', reply: { status: 204 } }) },
      'location',
    ),
  };
}

function operations(call: MockCall, mock: ArmMock): MockReply {
  const deployment = deploymentOf(call, mock);
  if (!deployment) return errorReply(404, 'DeploymentNotFound', 'The deployment could not be found.');
  const value = deployment.read.resources.slice(0, deployment.made + 1).map((r, index) => ({
    properties: {
      provisioningState: index < deployment.made ? 'Succeeded' : deployment.state,
      targetResource: { id: r.id, resourceType: r.type, resourceName: r.body['name'] },
      ...(index === deployment.made && deployment.error ? { statusMessage: { error: deployment.error } } : {}),
    },
  }));
  return { status: 200, body: { value } };
}

function tryRead(call: MockCall, mock: ArmMock): ReadTemplate | MockReply {
  const group = call.params['group'] ?? '';
  const location = mock.groups.get(group);
  if (location === undefined) {
    return errorReply(404, 'ResourceGroupNotFound', `Resource group '${group}' could not be found.`);
  }
  const { template, parameters } = (call.body as { properties: { template: unknown; parameters?: unknown } })
    .properties;
  const place: Omit<ExpressionScope, 'parameters' | 'variables'> = {
    subscription: call.params['subscription'] ?? '',
    group,
    location,
    reference: (id, isFull) => {
      const body = mock.resource(id)?.body;
      return isFull ? body : body?.['properties'];
    },
  };
  try {
    const read = readTemplate(template, isRecord(parameters) ? parameters : {}, place);
    const wrong = read.resources.flatMap((r) => resourceMisfits(mock, asResource(r), r.source));
    const open = Object.entries(read.shown).filter(([, p]) => holdsSecret(p.value));
    wrong.push(...open.map(([name]) => `a secret in the parameter ${name}, which is not secure`));
    if (holdsSecret(template)) wrong.push('a secret in the template itself');
    return wrong.length === 0 ? read : mock.refuse(`deployment: ${wrong.join('; ')}`, 400, 'InvalidTemplate');
  } catch (error) {
    if (error instanceof TemplateError) return mock.refuse(`deployment: ${error.message}`, 400, 'InvalidTemplate');
    throw error;
  }
}

/** A password in a connection string, a signature or a key: whatever of it is not in a secure parameter is shown to everybody who may read deployments. */
function holdsSecret(value: unknown): boolean {
  return /mongodb(\+srv)?:\/\/[^\s"@/]*:[^\s"@]+@|[?&]sig=|AccountKey=/i.test(JSON.stringify(value ?? null));
}

function asResource(r: ReadTemplate['resources'][number]): MockResource {
  return { id: r.id, type: r.type, apiVersion: r.apiVersion, body: { ...r.body } };
}

/** What has come about by now. */
function advance(deployment: MockDeployment, mock: ArmMock): void {
  if (deployment.state !== 'Running') return;
  const due = Math.floor((mock.clock.now() - deployment.startedAt) / RESOURCE_TAKES_MS);
  while (deployment.made < Math.min(due, deployment.read.resources.length)) {
    const resource = deployment.read.resources[deployment.made];
    if (!resource) break;
    const parent = parentOf(resource.id);
    if (parent !== undefined && !mock.resource(parent)) {
      deployment.state = 'Failed';
      deployment.error = { code: 'ParentResourceNotFound', message: `The parent of '${resource.id}' is not there.` };
      return;
    }
    make(mock, asResource(resource));
    deployment.made += 1;
  }
  if (deployment.made === deployment.read.resources.length) deployment.state = 'Succeeded';
}

/** Of a type with a parent; a resource of the group has none. */
function parentOf(id: string): string | undefined {
  const after = id.slice(id.lastIndexOf('/providers/') + '/providers/'.length).split('/');
  return after.length > 3 ? id.split('/').slice(0, -2).join('/') : undefined;
}

function shown(deployment: MockDeployment, path: string, state: string): object {
  const { shown: parameters } = deployment.read;
  const error = deployment.error ? { error: deployment.error } : {};
  return {
    id: path,
    name: deployment.name,
    properties: { provisioningState: state, mode: 'Incremental', parameters, ...error },
  };
}

function deploymentsOf(mock: ArmMock): Map<string, MockDeployment> {
  const all = DEPLOYMENTS.get(mock) ?? new Map<string, MockDeployment>();
  DEPLOYMENTS.set(mock, all);
  return all;
}

function deploymentOf(call: MockCall, mock: ArmMock): MockDeployment | undefined {
  const deployment = deploymentsOf(mock).get(key(call));
  if (deployment) advance(deployment, mock);
  return deployment;
}

function key(call: MockCall): string {
  return `${call.params['group']}/${call.params['deployment']}`.toLowerCase();
}
