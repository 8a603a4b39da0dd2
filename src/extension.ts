/** Composition root 1: the extension in VS Code. Makes every part and hands them to each other; connects to nothing and loads neither the driver nor what only commands need. */
import { EventEmitter, l10n, window, workspace, type ExtensionContext } from 'vscode';
import { defaultRunsRoot } from './adapters/files/runs-root.js';
import { LazyAssessing } from './host/assess/lazy-assessing.js';
import { DatabricksTokens } from './host/azure/databricks-tokens.js';
import { windowSession } from './host/azure/sign-in.js';
import { createAssessments } from './host/assess/create-assessments.js';
import type { HostAdapters } from './host/adapters.js';
import type { ClusterProfile } from './host/clusters/cluster-profile.js';
import { SavedClusterStore } from './host/clusters/cluster-store.js';
import { SharedConnections } from './host/clusters/connection-pool.js';
import { watchClusters } from './host/clusters/watch-clusters.js';
import { ResultDocuments } from './host/commands/result-documents.js';
import { registerCommands } from './host/commands/register.js';
import { DisposableStore } from './host/disposables.js';
import { SETTINGS_SECTION } from './host/ids.js';
import { KnownSecrets, RedactingLog } from './host/log.js';
import { createRunPages } from './host/panels/run-page-panel.js';
import { watchPlans } from './host/plans/lazy-plan-diagnostics.js';
import { createRuns } from './host/runs/runs.js';
import type { HostServices } from './host/services.js';
import { readSettings, type Settings } from './host/settings.js';
import { labels } from './host/strings.js';
import { createClusterCatalog } from './host/tree/cluster-catalog.js';
import { createClustersView } from './host/tree/clusters-view.js';
import { createMigrationsView } from './host/tree/migrations-view.js';
import { LazyWizard } from './host/wizard/lazy-wizard.js';
import { unlinked } from './host/unlinked.js';

export function activate(context: ExtensionContext): void {
  const store = new DisposableStore();
  context.subscriptions.push(store);
  const secrets = new KnownSecrets();
  const log = store.add(new RedactingLog('Cosmos Migration', secrets));
  const changes = store.add(new EventEmitter<void>());
  const clusters = new SavedClusterStore({
    memento: context.globalState,
    secrets: context.secrets,
    changes,
    declared: () => settings().connections,
    env: process.env,
    adapters,
    askPassword,
    onKeyringFailure: (error) => tellKeyringFailure(error, log),
    onSecrets: (found) => secrets.add(found),
  });
  const databricks = new DatabricksTokens({
    memento: context.globalState,
    secrets: context.secrets,
    onKeyringFailure: (error) => tellKeyringFailure(error, log),
    onSecrets: (found) => secrets.add(found),
  });
  const connections = store.add(new SharedConnections({ clusters, adapters }));
  const catalog = store.add(createClusterCatalog({ clusters, connections, adapters, log }));
  const runs = store.add(
    createRuns({
      adapters,
      runsRoot: () => settings().runsFolder ?? defaultRunsRoot(),
      clusters,
      databricks,
      remoteStart: async () => (await features()).RemoteStart,
      log,
      cliPath: context.asAbsolutePath('dist/cli.cjs'),
      settings,
    }),
  );
  const assessments = store.add(createAssessments(context, log));
  const services: HostServices & { readonly clusters: SavedClusterStore } = {
    adapters,
    clusters,
    connections,
    catalog,
    runs: runs.runs,
    control: runs.control,
    assessments,
    log,
  };
  const view = store.add(
    createClustersView(services, {
      rules: async () => (await assessing()).findingsFor,
      tooltips: async () => (await features()).tooltipOf,
    }),
  );
  store.add(createMigrationsView(services));
  const pages = store.add(createRunPages(services, context));
  const wizard = store.add(new LazyWizard(async () => (await features()).createWizard(services, context), context));
  const assessingShell = store.add(
    new LazyAssessing(async () =>
      (await assessing()).createAssessing({
        services,
        view,
        settings,
        extensionUri: context.extensionUri,
        version: String((context.extension.packageJSON as { version?: unknown }).version),
        clean: (text) => secrets.redact(text),
      }),
    ),
  );
  const results = store.add(new ResultDocuments());
  store.add(
    registerCommands(services, async () =>
      (await features()).commandTable({
        services,
        settings,
        databricks,
        view,
        wizard,
        pages,
        assessing: assessingShell,
        results,
        startRelay: (id) => runs.startRelay(id),
        discoverTargets: async () =>
          (await assessing()).discoverTargets({ services, settings, getSession: windowSession }),
        showAccount: async (profile) =>
          (await assessing()).showAccount(profile, { services, settings, getSession: windowSession, results }),
      }),
    ),
  );
  store.add(
    watchPlans(
      async () => {
        const [{ createPlanDiagnostics }, { parsePlan }] = await Promise.all([assessing(), adapters()]);
        return createPlanDiagnostics({
          parsePlan: (text) => parsePlan(text),
          assessmentOf: async ({ source }) => {
            const found = clusters.findReference('source', source);
            return found && (await assessments.load(found.id));
          },
          onAssessed: assessments.onDidChange,
          log: (error) => log.error('a plan could not be looked at', error),
        });
      },
      (error) => log.error('plans are not looked at', error),
    ),
  );
  const ahead = setTimeout(() => void features().catch((error: unknown) => log.warn('not read ahead', error)), REST_MS);
  store.add({ dispose: () => clearTimeout(ahead) });
  store.add(watchClusters({ clusters, connections, log }, changes, context));
}

/** After this long the window has come to rest: what the first command needs is read ahead of it. */
const REST_MS = 2000;

/** The bundle with the commands and the wizard. */
function features() {
  return import('./extension-features.js');
}

/** The bundle with what is told of plans and sources. */
function assessing() {
  return import('./extension-assess.js');
}

/** The bundle with the driver, read when it is needed for the first time. */
async function adapters(): Promise<HostAdapters> {
  return (await import('./extension-adapters.js')).adapters;
}

function settings(): Settings {
  const section = workspace.getConfiguration(SETTINGS_SECTION);
  return readSettings((key) => section.get(key));
}

async function askPassword({ name }: ClusterProfile): Promise<string | undefined> {
  return window.showInputBox({
    title: name,
    prompt: unlinked(l10n.t('Password of {0}; it is kept for this window only', name)),
    password: true,
    ignoreFocusOut: true,
  });
}

function tellKeyringFailure(error: unknown, log: RedactingLog): void {
  log.warn('the secret store failed', error);
  const text = l10n.t(
    'The secret store of this system does not work. Passwords are kept for this window only, and you will be asked for them again.',
  );
  void window.showWarningMessage(unlinked(text), labels.showLog()).then((clicked) => clicked && log.show());
}
