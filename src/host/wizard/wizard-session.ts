import { MigrationError } from '../../core/model/error.js';
import { neededTools } from '../../core/plan/needed-tools.js';
import { errorWords } from '../../words/errors.js';
import type { WizardIntent, WizardView } from '../../protocol/wizard.js';
import { ClusterReads } from './cluster-reads.js';
import { rememberedBy } from './model/remember.js';
import { reduce, type WizardEvent } from './model/reduce.js';
import { fingerprint } from './model/selection.js';
import type { Problem, WizardState } from './model/wizard-state.js';
import { planOf, type Derived } from './model/derive.js';
import { SingleFlight, type Activity } from './single-flight.js';
import { createViewer } from './view/view-of.js';
import type { WizardModel } from './view/wizard-model.js';
import type { CommandLines, WizardPorts } from './wizard-ports.js';

/** One wizard at work: its state, and what is done in the world for it. One thing at a time; nothing that fails or is cancelled loses what was chosen. */
export class WizardSession {
  readonly #ports: WizardPorts;
  readonly #viewer = createViewer();
  readonly #flight: SingleFlight;
  readonly #reads: ClusterReads;
  readonly #reference: WizardModel['reference'];
  readonly #listeners = new Set<(view: WizardView) => void>();
  #state: WizardState;
  #revision = 0;
  #scheduled = false;
  #disposed = false;
  #commandLines: CommandLines | undefined;
  readonly #linesOf = rememberedBy(
    (model: {
      plan: NonNullable<Derived['plan']>;
      make: CommandLines;
      inventory: NonNullable<WizardState['source']>;
    }) => [model.plan, model.make, model.inventory],
    ({ plan, make, inventory }) => make(plan, inventory.inventory),
  );

  constructor(ports: WizardPorts, state: WizardState) {
    this.#ports = ports;
    this.#state = state;
    this.#flight = new SingleFlight({
      changed: () => this.#changed(),
      failed: (error) => {
        ports.log(error);
        this.#apply({ type: 'failed', problem: problemOf(error) });
      },
    });
    this.#reference = (id) => ports.reference(id);
    this.#reads = new ClusterReads({
      ports,
      state: () => this.#state,
      derive: () => this.derive(),
      apply: (event) => this.#apply(event),
      run: (what, work) => this.#run(what, work),
      changed: () => this.#changed(),
      loadCommandLines: () => this.#loadCommandLines(),
    });
  }

  get state(): WizardState {
    return this.#state;
  }

  onView(listener: (view: WizardView) => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  view(): WizardView {
    return this.#viewer.view(this.#model());
  }

  derive(): Derived {
    return this.#viewer.derive(this.#model());
  }

  /** Does what an intent asks for; resolves when that has ended, one way or the other. */
  async dispatch(intent: WizardIntent): Promise<void> {
    if (this.#disposed) return;
    switch (intent.type) {
      case 'cancel-busy':
        this.#flight.abort();
        return;
      case 'ready':
        this.#changed();
        return this.#readIfNeeded();
      case 'go':
        return this.#go(intent);
      case 'choose-cluster':
        return this.#chooseCluster(intent.role, intent.id);
      case 'add-cluster': {
        const id = await this.#flight.guarded(() => this.#ports.addCluster(intent.role));
        return id === undefined ? undefined : this.#chooseCluster(intent.role, id);
      }
      case 'reread':
        await this.#reads.clusters({ force: true });
        return this.#reads.given();
      case 'read-all':
        return this.#reads.clusters({ force: true, whole: true });
      case 'measure-charge':
        return this.#measure();
      case 'try-copy':
        return this.#try();
      case 'set-tuning':
        this.#apply(intent);
        return intent.field === 'raiseRuPerSecond' ? this.#reads.given() : undefined;
      case 'save-plan':
        return this.#save();
      case 'copy-command-lines':
        return this.#copy();
      case 'start':
        return this.#start();
      case 'assess':
        return this.#assess();
      case 'open-link':
        return this.#flight.guarded(() => this.#ports.openLink(intent.url));
      default:
        this.#apply(intent);
    }
  }

  /** After clusters were added, edited or removed, or settings changed. */
  surroundingsChanged(): void {
    const profiles = new Map(this.#ports.clusters().map((profile) => [profile.id, profile]));
    for (const id of [this.#state.sourceId, this.#state.targetId]) {
      if (id !== undefined && !profiles.has(id)) this.#apply({ type: 'cluster-gone', id });
    }
    for (const reading of [this.#state.source, this.#state.target]) {
      const profile = reading && profiles.get(reading.clusterId);
      if (profile && profile.uri !== reading.uri) this.#apply({ type: 'cluster-moved', id: profile.id });
    }
    this.#changed();
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    return this.#flight.idle();
  }

  dispose(): void {
    this.#disposed = true;
    this.#flight.close();
    this.#listeners.clear();
  }

  #model(): WizardModel {
    const { source, sourceId } = this.#state;
    const make = this.#commandLines;
    const activity = this.#flight.current;
    return {
      state: this.#state,
      revision: this.#revision,
      settings: this.#ports.settings(),
      clusters: this.#ports.clusters(),
      reference: this.#reference,
      t: this.#ports.t,
      assessment: sourceId === undefined ? undefined : this.#ports.assessment(sourceId),
      prices: this.#ports.prices(() => this.#changed()),
      ...(activity
        ? { busy: { text: activity.text, cancellable: activity.cancellable, ...(activity.progress ?? {}) } }
        : {}),
      ...(make && source ? { commandLines: (plan) => this.#linesOf({ plan, make, inventory: source }) } : {}),
    };
  }

  #apply(event: WizardIntent | WizardEvent): void {
    const next = reduce(this.#state, event);
    if (next === this.#state || this.#disposed) return;
    this.#state = next;
    this.#ports.remember(next);
    this.#changed();
  }

  /** Tells of all changes of one turn at once. */
  #changed(): void {
    if (this.#scheduled || this.#disposed) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      if (this.#disposed || this.#listeners.size === 0) return;
      this.#revision += 1;
      const view = this.view();
      for (const listener of this.#listeners) listener(view);
    });
  }

  async #go(intent: Extract<WizardIntent, { type: 'go' }>): Promise<void> {
    if (!this.view().reachable.includes(intent.step)) return;
    this.#apply({ type: 'problem-over' });
    this.#apply(intent);
    await this.#readIfNeeded();
  }

  async #chooseCluster(role: 'source' | 'target', id: string): Promise<void> {
    const profile = this.#ports.clusters().find((one) => one.id === id);
    if (profile?.role !== role) return;
    const before = role === 'source' ? this.#state.sourceId : this.#state.targetId;
    if (before === id) return;
    // What is being read is of the cluster that was there.
    this.#flight.abort();
    this.#apply({ type: 'choose-cluster', role, id });
    if (role === 'target') this.#ports.targetChosen(id);
    await this.#readIfNeeded();
  }

  /** Nothing is connected to before the user has left the first step. */
  async #readIfNeeded(): Promise<void> {
    const { step, sourceId } = this.#state;
    if (step === 'endpoints') return;
    // Not waited for: what it tells comes to what is shown when it is there.
    if (sourceId !== undefined) void this.#loadAssessment(sourceId);
    await this.#reads.clusters({});
    await this.#reads.given();
  }

  async #loadCommandLines(): Promise<void> {
    if (this.#commandLines) return;
    this.#commandLines = await this.#ports.commandLines();
    this.#changed();
  }

  #run(
    what: Pick<Activity, 'kind' | 'text' | 'cancellable'>,
    work: (activity: Activity) => Promise<void>,
  ): Promise<void> {
    return this.#flight.run(what, (activity) => {
      this.#apply({ type: 'problem-over' });
      return work(activity);
    });
  }

  async #measure(): Promise<void> {
    if (!this.view().tuning.canMeasure || !(await this.#flight.guarded(() => this.#ports.mayMeasure()))) return;
    await this.#run(
      { kind: 'measure', text: this.#ports.t('Measuring what an insert costs'), cancellable: true },
      async ({ signal }) => {
        const { sourceId, targetId, source, selected } = this.#state;
        const { selection } = this.derive();
        if (sourceId === undefined || targetId === undefined || !source || !selection || !selected) return;
        const request = { sourceId, targetId, inventory: source.inventory, selection };
        const measured = await this.#ports.measureCharge(request, signal);
        if (measured) this.#apply({ type: 'measured', measured: { ...measured, of: fingerprint(selected) } });
      },
    );
  }

  async #try(): Promise<void> {
    if (!this.view().tuning.canTry) return;
    const how = await this.#flight.guarded(() => this.#ports.mayTry());
    if (how === undefined) return;
    await this.#run(
      { kind: 'try', text: this.#ports.t('Trying a direct copy for 5 seconds'), cancellable: true },
      async ({ signal }) => {
        const { sourceId, targetId, source, selected, readPreference } = this.#state;
        const { selection } = this.derive();
        if (sourceId === undefined || targetId === undefined || !source || !selection || !selected) return;
        const request = { sourceId, inventory: source.inventory, selection, readPreference };
        const trial = await this.#ports.tryCopy(how === 'copy' ? { ...request, targetId } : request, signal);
        if (trial) this.#apply({ type: 'tried', tried: { trial, of: fingerprint(selected) } });
      },
    );
  }

  async #save(): Promise<void> {
    const draft = this.derive().plan;
    if (!draft) return;
    const what = { kind: 'save', text: this.#ports.t('Saving the plan'), cancellable: false };
    await this.#run(what, async () => {
      const path = await this.#ports.choosePlanPath(`${draft.collections[0]?.source.db ?? 'plan'}.migration.json`);
      if (path === undefined) return;
      const plan = planOf(draft, this.#ports.now());
      await this.#ports.writePlan(path, plan);
      this.#apply({ type: 'saved', path, planId: plan.id });
    });
  }

  async #copy(): Promise<void> {
    const { plan } = this.derive();
    if (!plan) return;
    await this.#run(
      { kind: 'copy', text: this.#ports.t('Copying the command lines'), cancellable: false },
      async () => {
        await this.#loadCommandLines();
        const isOwn = neededTools(plan).length === 0;
        const lines = isOwn ? this.view().tuning.preview : (this.#model().commandLines?.(plan) ?? []);
        await this.#ports.copyText(`${lines.join('\n')}\n`, lines.length, isOwn ? 'own' : 'tools');
      },
    );
  }

  async #loadAssessment(sourceId: string): Promise<void> {
    await this.#flight.guarded(() => this.#ports.loadAssessment(sourceId));
    if (this.#ports.assessment(sourceId)) this.#changed();
  }

  async #assess(): Promise<void> {
    const { sourceId } = this.#state;
    if (sourceId === undefined) return;
    await this.#flight.guarded(() => this.#ports.assess(sourceId));
    this.#changed();
  }

  async #start(): Promise<void> {
    const draft = this.derive().plan;
    if (!draft || this.view().review.needsConsent) return;
    const what = { kind: 'start', text: this.#ports.t('Starting the migration'), cancellable: false };
    await this.#run(what, async () => {
      const plan = planOf(draft, this.#ports.now());
      // What is shown is what is run: a file that was saved may have been edited since.
      const path = await this.#ports.ownPlanPath(plan.id);
      await this.#ports.writePlan(path, plan);
      await this.#ports.start(path);
    });
  }
}

/** Nothing of a foreign error's text, which may hold a secret. */
function problemOf(error: unknown): Problem {
  if (MigrationError.is(error)) return errorWords(error);
  return errorWords({ code: 'internal', facts: { reason: error instanceof Error ? error.name : typeof error } });
}
