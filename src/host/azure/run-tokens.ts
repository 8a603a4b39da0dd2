import type { Disposable } from 'vscode';
import { DATABRICKS_SCOPE, type Handoff } from '../../core/model/handoff.js';
import type { Plan } from '../../core/model/plan.js';
import type { HandedSecrets, HostAdapters, TokenServer } from '../adapters.js';
import type { ClusterStore } from '../services.js';
import type { Settings } from '../settings.js';
import { hasSession, windowTokens, type GetSession, type SignInOptions } from './sign-in.js';

export interface RunTokensParts {
  readonly clusters: Pick<ClusterStore, 'findReference'>;
  readonly settings: () => Pick<Settings, 'azure'>;
  readonly getSession: GetSession;
}

const PUBLIC_ARM = 'https://management.azure.com';

/** Fresh tokens for the runs that this window has started, as long as it lives: one socket for each directory. */
export class RunTokens implements Disposable {
  readonly #parts: RunTokensParts;
  readonly #servers = new Map<string, Promise<TokenServer>>();
  #disposed = false;

  constructor(parts: RunTokensParts) {
    this.#parts = parts;
  }

  /**
   * What the run of a plan is handed; undefined where nothing of Azure is asked for its plan, or its terminal is to sign in by itself. Signs in now, while somebody
   * is here who can.
   * @throws MigrationError `azure-sign-in-needed`, `file-failed`.
   */
  async handedFor(
    plan: Pick<Plan, 'target' | 'handoff'>,
    { serveTokens }: Pick<HostAdapters, 'serveTokens'>,
  ): Promise<HandedSecrets['tokens']> {
    const { scope, where } = this.#asking(plan);
    if (scope === undefined || this.isFromEnvironment()) return undefined;
    const tokens = windowTokens(this.#parts.getSession, where);
    await tokens.token(scope);
    const { endpoint, tenant } = where;
    const key = `${endpoint ?? ''} ${tenant ?? ''}`;
    const serving = this.#servers.get(key) ?? serveTokens(tokens);
    this.#servers.set(key, serving);
    // One that could not be made is tried again by the next run.
    serving.catch(() => this.#servers.delete(key));
    const server = await serving;
    if (this.#disposed) await server.close();
    return server.handed;
  }

  /** The terminal signs in by itself. */
  isFromEnvironment(): boolean {
    return this.#parts.settings().azure.signIn === 'environment';
  }

  /** Whether VS Code has a token for the plan without asking anybody. */
  async isSignedIn(plan: Pick<Plan, 'target' | 'handoff'>): Promise<boolean> {
    const { scope, where } = this.#asking(plan);
    return scope !== undefined && hasSession(this.#parts.getSession, where, scope);
  }

  #asking({ target, handoff }: Pick<Plan, 'target' | 'handoff'>): {
    readonly scope?: string;
    readonly where: SignInOptions;
  } {
    const { endpoint } = this.#parts.settings().azure;
    const tenant = this.#parts.clusters.findReference('target', target)?.azure?.tenant;
    const scope = scopeFor(handoff, endpoint);
    return {
      ...(scope === undefined ? {} : { scope }),
      where: { ...(endpoint === undefined ? {} : { endpoint }), ...(tenant === undefined ? {} : { tenant }) },
    };
  }

  dispose(): void {
    this.#disposed = true;
    for (const serving of this.#servers.values()) {
      void serving.then(
        (server) => server.close(),
        () => undefined,
      );
    }
  }
}

/** For whom a run needs its first token. */
function scopeFor(handoff: Handoff | undefined, endpoint = PUBLIC_ARM): string | undefined {
  switch (handoff?.kind) {
    case 'data-factory':
    case 'dms':
      return `${URL.canParse(endpoint) ? new URL(endpoint).origin : endpoint}/.default`;
    case 'spark-databricks':
      return handoff.workspaceUrl === undefined ? undefined : DATABRICKS_SCOPE;
    default:
      return undefined;
  }
}
