import { commands, l10n, QuickPickItemKind, ThemeIcon, window, type QuickPickItem } from 'vscode';
import type { PriceList } from '../../core/cost/price-list.js';
import { regionsOfAccount } from '../../core/model/azure-account.js';
import { leastRegions } from '../../core/model/regions.js';
import type { Assessment } from '../../core/model/assessment.js';
import type { ClusterFacts } from '../../core/model/facts.js';
import { EVERYTHING, formatNamespace } from '../../core/model/namespace.js';
import type { PlannedRead } from '../../core/model/reading.js';
import { TARGET_WISHES, type TargetWish } from '../../core/model/target-wishes.js';
import { assumedTarget, describeTarget } from '../../core/plan/target.js';
import { keptAssessment } from '../../words/assessment-json.js';
import { clusterKind } from '../../words/cluster-kinds.js';
import { purposeName } from '../../words/reading-words.js';
import { formatDuration } from '../../words/sizes.js';
import { targetWishName } from '../../words/target-choice.js';
import type { ClusterProfile } from '../clusters/cluster-profile.js';
import { clusterIdOf, clusterNodes } from '../commands/arguments.js';
import { pickCluster } from '../commands/pickers.js';
import { withProgress } from '../commands/progress.js';
import { COMMANDS } from '../ids.js';
import type { ClustersView, HostServices } from '../services.js';
import { bandsOf, type Settings, type ThresholdSettings } from '../settings.js';
import { unlinked } from '../unlinked.js';
import type { HostAdapters } from '../adapters.js';

export interface AssessParts {
  readonly services: HostServices;
  readonly view: Pick<ClustersView, 'noteInventory'>;
  readonly settings: () => Pick<Settings, 'pricesFile' | 'regions'> & ThresholdSettings;
  /** Shows an assessment of a source. */
  readonly show: (clusterId: string, assessment: Assessment) => Promise<void>;
}

type AssessedTargets = Parameters<HostAdapters['assessSource']>[1]['targets'];
type ScanMode = Parameters<HostAdapters['assessSource']>[1]['scan'];

interface Scope {
  readonly targets: AssessedTargets;
  readonly scan: ScanMode;
  /** Absent: by the counters since the server's start. */
  readonly watchSeconds?: number;
}

/** Long enough for a first idea, for some ups and downs, and for a busy hour. Judged. */
const WATCH_SECONDS = [60, 600, 3_600] as const;

/**
 * Asks what for and how deep, shows the commands that will be sent and has them agreed to, reads the source, keeps the assessment and shows it. Nothing is written to the
 * source. Resolves with nothing where the user turned back.
 */
export async function assessSource(args: readonly unknown[], parts: AssessParts): Promise<Assessment | undefined> {
  const { services } = parts;
  const profile = await sourceOf(args, services);
  if (!profile) return undefined;
  const chosen = parts.settings();
  // A slip in them shows before anybody is asked anything.
  const prices = await (await services.adapters()).readPrices(chosen.pricesFile);
  const title = l10n.t('Assess {0}', profile.name);
  const targets = await chooseTargets(title, services);
  const wants = targets && (await chooseWishes(title, targets));
  const scan = wants && (await chooseScan(title));
  const watching = scan && (await chooseWatching(title));
  if (!targets || !wants || !scan || !watching) return undefined;
  const scope: Scope = { targets, scan, ...watching };
  const facts = await withProgress(l10n.t('Connecting to {0}', profile.name), (_, signal) =>
    services.connections.with(profile.id, signal, (connected) => Promise.resolve(connected.facts)),
  );
  if (!(await agreed(title, facts, profile, scope, services))) return undefined;
  const said = { ...(wants.length > 0 ? { wants } : {}), ...saidRegions(chosen.regions, targets, wants) };
  const assessment = await read(profile, { ...scope, ...said, prices, settings: bandsOf(chosen) }, services);
  await services.assessments.put(profile.id, keptAssessment(assessment));
  parts.view.noteInventory(profile.id, assessment.inventory);
  await parts.show(profile.id, assessment);
  return assessment;
}

async function sourceOf(args: readonly unknown[], services: HostServices): Promise<ClusterProfile | undefined> {
  const id = clusterIdOf(clusterNodes(args)[0]);
  const found = id === undefined ? undefined : services.clusters.get(id);
  if (found?.role === 'source') return found;
  return pickCluster(services, { role: 'source', title: l10n.t('Assess Migration') });
}

type TargetItem = QuickPickItem & { readonly targets?: AssessedTargets; readonly saved?: ClusterProfile };

