import { mkdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { commands, env, l10n, Uri, window, workspace, type ExtensionContext } from 'vscode';
import type { PriceList } from '../../core/cost/price-list.js';
import { MigrationError } from '../../core/model/error.js';
import { neededTools } from '../../core/plan/needed-tools.js';
import type { ClusterRole } from '../clusters/cluster-profile.js';
import { COMMANDS, SETTINGS_SECTION } from '../ids.js';
import type { HostServices } from '../services.js';
import { readSettings, type ToolSettings } from '../settings.js';
import { clusterPorts } from './cluster-ports.js';
import type { WizardPorts } from './wizard-ports.js';
import { unlinked } from '../unlinked.js';

export type HostPorts = Omit<WizardPorts, 'remember'>;

/** The wizard's ports, by VS Code and the adapters. */
export function hostPorts(services: HostServices, context: Pick<ExtensionContext, 'globalStorageUri'>): HostPorts {
  const { clusters, connections, catalog, assessments, log } = services;
  const settings = (): ReturnType<typeof readSettings> => {
    const section = workspace.getConfiguration(SETTINGS_SECTION);
    return readSettings((key) => section.get(key));
  };
  return {
    ...clusterPorts({ adapters: () => services.adapters(), clusters, connections, catalog, settings }),
    t: l10n.t,
    now: () => Date.now(),
    settings,
    prices: latestPrices(
      async (path) => (await services.adapters()).readPrices(path),
      () => settings().pricesFile,
      log,
    ),
    mayMeasure,
    mayTry,
    async addCluster(role: ClusterRole) {
      const added: unknown = await commands.executeCommand(role === 'source' ? COMMANDS.addSource : COMMANDS.addTarget);
      return typeof added === 'string' && clusters.get(added)?.role === role ? added : undefined;
    },
    assessment: (id) => assessments.latest(id),
    loadAssessment: async (id) => void (await assessments.load(id)),
    assess: async (clusterId) => void (await commands.executeCommand(COMMANDS.assess, { kind: 'cluster', clusterId })),
    choosePlanPath,
    async ownPlanPath(planId) {
      const folder = join(context.globalStorageUri.fsPath, 'plans');
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return join(folder, `${planId}.migration.json`);
    },
    async copyText(text, lines, kind) {
      await env.clipboard.writeText(text);
      const copied =
        kind === 'tools'
          ? l10n.t('{0} command lines were copied. They hold no password: the tools get it from a private file.', lines)
          : l10n.t('The command line was copied. It takes the saved plan, and asks for the passwords where it runs.');
      void window.showInformationMessage(unlinked(copied));
    },
    openLink: async (url) => void (await env.openExternal(Uri.parse(url, true))),
    start: (path) => start(path, services, settings().tools),
    log: (error) => log.error(error instanceof Error ? error : String(error)),
  };
}

/** Read again where the setting names another file. One that is none leaves the methods without a cost: it is told of where an assessment is asked for. */
function latestPrices(
  read: (path: string | undefined) => Promise<PriceList>,
  pathNow: () => string | undefined,
  log: HostServices['log'],
): HostPorts['prices'] {
  let known: { readonly path: string | undefined; prices?: PriceList } | undefined;
  return (changed) => {
    const path = pathNow();
    if (known?.path === path && known) return known.prices;
    const reading: NonNullable<typeof known> = { path };
    known = reading;
    read(path).then(
      (prices) => {
        reading.prices = prices;
        changed();
      },
      (error: unknown) => log.error(error instanceof Error ? error : String(error)),
    );
    return undefined;
  };
}

async function mayMeasure(): Promise<boolean> {
  const measure = l10n.t('Measure');
  const detail = l10n.t(
    'At most 20 documents of the source are inserted into a new collection on the target, which is dropped again. Azure charges its least throughput for an hour.',
  );
  const message = l10n.t('Measure on the target what an insert costs?');
  return (await window.showInformationMessage(unlinked(message), { modal: true, detail }, measure)) === measure;
}

async function mayTry(): Promise<'copy' | 'read' | undefined> {
  const copy = l10n.t('Copy for 5 Seconds');
  const read = l10n.t('Only Read');
  const detail = l10n.t(
    'Documents of the largest collection are copied for 5 seconds into a new collection on the target, which is dropped again; an RU account charges its least throughput for an hour. Or they are only read, and nothing is written.',
  );
  const message = l10n.t('Try how fast a direct copy is?');
  const answer = await window.showInformationMessage(unlinked(message), { modal: true, detail }, copy, read);
  return answer === copy ? 'copy' : answer === read ? 'read' : undefined;
}

async function choosePlanPath(name: string): Promise<string | undefined> {
  const folder = workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri ?? Uri.file(homedir());
  const chosen = await window.showSaveDialog({
    title: l10n.t('Save Migration Plan'),
    defaultUri: Uri.joinPath(folder, name),
    filters: { [l10n.t('Migration plans')]: ['migration.json', 'json'] },
  });
  if (!chosen) return undefined;
  // Another ending would keep the schema and the wizard's button away from it.
  return chosen.fsPath.endsWith('.migration.json')
    ? chosen.fsPath
    : `${chosen.fsPath.replace(/(\.migration)?(\.json)?$/, '')}.migration.json`;
}

/** Starts a plan that lies in our own storage. Without the database tools a run that needs them ends as soon as it has begun: they are set up first. */
async function start(path: string, services: HostServices, tools: ToolSettings): Promise<boolean> {
  const { locateTools, readPlanFile } = await services.adapters();
  const names = neededTools(await readPlanFile(path));
  const missing = async (): Promise<string | undefined> => {
    const found = await locateTools(names, { settings: tools, mayInstall: false });
    return [...found.values()].find(({ kind }) => kind !== 'found')?.name;
  };
  const { method } = await readPlanFile(path);
  if (method === 'dump-restore' && (await missing()) !== undefined) {
    await commands.executeCommand(COMMANDS.setUpTools);
    const tool = await missing();
    if (tool !== undefined) throw new MigrationError('tool-missing', { tool });
  }
  const runId = await services.control.start(path);
  // The run has its own copy.
  await rm(path, { force: true });
  await commands.executeCommand(COMMANDS.openRunPage, { kind: 'run', runId });
  return true;
}
