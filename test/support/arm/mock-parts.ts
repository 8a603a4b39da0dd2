/** What the parts of the model of ARM say to each other. */
import type { Clock } from '../../../src/engine/ports.js';
import type { Shape } from './shape.js';

export interface MockCall {
  /** Places of the route's path, decoded; of `{+id}` the whole id as it came. */
  readonly params: Readonly<Record<string, string>>;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

export interface MockReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface MockRoute {
  readonly method: string;
  /** `{name}` is one segment, `{+name}` a whole resource id. */
  readonly path: string;
  readonly apiVersions: readonly string[];
  /** Of the body, closed; without it there must be no body. */
  readonly shape?: Shape;
  readonly handle: (call: MockCall, mock: ArmMock) => MockReply | Promise<MockReply>;
}

export interface MockResource {
  readonly id: string;
  readonly type: string;
  readonly apiVersion: string;
  body: Record<string, unknown>;
}

export interface MockResourceType {
  /** E.g. `Microsoft.DataMigration/services/projects`. */
  readonly type: string;
  readonly apiVersions: readonly string[];
  /** Of the body without type, apiVersion, name, scope and dependsOn, closed. */
  readonly shape: Shape;
  /** Asked for by itself, not only made by a deployment. */
  readonly direct?: readonly ('PUT' | 'DELETE')[];
  /** Path of a resource, where it is not that of its type below a resource group: `{+target}/providers/.../{name}`. */
  readonly path?: string;
  /** Name of the published schema's definition for `properties`, where the one for the whole resource is of no use. */
  readonly definition?: string | ((properties: unknown) => string | undefined);
  /** What it takes to make it; without it, it is there at once. */
  readonly takesMs?: number;
  readonly check?: (resource: MockResource, mock: ArmMock) => readonly string[];
  readonly onMade?: (resource: MockResource, mock: ArmMock) => void;
  /** What GET shows; without it the body as it is. Secrets that were put are not shown. */
  readonly show?: (resource: MockResource, mock: ArmMock) => Readonly<Record<string, unknown>>;
}

/** The model as its routes see it. */
export interface ArmMock {
  /** Every way in which a request was not as ARM documents it. A test that ends well leaves none. */
  readonly problems: string[];
  /** By id in lower case: ARM's ids know no case. */
  readonly resources: Map<string, MockResource>;
  /** Registration states, by namespace in lower case. */
  readonly providers: Map<string, string>;
  readonly clock: Clock;
  readonly subscriptions: readonly { readonly id: string; readonly name: string }[];
  readonly groups: Map<string, string>;
  readonly pageSize: number;
  readonly resourceTypes: readonly MockResourceType[];
  readonly endpoint: string;
  resource(id: string): MockResource | undefined;
  put(resource: MockResource): void;
  isRegistered(namespace: string): boolean;
  /** A refusal of something that should never have been sent. */
  refuse(problem: string, status: number, code: string): MockReply;
}

export function errorReply(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): MockReply {
  return { status, headers, body: { error: { code, message } } };
}

/** One page of a list, with the address of the next. */
export function pageOf(items: readonly unknown[], call: MockCall, mock: ArmMock): MockReply {
  const from = Number(call.query.get('$skiptoken') ?? 0);
  const value = items.slice(from, from + mock.pageSize);
  const next = from + mock.pageSize;
  const query = new URLSearchParams(call.query);
  query.set('$skiptoken', String(next));
  const nextLink = next < items.length ? { nextLink: `${mock.endpoint}${call.path}?${query.toString()}` } : {};
  return { status: 200, body: { value, ...nextLink } };
}