async function chooseTargets(title: string, services: HostServices): Promise<AssessedTargets | undefined> {
  const ru = { description: assumedTarget('cosmos-ru') };
  const vcore = { description: assumedTarget('cosmos-vcore') };
  const saved = services.clusters.list('target').map((profile): TargetItem => ({
    label: profile.name,
    description: profile.kind === undefined ? '' : `${clusterKind(profile.kind)} ${profile.version ?? ''}`.trim(),
    detail: l10n.t('As it is: its version counts, and nothing is written to it.'),
    iconPath: new ThemeIcon('database'),
    saved: profile,
  }));
  const items: TargetItem[] = [
    {
      label: l10n.t('RU and vCore, side by side'),
      detail: l10n.t('With a reasoned choice of one of them.'),
      iconPath: new ThemeIcon('split-horizontal'),
      targets: [ru, vcore],
    },
    { label: clusterKind('cosmos-ru'), iconPath: new ThemeIcon('globe'), targets: [ru] },
    { label: clusterKind('cosmos-vcore'), iconPath: new ThemeIcon('globe'), targets: [vcore] },
    ...(saved.length > 0 ? [{ label: l10n.t('targets that are there'), kind: QuickPickItemKind.Separator }] : []),
    ...saved,
  ];
  const chosen = await window.showQuickPick(items, { title, placeHolder: l10n.t('Which target is it for?') });
  if (!chosen?.saved) return chosen?.targets;
  const { id, name, azure } = chosen.saved;
  const facts = await withProgress(l10n.t('Connecting to {0}', name), (_, signal) =>
    services.connections.with(id, signal, (connected) => Promise.resolve(connected.facts)),
  );
  const account = regionsOfAccount(azure?.account);
  return [{ description: describeTarget(facts), cluster: facts, ...(account ? { account } : {}) }];
}

type Wants = readonly TargetWish[];

/** Where both services are looked at: they decide between them, in the words of `--wants`. */
async function chooseWishes(title: string, targets: AssessedTargets): Promise<Wants | undefined> {
  if (targets.length < 2) return [];
  const items = TARGET_WISHES.map((wish) => ({ label: wish, description: targetWishName(wish) }));
  const placeHolder = l10n.t('What do you want of the service? Nothing is an answer, too.');
  const chosen = await window.showQuickPick(items, { title, placeHolder, canPickMany: true });
  return chosen?.map(({ label }) => label);
}

/** Fewer than the wish takes are a slip; a vCore cluster is not paid for by regions. */
function saidRegions(regions: number | undefined, targets: AssessedTargets, wants: Wants): { regions?: number } {
  const isRu = targets.some(({ description }) => description.kind === 'cosmos-ru');
  return isRu && regions !== undefined && regions >= leastRegions(wants) ? { regions } : {};
}

async function chooseScan(title: string): Promise<ScanMode | undefined> {
  const items: (QuickPickItem & { readonly scan: ScanMode })[] = [
    {
      label: l10n.t('Look at a sample of the documents'),
      description: l10n.t('recommended'),
      detail: l10n.t('Sizes, types, nesting and candidates for shard keys, from some documents of each collection.'),
      iconPath: new ThemeIcon('beaker'),
      scan: 'sample',
    },
    {
      label: l10n.t('Look at no document'),
      detail: l10n.t('Definitions, statistics and counters only. What rests on documents stays unknown.'),
      iconPath: new ThemeIcon('eye-closed'),
      scan: 'none',
    },
    {
      label: l10n.t('Look at every document'),
      detail: l10n.t('Certain, but all data is read from the source once: it takes long where there is much of it.'),
      iconPath: new ThemeIcon('eye'),
      scan: 'full',
    },
  ];
  return (await window.showQuickPick(items, { title, placeHolder: l10n.t('How deep shall be looked?') }))?.scan;
}

/** As `--watch` on the command line. */
async function chooseWatching(title: string): Promise<Pick<Scope, 'watchSeconds'> | undefined> {
  const items: (QuickPickItem & { readonly watching: Pick<Scope, 'watchSeconds'> })[] = [
    {
      label: l10n.t('Take its counters since its start'),
      detail: l10n.t(
        'At once. An average of quiet and busy times; of a server that was started lately it says little.',
      ),
      iconPath: new ThemeIcon('history'),
      watching: {},
    },
    ...WATCH_SECONDS.map((watchSeconds) => ({
      label: l10n.t('Watch it for {0}', formatDuration(watchSeconds * 1000)),
      detail: l10n.t('While it is busy: its counters are read before and after, and nothing in between.'),
      iconPath: new ThemeIcon('pulse'),
      watching: { watchSeconds },
    })),
  ];
  const placeHolder = l10n.t('How busy is it? Throughput, tier and cost rest on that.');
  return (await window.showQuickPick(items, { title, placeHolder }))?.watching;
}

