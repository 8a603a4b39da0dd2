/** Every command and what it does. package.json says the same to VS Code, and a test holds the two together. */
import { l10n } from 'vscode';
import type { RunAction } from '../../protocol/run-page.js';
import { addCluster } from '../clusters/add-cluster.js';
import type { ClusterProfile } from '../clusters/cluster-profile.js';
import { editCluster, removeClusters } from '../clusters/edit-cluster.js';
import { testCluster } from '../clusters/test-cluster.js';
import { COMMANDS } from '../ids.js';
import { analyzeSize } from './analyze-size.js';
import { clusterIdOf, clusterNodes, runIds } from './arguments.js';
import { copyCommandLines } from './copy-command-lines.js';
import { databricksTokens } from './databricks-tokens.js';
import { limitRun } from './limit-run.js';
import { migrate, seedFromAny } from './migrate.js';
import type { CommandParts } from './parts.js';
import { pickCluster, pickRun } from './pickers.js';
import { openSteps } from './open-steps.js';
import { choosePlan } from './plan-files.js';
import { recommend } from './recommend.js';
import type { CommandHandler, CommandTable } from './register.js';
import { runPlan } from './run-plan.js';
import { writeHandoff } from './write-handoff.js';
import { setUpTools } from './set-up-tools.js';

