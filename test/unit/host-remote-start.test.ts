/** What is asked before a run that another system carries out, and what is kept of the answers. */
import { describe, expect, it, vi } from 'vitest';
import type { HandedSecrets } from '../../src/adapters/files/secret-handover.js';
import { MigrationError } from '../../src/core/model/error.js';
import type { DmsHandoff, Handoff, SparkHandoff } from '../../src/core/model/handoff.js';
import type { RunSnapshot } from '../../src/core/model/run-snapshot.js';
import { DatabricksTokens } from '../../src/host/azure/databricks-tokens.js';
import { RemoteStart } from '../../src/host/azure/remote-start.js';
import type { ChoiceQuestion, TextQuestion } from '../../src/host/clusters/ask.js';
import { HANDOFF as FACTORY } from '../support/data-factory/migrate.js';

vi.mock('vscode', () => ({
  l10n: {
    t: (text: string, ...args: string[]) => text.replace(/\{(\d)\}/g, (_all, n: string) => args[Number(n)] ?? ''),
  },
}));

const WORKSPACE = 'https://adb-1.7.azuredatabricks.net';
const TOKEN = 'dapi-canary-41c0';
const DUMP = 'https://dumps.blob.core.windows.net/shop?sv=1&sig=canary';
const SPARK: SparkHandoff = {
  kind: 'spark-databricks',
  workspaceUrl: WORKSPACE,
  secretScope: 'migration',
  mode: 'raw',
  cluster: { nodeType: 'n', workers: 1, runtime: 'r' },
};
const { azure } = FACTORY;
const DMS: DmsHandoff = { kind: 'dms', azure, service: 's', project: 'p', replication: 'one-time' };
const OF_THE_WINDOW = { path: '/tokens', key: 'k' };

interface Desk {
  readonly answers?: readonly (number | string)[];
  readonly isSignedIn?: boolean;
  readonly isFromEnvironment?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** A keyring, and a person who takes the n-th row, types, or closes the question when nothing is left to say. */
class World {
  readonly vault = new Map<string, string>();
  readonly memory = new Map<string, unknown>();
  readonly hidden: string[] = [];
  readonly asked: string[] = [];
  keyring: 'works' | 'fails' = 'works';
  failures = 0;

  readonly tokens = new DatabricksTokens({
    memento: { get: (key) => this.memory.get(key), update: (key, value) => this.#done(this.memory.set(key, value)) },
    secrets: {
      get: (key) => this.#kept(() => this.vault.get(key)),
      store: (key, value) => this.#kept(() => void this.vault.set(key, value)),
      delete: (key) => this.#kept(() => void this.vault.delete(key)),
    },
    onKeyringFailure: () => (this.failures += 1),
    onSecrets: (secrets) => this.hidden.push(...secrets),
  });

  async begin(
    handoff: Handoff | undefined,
    { answers = [], isSignedIn = false, isFromEnvironment = false, env = {} }: Desk = {},
    why?: RunSnapshot['why'],
  ): Promise<{ readonly secrets: HandedSecrets; readonly args: readonly string[] }> {
    const left = [...answers];
    this.asked.length = 0;
    const start = new RemoteStart({
      tokens: {
        handedFor: () => Promise.resolve(isFromEnvironment ? undefined : OF_THE_WINDOW),
        isSignedIn: () => Promise.resolve(isSignedIn),
        isFromEnvironment: () => isFromEnvironment,
      },
      databricks: this.tokens,
      ask: {
        choice: <T>({ placeholder, choices }: ChoiceQuestion<T>) => {
          this.asked.push(placeholder);
          const chosen = choices[Number(left.shift() ?? Number.NaN)];
          return Promise.resolve(
            chosen ? { kind: 'answer' as const, value: chosen.value } : { kind: 'closed' as const },
          );
        },
        text: ({ prompt, password, check }: TextQuestion) => {
          this.asked.push(prompt);
          expect(password).toBe(true);
          const typed = left.shift();
          if (typed === undefined) return Promise.resolve({ kind: 'closed' as const });
          const problem = check?.(String(typed));
          if (problem !== undefined) throw new Error(problem);
          return Promise.resolve({ kind: 'answer' as const, value: String(typed) });
        },
      },
      env,
    });
    const attempt = { isFirst: why === undefined, ...(why === undefined ? {} : { why }) };
    const adapters = { serveTokens: () => Promise.reject(new Error('the window does that')) };
    return start.begin(
      { target: { name: 't', uri: 'mongodb://h/' }, ...(handoff ? { handoff } : {}) },
      adapters,
      attempt,
    );
  }

  #done(_set: unknown): Promise<void> {
    return Promise.resolve();
  }

  #kept<T>(use: () => T): Promise<T> {
    return this.keyring === 'fails' ? Promise.reject(new Error('no keyring')) : Promise.resolve().then(use);
  }
}

const refusal = (params: Readonly<Record<string, string | number>>): NonNullable<RunSnapshot['why']> => ({
  id: 'error:databricks-refused',
  params,
});

