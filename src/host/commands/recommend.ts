import { l10n, window } from 'vscode';
import { decide, type DecideInput } from '../../core/decide/decide.js';
import { EVERYTHING } from '../../core/model/namespace.js';
import { bytes } from '../../core/model/units.js';
import { describeTarget, type TargetDescription, type TargetKind } from '../../core/plan/target.js';
import { targetName } from '../../words/clusters.js';
import { methodName } from '../../words/methods.js';
import type { ClusterFacts } from '../../core/model/facts.js';
import { rankedBy } from '../assess/ranked-by.js';
import { SETTINGS } from '../ids.js';
import { BOUNDS, type Settings } from '../settings.js';
import { readSizes, subjectOf } from './analyze-size.js';
import type { CommandParts } from './parts.js';
import { withProgress } from './progress.js';
import { recommendationDocument } from './recommendation-document.js';
import type { Translate } from '../translate.js';
import { unlinked } from '../unlinked.js';

const GIB = 1024 ** 3;

interface ChosenTarget {
  readonly name: string;
  readonly description: TargetDescription;
  /** Absent where only its kind was chosen. */
  readonly cluster?: { readonly id: string; readonly facts: ClusterFacts };
}

/** A target that is only thought of gets the newest version that its service offers by default. */
const ASSUMED: readonly { readonly kind: TargetKind; readonly version: readonly number[] }[] = [
  { kind: 'cosmos-ru', version: [7, 0, 0] },
  { kind: 'cosmos-vcore', version: [8, 0, 0] },
];

/** Sizes, findings and all methods with their reasons, as a page; the wizard is one click away. */
export async function recommend(args: readonly unknown[], parts: CommandParts): Promise<void> {
  const title = l10n.t('Recommend a Method');
  const subject = await subjectOf(args, parts, { role: 'source', title });
  if (!subject) return;
  const target = await chooseTarget(title, parts);
  if (!target) return;
  const inventory = await readSizes(subject, parts);
  const assessment = await parts.services.assessments.load(subject.profile.id);
  const decisions = decide({
    inventory,
    selection: { ...EVERYTHING, include: subject.include },
    target: target.description,
    ...(target.cluster ? { targetCluster: target.cluster.facts } : {}),
    ...(assessment ? { scans: assessment.scans } : {}),
    ...(assessment?.usage ? { usage: assessment.usage } : {}),
    ...adviceSettings(parts.settings()),
  });
  const pair = l10n.t('From {0} to {1}', subject.name, target.name);
  const t: Translate = (message, ...rest) => l10n.t(message, ...rest);
  const text = recommendationDocument(title, pair, { ...decisions, assessed: rankedBy(assessment, t) }, t);
  await parts.results.show(l10n.t('Methods for {0}', subject.name), text);
  void offerWizard(methodName(decisions.recommendation.recommended), parts, {
    sourceId: subject.profile.id,
    include: subject.include,
    ...(target.cluster ? { targetId: target.cluster.id } : {}),
  });
}

/** Bands of the user's own; Microsoft's, which are said so in the reasons, where nobody has changed them. */
function adviceSettings({ nativeToolsUpToGb, servicesUpToGb }: Settings): Pick<DecideInput, 'settings'> {
  const unchanged =
    nativeToolsUpToGb === BOUNDS[SETTINGS.nativeToolsUpToGb].default &&
    servicesUpToGb === BOUNDS[SETTINGS.servicesUpToGb].default;
  if (unchanged) return {};
  return {
    settings: { nativeToolsUpTo: bytes(nativeToolsUpToGb * GIB), servicesUpTo: bytes(servicesUpToGb * GIB) },
  };
}

async function offerWizard(
  method: string,
  { wizard }: CommandParts,
  seed: Parameters<CommandParts['wizard']['open']>[0],
): Promise<void> {
  const open = l10n.t('Open Wizard');
  const clicked = await window.showInformationMessage(unlinked(l10n.t('Recommended: {0}', method)), open);
  if (clicked === open) await wizard.open(seed);
}

async function chooseTarget(title: string, { services }: CommandParts): Promise<ChosenTarget | undefined> {
  const saved = services.clusters.list('target').map((profile) => ({
    label: profile.name,
    detail: profile.uri,
    profile,
  }));
  const thought = ASSUMED.map((assumed) => ({
    label: targetName(assumed.kind),
    description: l10n.t('not there yet'),
    assumed,
  }));
  const placeHolder = l10n.t('What is it to be moved to?');
  const chosen = await window.showQuickPick<
    { label: string } & Partial<(typeof saved)[number]> & Partial<(typeof thought)[number]>
  >([...saved, ...thought], { title, placeHolder });
  if (!chosen) return undefined;
  const { profile, assumed, label } = chosen;
  if (profile) {
    const facts = await withProgress(l10n.t('Connecting to {0}', profile.name), (_, signal) =>
      services.connections.with(profile.id, signal, (connected) => Promise.resolve(connected.facts)),
    );
    return { name: profile.name, description: describeTarget(facts), cluster: { id: profile.id, facts } };
  }
  if (!assumed) return undefined;
  const description = {
    kind: assumed.kind,
    versionArray: assumed.version,
    sharded: false,
    capabilities: new Set<never>(),
  };
  return { name: label, description };
}
