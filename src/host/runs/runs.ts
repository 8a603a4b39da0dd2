import { join } from 'node:path';
import { commands, workspace, type Disposable, type LogOutputChannel } from 'vscode';
import type { HostAdapters } from '../adapters.js';
import type { DatabricksTokens } from '../azure/databricks-tokens.js';
import type { RemoteStart } from '../azure/remote-start.js';
import { RunTokens } from '../azure/run-tokens.js';
import { windowSession, type GetSession } from '../azure/sign-in.js';
import { askChoice, askText } from '../clusters/ask.js';
import { DisposableStore } from '../disposables.js';
import { CONTEXT_KEYS, SETTINGS, SETTINGS_SECTION } from '../ids.js';
import type { ClusterStore, RunControl, RunStore } from '../services.js';
import type { Settings } from '../settings.js';
import { sentenceOf } from '../strings.js';
import { RunNotifier } from './notifier.js';
import { windowQuestions, type Questions } from './questions.js';
import { RunSteering } from './run-control.js';
import { FollowedRuns } from './run-store.js';
import { RunTerminals } from './run-terminals.js';
import { RunStatusBar } from './status-bar.js';

export interface RunsDeps {
  readonly adapters: () => Promise<HostAdapters>;
  /** As the settings say now; it need not exist. */
  readonly runsRoot: () => string;
  readonly clusters: ClusterStore;
  readonly databricks: Pick<DatabricksTokens, 'get' | 'keep'>;
  /** Loaded when a run that is carried out elsewhere is first started, or cleaned up. */
  readonly remoteStart: () => Promise<typeof RemoteStart>;
  readonly log: LogOutputChannel;
  /** The runner, `dist/cli.cjs`. */
  readonly cliPath: string;
  readonly settings: () => Settings;
  /** Absent: real windows. */
  readonly questions?: Questions;
  /** Absent: of this window. */
  readonly getSession?: GetSession;
}

export interface Runs extends Disposable {
  readonly runs: RunStore;
  readonly control: RunControl;
  startRelay(targetId: string): Promise<void>;
}

/** Follows and steers the runs of this machine. Looks once whether there is any; the adapters are loaded only then. */
export function createRuns(deps: RunsDeps): Runs {
  const { log } = deps;
  const store = new DisposableStore();
  const onFailure = (error: unknown): void => log.error(`${sentenceOf(error)} (${deps.runsRoot()})`);
  const runs = store.add(
    new FollowedRuns({
      root: deps.runsRoot,
      openList: async (root) => (await deps.adapters()).openRunList(root),
      onFailure,
    }),
  );
  const terminals = store.add(new RunTerminals(() => void runs.refresh()));
  const tokens = store.add(new RunTokens({ ...deps, getSession: deps.getSession ?? windowSession }));
  const remote = async (): Promise<RemoteStart> => {
    const Start = await deps.remoteStart();
    const ask = { choice: askChoice, text: askText };
    return new Start({ tokens, databricks: deps.databricks, ask, env: process.env });
  };
  const control = new RunSteering({
    adapters: deps.adapters,
    clusters: deps.clusters,
    runs,
    terminals,
    questions: deps.questions ?? windowQuestions(onFailure),
    runsRoot: deps.runsRoot,
    settings: deps.settings,
    cliPath: deps.cliPath,
    remote: {
      begin: async (...args) => (await remote()).begin(...args),
      tokensFor: async (...args) => (await remote()).tokensFor(...args),
    },
    onFailure,
  });
  store.add(new RunStatusBar(runs));
  const notifier = store.add(
    new RunNotifier({
      runs,
      clusters: deps.clusters,
      questions: windowQuestions(onFailure),
      settings: deps.settings,
      log,
      windowStart: Date.now(),
    }),
  );
  store.add(
    runs.onDidChange(() => void commands.executeCommand('setContext', CONTEXT_KEYS.hasRuns, runs.list().length > 0)),
  );
  store.add(
    workspace.onDidChangeConfiguration((change) => {
      if (!change.affectsConfiguration(`${SETTINGS_SECTION}.${SETTINGS.runsFolder}`)) return;
      notifier.reset();
      void runs.refresh();
    }),
  );
  void runs.refresh();
  return {
    runs,
    control,
    startRelay: (targetId) => control.startRelay(targetId, relayFolder(deps.runsRoot())),
    dispose: () => store.dispose(),
  };
}

/** Beside the runs; one for each relay, since two may work at once. */
function relayFolder(runsRoot: string): string {
  return join(runsRoot, '..', 'relay-dead-letters', new Date().toISOString().replace(/[-:]|\.\d+/g, ''));
}