describe('a run on Databricks', () => {
  it('asks for a token once, keeps it in the secret store alone, and takes it from there from then on', async () => {
    const world = new World();
    const first = await world.begin(SPARK, { answers: [1, `  ${TOKEN} `, 0] });
    expect(first).toEqual({ secrets: { databricksToken: TOKEN }, args: ['--put-secrets'] });
    expect([...world.vault.values()]).toEqual([TOKEN]);
    expect(JSON.stringify([...world.memory])).not.toContain(TOKEN);
    expect(world.hidden).toContain(TOKEN);
    expect(world.tokens.workspaces()).toEqual([WORKSPACE]);
    // The same workspace, written in another way.
    const second = await world.begin({ ...SPARK, workspaceUrl: `${WORKSPACE}/` }, { answers: [1] });
    expect(second).toEqual({ secrets: { databricksToken: TOKEN }, args: [] });
    expect(world.asked).toEqual([expect.stringContaining('secret scope migration')]);
  });

  it('asks again once the token is forgotten, and another workspace has none', async () => {
    const world = new World();
    await world.tokens.keep(WORKSPACE, TOKEN);
    const elsewhere = { ...SPARK, workspaceUrl: 'https://adb-2.7.azuredatabricks.net' };
    await expect(world.begin(elsewhere)).rejects.toSatisfy((error) => MigrationError.is(error, 'cancelled'));
    await world.tokens.forget(`${WORKSPACE}/`);
    expect(world.vault.size).toBe(0);
    expect(world.tokens.workspaces()).toEqual([]);
    await expect(world.begin(SPARK)).rejects.toSatisfy((error) => MigrationError.is(error, 'cancelled'));
    expect(world.asked).toEqual([`How is ${WORKSPACE} signed in to?`]);
  });

  it('is signed in to by the account of VS Code where there is one, without a question', async () => {
    const world = new World();
    const signedIn = await world.begin(SPARK, { isSignedIn: true, answers: [1] });
    expect(signedIn.secrets).toEqual({ tokens: OF_THE_WINDOW });
    expect(world.asked).toHaveLength(1);
    // Where there is none, by choice.
    expect((await world.begin(SPARK, { answers: [0, 1] })).secrets).toEqual({ tokens: OF_THE_WINDOW });
    expect(world.vault.size).toBe(0);
  });

  it('asks for another token where Databricks has refused the kept one, and for nothing else on a resume', async () => {
    const world = new World();
    await world.tokens.keep(WORKSPACE, 'run-out');
    expect(await world.begin(SPARK, {}, refusal({ reason: 'unreachable' }))).toEqual({
      secrets: { databricksToken: 'run-out' },
      args: [],
    });
    expect(world.asked).toEqual([]);
    const renewed = await world.begin(SPARK, { answers: [1, TOKEN] }, refusal({ reason: 'not-allowed', status: 401 }));
    expect(renewed).toEqual({ secrets: { databricksToken: TOKEN }, args: [] });
    expect([...world.vault.values()]).toEqual([TOKEN]);
    // A right that is missing is no matter of the token.
    await world.begin(SPARK, {}, refusal({ reason: 'not-allowed', status: 403 }));
    expect(world.asked).toEqual([]);
  });

  it('asks about the secret scope again where it was found empty', async () => {
    const world = new World();
    await world.tokens.keep(WORKSPACE, TOKEN);
    const again = await world.begin(SPARK, { answers: [0] }, refusal({ reason: 'secrets-missing' }));
    expect(again.args).toEqual(['--put-secrets']);
  });

  it('leaves the sign-in to the terminal where the settings say so', async () => {
    const world = new World();
    await world.tokens.keep(WORKSPACE, TOKEN);
    expect(await world.begin(SPARK, { isFromEnvironment: true, answers: [1] })).toEqual({ secrets: {}, args: [] });
  });

  it('keeps the token for the window where the keyring fails, and tells that once', async () => {
    const world = new World();
    world.keyring = 'fails';
    await world.begin(SPARK, { answers: [1, TOKEN, 1] });
    expect((await world.begin(SPARK, { answers: [1] })).secrets).toEqual({ databricksToken: TOKEN });
    expect(world.failures).toBe(1);
  });

  it('asks nothing where the plan names no workspace', async () => {
    const world = new World();
    const { kind, secretScope, mode, cluster } = SPARK;
    expect(await world.begin({ kind, secretScope, mode, cluster })).toEqual({ secrets: {}, args: [] });
    expect(world.asked).toEqual([]);
  });
});

describe('a run in Azure', () => {
  it('is handed the tokens of the window, and waits for a yes to what is deployed', async () => {
    for (const handoff of [FACTORY, DMS]) {
      const world = new World();
      expect(await world.begin(handoff)).toEqual({ secrets: { tokens: OF_THE_WINDOW }, args: ['--ask-first'] });
      expect(world.asked).toEqual([]);
    }
  });

  it('from a dump is asked for its address, hidden and not kept, unless the environment has it', async () => {
    const world = new World();
    const dms: DmsHandoff = { ...DMS, fromDump: true };
    const begun = await world.begin(dms, { answers: [DUMP] });
    expect(begun.secrets).toEqual({ tokens: OF_THE_WINDOW, dumpUrl: DUMP });
    expect([...world.vault, ...world.memory]).toEqual([]);
    expect((await world.begin(dms, { env: { MCM_DUMP_URL: DUMP } })).secrets).toEqual({ tokens: OF_THE_WINDOW });
    await expect(world.begin(dms, { answers: ['https://dumps.blob.core.windows.net/shop'] })).rejects.toThrow('sv=');
    await expect(world.begin(dms)).rejects.toSatisfy((error) => MigrationError.is(error, 'cancelled'));
  });

  it('is nothing to ask about where a person copies, or this machine does', async () => {
    const world = new World();
    for (const handoff of [undefined, { kind: 'studio-3t', port: 27_717 } as const]) {
      expect(await world.begin(handoff)).toEqual({ secrets: {}, args: [] });
    }
    expect(world.asked).toEqual([]);
  });
});
