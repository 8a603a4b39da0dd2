import { l10n, ProgressLocation, ThemeIcon, window } from 'vscode';
import type { ClusterRole } from '../clusters/cluster-profile.js';
import type { WizardView } from '../../protocol/wizard.js';
import type { WishField } from '../../protocol/wishes.js';
import { pick, type Picked } from './quick-pick.js';
import { choiceAction } from './quick-pick-choice.js';
import { findingItems } from './quick-pick-findings.js';
import { askName, askShardKey, rowItems, selectExactly } from './quick-pick-namespaces.js';
import { placesOf, rowButtons, type Action, type Outcome } from './quick-pick-rows.js';
import { askThroughput } from './quick-pick-throughput.js';
import { tuningItems } from './quick-pick-tuning.js';
import { windowAction } from './quick-pick-window.js';
import type { WizardSession } from './wizard-session.js';
import { unlinked } from '../unlinked.js';

const TOTAL = 7;

/** The wizard's steps one list after another, on the same model: what a page shows is what is asked here. */
export class QuickPickWizard {
  readonly #session: WizardSession;

  constructor(session: WizardSession) {
    this.#session = session;
  }

  async run(): Promise<void> {
    const steps = [
      () => this.#cluster('source', 1),
      () => this.#cluster('target', 2),
      () => this.#namespaces(3),
      () => this.#findings(4),
      () => this.#method(5),
      () => this.#tuning(6),
      () => this.#review(7),
    ];
    let at = 0;
    for (let step = steps[at]; step; step = steps[at]) {
      const outcome = await step();
      if (outcome === 'end') return;
      at += outcome === 'next' ? 1 : outcome === 'back' ? -1 : 0;
    }
  }

