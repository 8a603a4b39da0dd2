/** A run that a window has started: its tokens come from the window, fresh ones while it lives, and nothing but an address is in its environment. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AuthenticationSession } from 'vscode';
import { serveTokens } from '../../src/adapters/azure/token-handover.js';
import { serveSecrets, SECRETS_PIPE } from '../../src/adapters/files/secret-handover.js';
import { readPlanFile } from '../../src/adapters/files/plan-file.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import { MigrationError } from '../../src/core/model/error.js';
import { RunTokens } from '../../src/host/azure/run-tokens.js';
import { buildCli, type Cli, type CliResult } from '../support/cli.js';
import { MockDataFactory } from '../support/data-factory/mock-data-factory.js';
import { someDocuments, startMigrationPair, type MigrationPair } from '../support/migration-pair.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

vi.mock('vscode', () => ({ l10n: { t: (text: string) => text }, authentication: {} }));

const CANARY = 'window-canary-3f8a';
const TOKENS = ['window-token-canary-1', 'window-token-canary-2'] as const;
const SUBSCRIPTION = '00000000-0000-0000-0000-000000000001';
const PLACE = { subscription: SUBSCRIPTION, group: 'migration' };

let cli: Cli;
let pair: MigrationPair;
let folder: TempFolder;

beforeAll(async () => {
  [cli, pair, folder] = await Promise.all([
    buildCli('window-tokens'),
    startMigrationPair(CANARY, { ruPerSecond: 10_000 }),
    makeTempFolder('cli-window-tokens'),
  ]);
  const place = ['--subscription', SUBSCRIPTION, '--resource-group', 'migration', '--location', 'westeurope'];
  for (const db of ['renewed', 'gone']) {
    await pair.sourceClient.db(db).collection('orders').insertMany(someDocuments(1500));
    const planned = await cli.run(
      [
        ...['plan', '--include', `${db}.*`, '--out', `${db}.migration.json`, '--no-measure', '--throughput', '10000'],
        ...['--method', 'data-factory', ...place],
      ],
      {
        cwd: folder.path,
        env: { MCM_SOURCE_URI: pair.source.secretUri, MCM_TARGET_URI: pair.target.secretUri },
      },
    );
    expect(planned).toMatchObject({ code: 0 });
  }
}, 60_000);

afterAll(async () => {
  await pair.stop();
  await Promise.all([folder.remove(), cli.remove()]);
});

const planPath = (): string => join(folder.path, 'renewed.migration.json');

/** A window on this Azure; `session` is what VS Code gives out when it is asked. */
function openWindow(endpoint: string, session: () => string): { readonly tokens: RunTokens; readonly asked: string[] } {
  const asked: string[] = [];
  const tokens = new RunTokens({
    clusters: { findReference: () => undefined },
    settings: () => ({ azure: { endpoint, signIn: 'vscode' } }),
    getSession: (_provider, scopes) => {
      asked.push(...scopes);
      return Promise.resolve().then(() => ({ accessToken: session() }) as AuthenticationSession);
    },
  });
  return { tokens, asked };
}

async function runFrom(window: RunTokens, endpoint: string, ...more: readonly string[]): Promise<CliResult> {
  const tokens = await window.handedFor(await readPlanFile(planPath()), { serveTokens });
  expect(tokens).toBeDefined();
  const server = await serveSecrets(
    { source: pair.source.secretUri, target: pair.target.secretUri, ...(tokens ? { tokens } : {}) },
    { clock: systemClock },
  );
  // Without PATH there is no Azure CLI to fall back on.
  const env = { [SECRETS_PIPE]: server.path, MCM_ARM_ENDPOINT: endpoint, PATH: '' };
  return cli.run(['run', ...more], { cwd: folder.path, env });
}