export function commandTable(parts: CommandParts): CommandTable {
  const { services, view, wizard, pages } = parts;

  /** The clusters that the nodes mean, else one that is picked. */
  const clustersOf = async (args: readonly unknown[], wish: Parameters<typeof pickCluster>[1]) => {
    const ids = new Set(clusterNodes(args).map(clusterIdOf));
    const suits = (p: ClusterProfile): boolean =>
      (wish.role === undefined || p.role === wish.role) && (!wish.savedOnly || p.origin === 'saved');
    const found = services.clusters.list().filter((profile) => ids.has(profile.id) && suits(profile));
    if (found.length > 0) return found;
    const picked = await pickCluster(services, wish);
    return picked ? [picked] : [];
  };
  const withCluster =
    (wish: () => Parameters<typeof pickCluster>[1], work: (profile: ClusterProfile) => unknown): CommandHandler =>
    async (...args) => {
      const [profile] = await clustersOf(args, wish());
      return profile && work(profile);
    };
  const withRun =
    (action: RunAction | undefined, title: () => string, work: (runId: string) => unknown): CommandHandler =>
    async (...args) => {
      const named = runIds(args);
      // Nothing was looked at yet, or another window has just made it.
      if (named.length === 0 || named.some((id) => services.runs.get(id) === undefined)) await services.runs.refresh();
      const given = named.filter((id) => services.runs.get(id) !== undefined);
      const picked = given.length > 0 ? undefined : await pickRun(services, action, title());
      for (const runId of picked === undefined ? given : [picked]) await work(runId);
    };

  return {
    [COMMANDS.addSource]: () => addCluster('source', services),
    [COMMANDS.addTarget]: () => addCluster('target', services),
    [COMMANDS.discoverTargets]: () => parts.discoverTargets(),
    [COMMANDS.editCluster]: withCluster(
      () => ({ title: l10n.t('Edit Connection'), savedOnly: true }),
      async (profile) => {
        await editCluster(profile, services);
        // What was found out about another cluster says nothing of this one.
        if (services.clusters.get(profile.id)?.uri !== profile.uri) await services.assessments.forget(profile.id);
        view.refresh({ kind: 'cluster', clusterId: profile.id });
      },
    ),
    [COMMANDS.removeCluster]: async (...args) => {
      const profiles = await clustersOf(args, { title: l10n.t('Remove Connection'), savedOnly: true });
      if (profiles.length > 0) await removeClusters(profiles, services);
    },
    [COMMANDS.testCluster]: withCluster(
      () => ({ title: l10n.t('Test Connection') }),
      (profile) => testCluster(profile, services),
    ),
    [COMMANDS.showAccount]: withCluster(
      () => ({ title: l10n.t('Show Azure Account'), role: 'target' }),
      (profile) => parts.showAccount(profile),
    ),
    [COMMANDS.refresh]: async (...args) => {
      const nodes = clusterNodes(args);
      if (nodes.length === 0) view.refresh();
      for (const node of nodes) view.refresh(node);
      await services.runs.refresh();
    },
    [COMMANDS.retryNode]: (...args) => {
      for (const node of clusterNodes(args)) view.retry(node);
    },
    [COMMANDS.analyzeSize]: (...args) => analyzeSize(args, parts),
    [COMMANDS.assess]: (...args) => parts.assessing.assess(args),
    [COMMANDS.openAssessment]: (...args) => parts.assessing.open(args),
    [COMMANDS.saveAssessment]: () => parts.assessing.save(),
    [COMMANDS.recommend]: (...args) => recommend(args, parts),
    [COMMANDS.migrateCollection]: (...args) => migrate('collection', args, parts),
    [COMMANDS.migrateDatabase]: (...args) => migrate('database', args, parts),
    [COMMANDS.migrateCluster]: (...args) => migrate('cluster', args, parts),
    [COMMANDS.openWizard]: (...args) => wizard.open(seedFromAny(args, parts)),
    [COMMANDS.migrateWithQuickPicks]: (...args) => wizard.withQuickPicks(seedFromAny(args, parts)),
    [COMMANDS.openPlanInWizard]: async (...args) => {
      const path = await choosePlan(args, l10n.t('Open Plan in Wizard'));
      if (path !== undefined) await wizard.openPlan(path);
    },
    [COMMANDS.copyCommandLines]: (...args) => copyCommandLines(args, parts),
    [COMMANDS.runPlan]: (...args) => runPlan(args, parts),
    [COMMANDS.writeHandoff]: (...args) => writeHandoff(args, parts),
    [COMMANDS.openRunPage]: withRun(
      undefined,
      () => l10n.t('Open Run Page'),
      (id) => pages.open(id),
    ),
    [COMMANDS.openSteps]: withRun(
      'steps',
      () => l10n.t('Open the Steps'),
      (id) => openSteps(services.runs.get(id)),
    ),
    [COMMANDS.pauseRun]: withRun(
      'pause',
      () => l10n.t('Pause Migration'),
      (id) => services.control.pause(id),
    ),
    [COMMANDS.resumeRun]: withRun(
      'resume',
      () => l10n.t('Resume Migration'),
      (id) => services.control.resume(id),
    ),
    [COMMANDS.proceedRun]: withRun(
      'proceed',
      () => l10n.t('Tell Migration to Proceed'),
      (id) => services.control.proceed(id),
    ),
    [COMMANDS.limitRun]: withRun(
      'limit',
      () => l10n.t('Limit Migration'),
      (id) => limitRun(id, services),
    ),
    [COMMANDS.cancelRun]: withRun(
      'cancel',
      () => l10n.t('Cancel Migration'),
      (id) => services.control.cancel(id),
    ),
    [COMMANDS.verifyRun]: withRun(
      'verify',
      () => l10n.t('Verify Again'),
      (id) => services.control.verify(id),
    ),
    [COMMANDS.openReport]: withRun(
      'report',
      () => l10n.t('Open Report'),
      (id) => pages.openReport(id),
    ),
    [COMMANDS.reportActions]: () => pages.reportActions(),
    [COMMANDS.openDeadLetters]: withRun(
      'dead-letters',
      () => l10n.t('Open Dead Letters'),
      (id) => pages.openDeadLetters(id),
    ),
    [COMMANDS.retryDeadLetters]: withRun(
      'retry-dead-letters',
      () => l10n.t('Retry Dead Letters'),
      (id) => services.control.retryDeadLetters(id),
    ),
    [COMMANDS.cleanUpRun]: withRun(
      'clean-up',
      () => l10n.t('Clean Up in Azure'),
      (id) => services.control.cleanUp(id),
    ),
    [COMMANDS.showTerminal]: withRun(
      'terminal',
      () => l10n.t('Show Terminal'),
      (id) => services.control.showTerminal(id),
    ),
    [COMMANDS.startRelay]: withCluster(
      () => ({ title: l10n.t('Start Throttle Relay'), role: 'target' }),
      (profile) => parts.startRelay(profile.id),
    ),
    [COMMANDS.databricksTokens]: () => databricksTokens(parts),
    [COMMANDS.setUpTools]: () => setUpTools(parts),
    [COMMANDS.showLog]: () => services.log.show(),
  };
}
