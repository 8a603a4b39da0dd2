/**
 * A model of Azure Resource Manager: a real HTTP server with a state, strict about method, path, api-version, token and body. It is written from the
 * published specifications, not from our own table of routes, and it is no Azure: what it cannot show is told in docs/azure.md.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TokenSource } from '../../../src/adapters/azure/ports.js';
import type { Clock } from '../../../src/engine/ports.js';
import { baseRoutes } from './base-routes.js';
import { deploymentRoutes } from './deployments.js';
import { operationRoutes } from './operations.js';
import {
  errorReply,
  type ArmMock,
  type MockReply,
  type MockResource,
  type MockResourceType,
  type MockRoute,
} from './mock-parts.js';
import { resourceRoutes } from './resources.js';
import { misfits } from './shape.js';

export interface ArmMockOptions {
  readonly clock: Clock;
  readonly subscriptions?: readonly { readonly id: string; readonly name: string }[];
  /** Resource groups that are there, by name: their location. */
  readonly groups?: Readonly<Record<string, string>>;
  /** Resource providers that are registered; others are known and not registered. */
  readonly registered?: readonly string[];
  readonly routes?: readonly MockRoute[];
  readonly resourceTypes?: readonly MockResourceType[];
  /** Before a request is carried out; `hang-up` drops the connection, and nothing is done. */
  readonly onRequest?: (request: AskedRequest) => Interruption | Promise<Interruption>;
  /** After it was carried out, before whoever asked knows. */
  readonly onReply?: (request: AskedRequest) => Interruption | Promise<Interruption>;
  /** Items on a page of a list. */
  readonly pageSize?: number;
}

type Interruption = 'hang-up' | undefined;

export interface AskedRequest {
  readonly method: string;
  readonly path: string;
}

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly apiVersion: string | undefined;
  readonly body: unknown;
  readonly status: number;
}

interface Injection {
  readonly method?: string;
  readonly path?: RegExp;
  readonly reply: MockReply | 'hang-up' | 'do-and-hang-up';
  times: number;
}

export const MOCK_SUBSCRIPTION = '11111111-2222-3333-4444-555555555555';
export const MOCK_GROUP = 'rg-migration';

/** One model of ARM. Close it with `await using`. */
export class ArmMockServer implements ArmMock, AsyncDisposable {
  /** Every way in which a request was not as ARM documents it. A test that ends well leaves none. */
  readonly problems: string[] = [];
  readonly requests: SeenRequest[] = [];
  /** By id in lower case: ARM's ids know no case. */
  readonly resources = new Map<string, MockResource>();
  readonly providers = new Map<string, string>();
  readonly clock: Clock;
  readonly subscriptions: readonly { readonly id: string; readonly name: string }[];
  readonly groups: Map<string, string>;
  readonly pageSize: number;
  readonly resourceTypes: readonly MockResourceType[];
  /** Scopes that tokens were asked for. */
  readonly scopes: string[] = [];

  private readonly hooks: Pick<ArmMockOptions, 'onRequest' | 'onReply'>;
  private readonly server: Server;
  private readonly routes: readonly MockRoute[];
  private readonly valid = new Set<string>();
  private readonly injections: Injection[] = [];
  private issued = 0;
  private refusesTokens = false;