/** The commands, told before the first one is sent. */
async function agreed(
  title: string,
  facts: ClusterFacts,
  { uri }: ClusterProfile,
  { scan, watchSeconds }: Scope,
  services: HostServices,
): Promise<boolean> {
  const { readsOf } = await services.adapters();
  const depth = { scan, ...(watchSeconds === undefined ? {} : { watchSeconds }) };
  const reads = readsOf({ facts, authenticated: uri.includes('@') }, depth);
  const start = {
    label: l10n.t('Start the assessment'),
    detail: l10n.t('{0} kinds of commands are sent; none of them writes. They are listed below.', reads.length),
    iconPath: new ThemeIcon('play'),
    start: true,
  };
  const told = reads.map((one) => ({ ...readItem(one), start: false }));
  const items = [start, { label: l10n.t('commands'), kind: QuickPickItemKind.Separator, start: false }, ...told];
  const options = {
    title,
    placeHolder: l10n.t('Nothing has been read yet. Shall these commands be sent?'),
    matchOnDescription: true,
    matchOnDetail: true,
  };
  // Whoever looks at a command has not agreed to anything.
  for (let chosen = await window.showQuickPick(items, options); chosen;) {
    if (chosen.start) return true;
    chosen = await window.showQuickPick(items, options);
  }
  return false;
}

function readItem(planned: PlannedRead): QuickPickItem {
  const { purpose, command, name = command, database, times, maxTimeMs, readPreference, needs } = planned;
  const often: Readonly<Record<PlannedRead['times'], string>> = {
    once: l10n.t('once'),
    'each-database': l10n.t('for each database'),
    'each-collection': l10n.t('for each collection'),
    'each-batch': l10n.t('for each batch'),
    'again-and-again': l10n.t('again and again'),
  };
  const parts = [
    l10n.t('on {0}', database),
    often[times],
    ...(maxTimeMs === undefined ? [] : [l10n.t('at most {0}', formatDuration(maxTimeMs))]),
    readPreference,
    ...(needs === undefined ? [] : [l10n.t('needs {0}', needs)]),
  ];
  return {
    label: name,
    description: purposeName(purpose),
    detail: [parts.join(', '), ...(name === command ? [] : [command])].join(' · '),
    iconPath: new ThemeIcon('terminal'),
  };
}

async function read(
  profile: ClusterProfile,
  wanted: Scope & {
    readonly prices: PriceList;
    readonly settings: ReturnType<typeof bandsOf>;
    readonly wants?: Wants;
    readonly regions?: number;
  },
  services: HostServices,
): Promise<Assessment> {
  const { assessSource: assess } = await services.adapters();
  const earlier = await services.assessments.load(profile.id);
  const phases = {
    inventory: l10n.t('sizes and definitions'),
    usage: l10n.t('how it is used'),
    watch: l10n.t('how busy it is'),
    scan: l10n.t('documents'),
  };
  return withProgress(l10n.t('Assessing {0}', profile.name), (report, signal) =>
    services.connections.with(profile.id, signal, (connected) =>
      assess(connected, {
        ...wanted,
        name: profile.name,
        selection: EVERYTHING,
        ...(earlier ? { earlier } : {}),
        signal,
        onProgress: ({ phase, done, total, ns }) => {
          const where = ns ? ` ${formatNamespace(ns)}` : '';
          const far =
            phase === 'watch'
              ? l10n.t('{0} of {1}', formatDuration(done * 1000), formatDuration(total * 1000))
              : l10n.t('{0} of {1}', done, total);
          report({ message: `${phases[phase]}: ${far}${where}` });
        },
      }),
    ),
  );
}

/** The latest assessment of a source; where there is none, one is offered to be made. */
export async function openAssessment(args: readonly unknown[], { services, show }: AssessParts): Promise<void> {
  const profile = await sourceOf(args, services);
  if (!profile) return;
  const latest = await services.assessments.load(profile.id);
  if (latest) return show(profile.id, latest);
  const assess = l10n.t('Assess');
  const text = l10n.t('{0} has not been assessed yet.', profile.name);
  if ((await window.showInformationMessage(unlinked(text), assess)) === assess) {
    await commands.executeCommand(COMMANDS.assess, { kind: 'cluster', clusterId: profile.id });
  }
}
