/** The wizard as VS Code has it, on real clusters: its session, its ports, connections that are kept with their passwords. Only what asks a person is not there. */
import { join } from 'node:path';
import { parseConnectionString } from '../../src/adapters/mongo/connection-string.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import { SavedClusterStore } from '../../src/host/clusters/cluster-store.js';
import { SharedConnections } from '../../src/host/clusters/connection-pool.js';
import { createClusterCatalog } from '../../src/host/tree/cluster-catalog.js';
import { clusterPorts } from '../../src/host/wizard/cluster-ports.js';
import { initialState, type WizardState } from '../../src/host/wizard/model/wizard-state.js';
import type { WizardPorts } from '../../src/host/wizard/wizard-ports.js';
import { WizardSession } from '../../src/host/wizard/wizard-session.js';
import { parseWizardIntent } from '../../src/protocol/guards/wizard.js';
import type { WizardIntent, WizardView } from '../../src/protocol/wizard.js';
import { SETTINGS, t } from '../unit/host-wizard-builders.js';
import { realAdapters as adapters } from './wizard-adapters.js';

export interface WizardWorldOptions {
  readonly sourceUri: string;
  readonly targetUri: string;
  /** Where plans are written to. */
  readonly folder: string;
}

/** A session, and what it has told and asked for. */
export interface OpenWizard {
  readonly session: WizardSession;
  readonly errors: unknown[];
  readonly kept: WizardState[];
  readonly views: WizardView[];
  /** Paths of the plans that were started. */
  readonly started: string[];
  readonly copied: string[];
}

export interface WizardWorld {
  readonly clusters: SavedClusterStore;
  readonly sourceId: string;
  readonly targetId: string;
  /** `state`: of a wizard that knows both clusters and nothing else, where it is left out. */
  open(state?: WizardState, change?: Partial<WizardPorts>): OpenWizard;
  dispose(): Promise<void>;
}

export async function startWizardWorld({ sourceUri, targetUri, folder }: WizardWorldOptions): Promise<WizardWorld> {
  const memento = new Map<string, unknown>();
  const vault = new Map<string, string>();
  const clusters = new SavedClusterStore({
    memento: { get: (key) => memento.get(key), update: (key, value) => Promise.resolve(void memento.set(key, value)) },
    secrets: {
      get: (key) => Promise.resolve(vault.get(key)),
      store: (key, value) => Promise.resolve(void vault.set(key, value)),
      delete: (key) => Promise.resolve(void vault.delete(key)),
    },
    changes: { event: () => ({ dispose: () => undefined }), fire: () => undefined },
    declared: () => [],
    env: {},
    adapters,
    askPassword: () => Promise.resolve(undefined),
    onKeyringFailure: () => undefined,
    onSecrets: () => undefined,
  });
  const connections = new SharedConnections({ clusters, adapters });
  const add = async (role: 'source' | 'target', uri: string): Promise<string> => {
    const connectionString = parseConnectionString(uri);
    return (await clusters.add({ name: role, role, connectionString })).id;
  };
  const sourceId = await add('source', sourceUri);
  const targetId = await add('target', targetUri);
  return {
    ...{ clusters, sourceId, targetId },
    open(state = initialState({ sourceId, targetId }), change = {}) {
      const heard: Omit<OpenWizard, 'session'> = { errors: [], kept: [], views: [], started: [], copied: [] };
      const catalog = createClusterCatalog({ clusters, connections, adapters, log: { warn: () => undefined } });
      const session = new WizardSession(
        {
          ...clusterPorts({ adapters, clusters, connections, catalog, settings: () => SETTINGS }),
          t,
          now: () => systemClock.now(),
          settings: () => SETTINGS,
          prices: () => undefined,
          mayMeasure: () => Promise.resolve(true),
          mayTry: () => Promise.resolve('copy'),
          addCluster: () => Promise.resolve(undefined),
          choosePlanPath: (name) => Promise.resolve(join(folder, name)),
          ownPlanPath: (id) => Promise.resolve(join(folder, `${id}.migration.json`)),
          copyText: (text) => Promise.resolve(void heard.copied.push(text)),
          assessment: () => undefined,
          loadAssessment: () => Promise.resolve(),
          assess: () => Promise.resolve(),
          openLink: () => Promise.resolve(),
          start: (path) => Promise.resolve(heard.started.push(path) > 0),
          remember: (kept) => heard.kept.push(kept),
          log: (error) => heard.errors.push(error),
          ...change,
        },
        state,
      );
      session.onView((view) => heard.views.push(view));
      return { session, ...heard };
    },
    async dispose() {
      await connections.dispose();
    },
  };
}

/** Has the session do what the page asks for, as it arrives: as JSON, and through the guard. */
export async function tell(session: WizardSession, ...intents: readonly WizardIntent[]): Promise<WizardView> {
  for (const intent of intents) {
    const sent = parseWizardIntent(JSON.parse(JSON.stringify(intent)));
    if (!sent) throw new Error(`the page cannot send ${intent.type}`);
    await session.dispatch(sent);
  }
  return session.view();
}
