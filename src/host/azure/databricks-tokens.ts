/** Personal access tokens of Databricks workspaces: in the system's keyring, by workspace; what is listed are addresses alone. */
import type { ProfileMemento, SecretVault } from '../clusters/cluster-store.js';

const WORKSPACES_KEY = 'databricksWorkspaces';
const secretKey = (workspace: string): string => `databricks/${workspace}`;

export interface DatabricksTokensParts {
  readonly memento: ProfileMemento;
  readonly secrets: SecretVault;
  /** Told once in a session, when the keyring has failed for the first time. */
  readonly onKeyringFailure: (error: unknown) => void;
  /** Every literal that becomes known and must never be shown. */
  readonly onSecrets: (secrets: readonly string[]) => void;
}

export class DatabricksTokens {
  readonly #parts: DatabricksTokensParts;
  /** Of this session: where the keyring failed. */
  readonly #session = new Map<string, string>();
  #told = false;

  constructor(parts: DatabricksTokensParts) {
    this.#parts = parts;
  }

  /** Addresses of the workspaces whose tokens are kept. */
  workspaces(): readonly string[] {
    const known = this.#parts.memento.get(WORKSPACES_KEY);
    return Array.isArray(known) ? known.filter((one) => typeof one === 'string') : [];
  }

  async get(workspaceUrl: string): Promise<string | undefined> {
    const workspace = originOf(workspaceUrl);
    const token = this.#session.get(workspace) ?? (await this.#tried((vault) => vault.get(secretKey(workspace))));
    if (token !== undefined) this.#parts.onSecrets([token]);
    return token;
  }

  /** In the place of an earlier one. Where the keyring fails, for as long as the window lives. */
  async keep(workspaceUrl: string, token: string): Promise<void> {
    const workspace = originOf(workspaceUrl);
    this.#parts.onSecrets([token]);
    // Until the keyring has it: nothing that fails in between loses what was typed.
    this.#session.set(workspace, token);
    const isStored = await this.#tried(async (vault) => {
      await vault.store(secretKey(workspace), token);
      return true;
    });
    if (isStored) this.#session.delete(workspace);
    await this.#list([...this.workspaces().filter((one) => one !== workspace), workspace].sort());
  }

  async forget(workspaceUrl: string): Promise<void> {
    const workspace = originOf(workspaceUrl);
    this.#session.delete(workspace);
    await this.#tried((vault) => vault.delete(secretKey(workspace)));
    await this.#list(this.workspaces().filter((one) => one !== workspace));
  }

  async #list(workspaces: readonly string[]): Promise<void> {
    await this.#parts.memento.update(WORKSPACES_KEY, workspaces);
  }

  async #tried<T>(use: (vault: SecretVault) => Thenable<T>): Promise<T | undefined> {
    try {
      return await use(this.#parts.secrets);
    } catch (error) {
      if (!this.#told) this.#parts.onKeyringFailure(error);
      this.#told = true;
      return undefined;
    }
  }
}

/** However it is written: a token is good for a workspace, not for a page of it. */
function originOf(workspaceUrl: string): string {
  return URL.canParse(workspaceUrl) ? new URL(workspaceUrl).origin : workspaceUrl;
}