  constructor(options: ArmMockOptions) {
    this.hooks = options;
    this.clock = options.clock;
    this.subscriptions = options.subscriptions ?? [{ id: MOCK_SUBSCRIPTION, name: 'Test' }];
    this.groups = new Map(Object.entries(options.groups ?? { [MOCK_GROUP]: 'westeurope' }));
    this.pageSize = options.pageSize ?? 100;
    this.resourceTypes = options.resourceTypes ?? [];
    for (const name of options.registered ?? ['Microsoft.Resources', 'Microsoft.DocumentDB']) {
      this.providers.set(name.toLowerCase(), 'Registered');
    }
    this.routes = [
      ...(options.routes ?? []),
      ...operationRoutes(),
      ...deploymentRoutes(),
      ...baseRoutes(),
      ...resourceRoutes(this.resourceTypes),
    ];
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  async listen(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Gives tokens that this mock takes, until they are expired. */
  readonly tokens: TokenSource = {
    token: (scope, options) => {
      this.scopes.push(scope);
      const last = `mock-token-${this.issued}`;
      if (this.issued === 0 || options?.renew) this.issued += 1;
      else return Promise.resolve(last);
      const token = `mock-token-${this.issued}`;
      if (!this.refusesTokens) this.valid.add(token);
      return Promise.resolve(token);
    },
  };

  /** Takes a token that something else gives out, e.g. a model of a sign-in. */
  accept(token: string): void {
    this.valid.add(token);
  }

  /** Every token so far is refused from now on; with `forGood` every later one as well. */
  expireTokens(forGood = false): void {
    this.valid.clear();
    this.refusesTokens = forGood;
  }

  /** The next requests that fit are answered like this; `do-and-hang-up` does what was asked and drops the connection instead of answering. */
  inject(injection: Omit<Injection, 'times'> & { readonly times?: number }): void {
    this.injections.push({ ...injection, times: injection.times ?? 1 });
  }

  resource(id: string): MockResource | undefined {
    return this.resources.get(id.toLowerCase());
  }

  put(resource: MockResource): void {
    this.resources.set(resource.id.toLowerCase(), resource);
  }

  isRegistered(namespace: string): boolean {
    return this.providers.get(namespace.toLowerCase()) === 'Registered';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.endpoint);
    const method = request.method ?? '';
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const apiVersion = url.searchParams.get('api-version') ?? undefined;
    let body: unknown;
    let reply: MockReply;
    const injected = this.injections.find(
      (i) => i.times > 0 && (i.method ?? method) === method && (i.path?.test(url.pathname) ?? true),
    );
    try {
      body = text === '' ? undefined : (JSON.parse(text) as unknown);
      if (injected) injected.times -= 1;
      if (injected && typeof injected.reply === 'object') reply = injected.reply;
      else if (injected?.reply === 'hang-up') return void response.destroy();
      else if ((await this.hooks.onRequest?.({ method, path: url.pathname })) === 'hang-up')
        return void response.destroy();
      else reply = await this.reply(method, url, request.headers.authorization, body);
    } catch (error) {
      reply = this.refuse(`${method} ${url.pathname}: ${String(error)}`, 500, 'InternalServerError');
    }
    this.requests.push({ method, path: url.pathname, apiVersion, body, status: reply.status });
    if (injected?.reply === 'do-and-hang-up') return void response.destroy();
    if ((await this.hooks.onReply?.({ method, path: url.pathname })) === 'hang-up') return void response.destroy();
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
    response.end(reply.body === undefined ? '' : JSON.stringify(reply.body));
  }

  private async reply(method: string, url: URL, authorization: string | undefined, body: unknown): Promise<MockReply> {
    const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];
    if (token === undefined) return this.refuse(`${method} ${url.pathname}: no token`, 401, 'AuthenticationFailed');
    if (!this.valid.has(token)) return errorReply(401, 'ExpiredAuthenticationToken', 'The access token is expired.');
    const apiVersion = url.searchParams.get('api-version');
    const at = this.routes.flatMap((route) => {
      const params = matched(route.path, url.pathname);
      return params === undefined ? [] : [{ route, params }];
    });
    const fit = at.find(({ route }) => route.method === method);
    const where = `${method} ${url.pathname}`;
    if (!fit) {
      return at.length > 0
        ? this.refuse(`${where}: not this method`, 405, 'MethodNotAllowed')
        : this.refuse(`${where}: no such path`, 404, 'InvalidResourceType');
    }
    const { route, params } = fit;
    if (apiVersion === null || !route.apiVersions.includes(apiVersion)) {
      return this.refuse(`${where}: api-version ${apiVersion}`, 400, 'InvalidApiVersionParameter');
    }
    const wrong = route.shape === undefined ? (body === undefined ? [] : ['a body']) : misfits(body, route.shape);
    if (wrong.length > 0) return this.refuse(`${where}: ${wrong.join('; ')}`, 400, 'InvalidRequestContent');
    const subscription = params['subscription'];
    if (subscription !== undefined && !this.subscriptions.some((s) => s.id === subscription)) {
      return errorReply(404, 'SubscriptionNotFound', `The subscription '${subscription}' could not be found.`);
    }
    return route.handle({ params, path: url.pathname, query: url.searchParams, body }, this);
  }

  /** A refusal of something that should never have been sent. */
  refuse(problem: string, status: number, code: string): MockReply {
    this.problems.push(problem);
    return errorReply(status, code, problem);
  }
}

/** Starts a model of ARM. */
export async function startArmMock(options: ArmMockOptions): Promise<ArmMockServer> {
  const mock = new ArmMockServer(options);
  await mock.listen();
  return mock;
}

function matched(template: string, path: string): Readonly<Record<string, string>> | undefined {
  const names: string[] = [];
  const pattern = template.replace(
    /\{(\+?)(\w+)\}|[.*+?^$()|[\]\\]/g,
    (all, whole: string | undefined, name?: string) => {
      if (name === undefined) return `\\${all}`;
      names.push(name);
      return whole === '+' ? '(/subscriptions/.+)' : '([^/]+)';
    },
  );
  const found = new RegExp(`^${pattern}$`, 'i').exec(path);
  if (!found) return undefined;
  return Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? '')]));
}