  get #view(): WizardView {
    return this.#session.view();
  }

  async #actions(step: number, title: string, placeholder: string, items: readonly Action[]): Promise<Outcome> {
    const picked = await pick({ title, step, totalSteps: TOTAL, placeholder, items });
    return (await plainOutcome(picked)) ?? 'again';
  }

  async #cluster(role: ClusterRole, step: number): Promise<Outcome> {
    const { sources, targets, sourceId, targetId } = this.#view.endpoints;
    const chosen = role === 'source' ? sourceId : targetId;
    const choose = async (id: string): Promise<Outcome> => {
      await this.#session.dispatch({ type: 'choose-cluster', role, id });
      return 'next';
    };
    const clusters = (role === 'source' ? sources : targets).map((cluster): Action => ({
      label: cluster.name,
      description: cluster.id === chosen ? l10n.t('{0} (chosen)', cluster.detail).trim() : cluster.detail,
      iconPath: new ThemeIcon('database'),
      run: () => choose(cluster.id),
    }));
    const add: Action = {
      label: role === 'source' ? l10n.t('Add Source…') : l10n.t('Add Target…'),
      iconPath: new ThemeIcon('add'),
      run: async () => {
        await this.#session.dispatch({ type: 'add-cluster', role });
        const { endpoints } = this.#view;
        return (role === 'source' ? endpoints.sourceId : endpoints.targetId) === undefined ? 'again' : 'next';
      },
    };
    const title = role === 'source' ? l10n.t('Migrate: Source') : l10n.t('Migrate: Target');
    const question = role === 'source' ? l10n.t('Where is the data?') : l10n.t('Where shall it go?');
    const sorted = [...clusters].sort((a, b) => Number(isChosen(b)) - Number(isChosen(a)));
    return this.#actions(step, title, question, [...sorted, add]);

    function isChosen(item: Action): boolean {
      return item === clusters.find((_, i) => (role === 'source' ? sources : targets)[i]?.id === chosen);
    }
  }

  async #namespaces(step: number): Promise<Outcome> {
    const title = l10n.t('Migrate: Collections');
    await this.#read(() => this.#session.dispatch({ type: 'go', step: 'namespaces' }));
    const { namespaces, problem, nextProblem } = this.#view;
    if (namespaces.rows.length === 0 || (problem && this.#session.state.target === undefined)) {
      const why = problem
        ? [problem.happened, problem.why, problem.todo].join(' ')
        : (nextProblem ?? l10n.t('There is nothing to migrate.'));
      const again: Action = {
        label: l10n.t('Read Again'),
        detail: why,
        iconPath: new ThemeIcon('refresh'),
        run: async () => {
          await this.#read(() => this.#session.dispatch({ type: 'reread' }));
          return 'again';
        },
      };
      return this.#actions(step, title, why, [again]);
    }
    const buttons = rowButtons();
    const items = rowItems(this.#view, buttons);
    const ticked = items.filter(({ row }) => row.selected);
    const placeholder = [nextProblem, namespaces.narrowed, namespaces.selectedText].find((text) => text) ?? '';
    const picked = await pick({ title, step, totalSteps: TOTAL, placeholder, items, ticked });
    if (picked.kind === 'closed') return 'end';
    const chosen = picked.kind === 'picked' ? picked.items : picked.kind === 'button' ? picked.ticked : ticked;
    await selectExactly(this.#session, namespaces.rows, new Set(chosen.map(({ row }) => row.ns)));
    if (picked.kind === 'back') return 'back';
    if (picked.kind === 'button') {
      const { item, button } = picked;
      if (item && button === buttons.shardKey) await askShardKey(this.#session, item.row);
      else if (item && button === buttons.throughput) await askThroughput(this.#session, item.row.ns);
      else if (item) await askName(this.#session, item.row);
      return 'again';
    }
    await this.#session.dispatch({ type: 'go', step: 'findings' });
    return this.#view.step === 'findings' ? 'next' : 'again';
  }

  #findings(step: number): Promise<Outcome> {
    const { summary } = this.#view.findings;
    const items = [this.#next(), ...findingItems(this.#session)];
    return this.#actions(step, l10n.t('Migrate: Findings'), summary, items);
  }

  #method(step: number): Promise<Outcome> {
    const { cards: all, wishes, window: hours, summary, assessed, durationNote } = this.#view.methods;
    // The one that is chosen stands where Enter takes it.
    const ranked = [...all].sort((a, b) => Number(b.chosen) - Number(a.chosen));
    const cards = ranked.map((card): Action => ({
      label: card.name,
      description: [card.recommended ? l10n.t('recommended') : '', card.durationText]
        .filter((text) => text !== '')
        .join(', '),
      detail: [card.costText ?? '', ...card.reasons.map(({ weight, text }) => `${weight} ${text}`)].join(' ').trim(),
      iconPath: new ThemeIcon(card.possible ? 'play' : 'circle-slash'),
      run: async () => {
        if (!card.possible) return 'again';
        await this.#session.dispatch({ type: 'choose-method', id: card.id });
        return 'next';
      },
    }));
    const placeholder = [summary, assessed, durationNote].filter((text) => text !== undefined).join(' ');
    const matters = [...wishes.map((field) => wishAction(this.#session, field)), windowAction(this.#session, hours)];
    return this.#actions(step, l10n.t('Migrate: Method'), placeholder, [...cards, ...matters]);
  }

  async #tuning(step: number): Promise<Outcome> {
    await this.#session.dispatch({ type: 'go', step: 'tuning' });
    const items = [this.#next(), ...tuningItems(this.#session, (work) => this.#read(work))];
    const placeholder = l10n.t('Computed for this target. Choose a number to change it.');
    return this.#actions(step, l10n.t('Migrate: Tuning'), placeholder, items);
  }

  async #review(step: number): Promise<Outcome> {
    await this.#session.dispatch({ type: 'go', step: 'review' });
    const { review, problem, nextProblem } = this.#view;
    const does = (label: string, icon: string, type: 'save-plan' | 'copy-command-lines'): Action => ({
      label,
      iconPath: new ThemeIcon(icon),
      run: async () => {
        await this.#session.dispatch({ type });
        return 'again';
      },
    });
    const start: Action = {
      label: l10n.t('Start the Migration'),
      iconPath: new ThemeIcon('play'),
      ...(review.consentText === undefined ? {} : { detail: review.consentText }),
      run: async () => {
        if (review.needsConsent) await this.#session.dispatch({ type: 'consent', given: true });
        await this.#session.dispatch({ type: 'start' });
        return this.#view.problem ? 'again' : 'end';
      },
    };
    const told = [
      ...review.lines.map(({ label, value }): Action => ({ label, description: value })),
      ...review.actions.map((label): Action => ({ label, iconPath: new ThemeIcon('arrow-right') })),
      ...review.notMigrated.map((left): Action => ({
        label: left.text,
        detail: placesOf(left),
        iconPath: new ThemeIcon('circle-slash'),
      })),
    ];
    const saved = review.savedAs === undefined ? '' : l10n.t('Saved as {0}', review.savedAs);
    const placeholder = problem ? [problem.happened, problem.why].join(' ') : (nextProblem ?? saved);
    const first =
      review.lines.length > 0
        ? [
            start,
            does(l10n.t('Save Plan…'), 'save', 'save-plan'),
            does(l10n.t('Copy Command Lines'), 'copy', 'copy-command-lines'),
          ]
        : [];
    return this.#actions(step, l10n.t('Migrate: Review'), placeholder, [...first, ...told]);
  }

  #next(): Action {
    return { label: l10n.t('Continue'), iconPath: new ThemeIcon('arrow-right'), run: () => Promise.resolve('next') };
  }

  /** With a notification that can be cancelled, for as long as it takes. */
  async #read(work: () => Promise<void>): Promise<void> {
    await window.withProgress(
      { location: ProgressLocation.Notification, title: l10n.t('Preparing a migration'), cancellable: true },
      async (progress, token) => {
        const following = this.#session.onView(({ busy }) => busy && progress.report({ message: unlinked(busy.text) }));
        const cancelling = token.onCancellationRequested(() => void this.#session.dispatch({ type: 'cancel-busy' }));
        try {
          await work();
        } finally {
          following.dispose();
          cancelling.dispose();
        }
      },
    );
  }
}

/** What matters to somebody, with what it is for. */
function wishAction(session: WizardSession, field: WishField): Action {
  const action = choiceAction(session, field.label, field, (value) => ({ type: 'set-wish', id: field.id, value }));
  return { ...action, label: `${field.label}: ${action.detail ?? ''}`, detail: field.explanation };
}

async function plainOutcome(picked: Picked<Action>): Promise<Outcome | undefined> {
  switch (picked.kind) {
    case 'back':
      return 'back';
    case 'closed':
      return 'end';
    case 'button':
      return undefined;
    case 'picked':
      return picked.items[0]?.run?.();
  }
}