describe('a run that a window has started', () => {
  it('asks the window for a fresh token when Azure refuses the first, and ends verified', async () => {
    await using model = await MockDataFactory.start(systemClock, PLACE, { deploysAtOnce: true });
    const { arm } = model;
    arm.accept(TOKENS[0]);
    let asks = 0;
    model.hooks = {
      onRequest: () => {
        // The first token is good for three requests.
        asks += 1;
        if (asks !== 4) return undefined;
        arm.expireTokens();
        arm.accept(TOKENS[1]);
        return undefined;
      },
    };
    const { tokens: window, asked } = openWindow(arm.endpoint, () => (asks < 4 ? TOKENS[0] : TOKENS[1]));
    const ran = await runFrom(window, arm.endpoint, 'renewed.migration.json');
    window.dispose();
    expect(ran.stderr).not.toContain('Error');
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stdout).toContain('Completed');
    expect(model.notAccepted).toEqual([]);
    expect(arm.requests.filter(({ status }) => status === 401)).toHaveLength(1);
    expect(asks).toBeGreaterThan(5);
    expect(new Set(asked)).toEqual(new Set([`${arm.endpoint}/.default`]));
    expect(await pair.backendClient.db('renewed').collection('orders').countDocuments()).toBe(1500);
    const texts = [ran.stdout, ran.stderr, ...(await textsBelow(folder.path))];
    expect(texts.length).toBeGreaterThan(5);
    expect(texts.filter((text) => [CANARY, ...TOKENS].some((secret) => text.includes(secret)))).toEqual([]);
  }, 120_000);

  it('ends when it needs a token and the window has gone, and goes on from the next one', async () => {
    await using model = await MockDataFactory.start(systemClock, PLACE, { deploysAtOnce: true });
    const { arm } = model;
    const first = openWindow(arm.endpoint, () => TOKENS[0]);
    arm.accept(TOKENS[0]);
    let asks = 0;
    model.hooks = {
      onRequest: () => {
        // It is closed while the run is at work, and its token expires.
        asks += 1;
        if (asks !== 4) return undefined;
        first.tokens.dispose();
        arm.expireTokens();
        arm.accept(TOKENS[1]);
        return undefined;
      },
    };
    const ended = await runFrom(first.tokens, arm.endpoint, 'gone.migration.json');
    expect(ended.code).not.toBe(0);
    expect(ended.stdout.replace(/\s+/g, ' ')).toContain(
      'window of VS Code that gave the tokens does not answer any more',
    );
    const run = /run --resume (\S+)/.exec(ended.stdout)?.[1];
    const second = openWindow(arm.endpoint, () => TOKENS[1]);
    const resumed = await runFrom(second.tokens, arm.endpoint, '--resume', run ?? '');
    second.tokens.dispose();
    expect(resumed).toMatchObject({ code: 0 });
    expect(resumed.stdout).toContain('Completed');
    expect(await pair.backendClient.db('gone').collection('orders').countDocuments()).toBe(1500);
    expect(TOKENS.filter((token) => [ended, resumed].some((r) => (r.stdout + r.stderr).includes(token)))).toEqual([]);
  }, 120_000);

  it('is not started where nobody signs in', async () => {
    const { tokens: window } = openWindow('http://127.0.0.1:1', () => {
      throw new Error('User did not consent to login.');
    });
    const plan = await readPlanFile(planPath());
    const error: unknown = await window.handedFor(plan, { serveTokens }).catch((thrown: unknown) => thrown);
    expect(MigrationError.is(error, 'azure-sign-in-needed')).toBe(true);
    window.dispose();
  });

  it('is handed nothing where Azure has no part in its plan', async () => {
    const { tokens: window, asked } = openWindow('http://127.0.0.1:1', () => TOKENS[0]);
    const { target } = await readPlanFile(planPath());
    expect(await window.handedFor({ target }, { serveTokens })).toBeUndefined();
    expect(await window.handedFor({ target, handoff: { kind: 'studio-3t', port: 1 } }, { serveTokens })).toBe(
      undefined,
    );
    expect(asked).toEqual([]);
    window.dispose();
  });
});

async function textsBelow(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(files.map((file) => readFile(file, 'latin1')));
}
