/** Pipeline runs: started, written down before their ids are relied on, followed to their end, taken up again. */
import { MigrationError } from '../../core/model/error.js';
import type { DataFactoryHandoff } from '../../core/model/handoff.js';
import type { Clock } from '../../engine/ports.js';
import { notStopped, type RemoteCopyJob } from '../../engine/remote-ports.js';
import type { DataFactoryDesign } from '../../handoff/data-factory/artefacts.js';
import { rangeItem, type RangeItem } from '../../handoff/data-factory/copy-range.js';
import { chunksOf } from '../../handoff/data-factory/templates.js';
import type { RangeLedger, RangeStatus } from './data-factory-ledger.js';
import { DataFactoryService, type PipelineRun, type RunOutcome } from './data-factory-service.js';
import type { ArmClient } from './ports.js';

/** A look costs two or three of the 12,500 reads that ARM allows an hour (azure-data-factory-limits). */
const POLL_MS = 15_000;
/** A run's clock is not this machine's, and what is told comes late. */
const OVERLAP_MS = 10 * 60_000;
/** What activities did is known some time after the run's end. */
const LATE_REPORTS = 4;
/** Ranges that are given to a run as its parameters. No limit is documented; a pipeline may have 200 KB, so this much passes wherever a pipeline does. */
const PARAMETER_BYTES = 100_000;

const RUN = 'pipeline-run ';

export interface RunEnd {
  readonly outcome: RunOutcome;
  readonly message: string;
  /** Whether anything became of any range. */
  readonly isNews: boolean;
}

export interface RunsParts {
  readonly arm: ArmClient;
  readonly handoff: DataFactoryHandoff;
  readonly service: DataFactoryService;
  readonly ledger: RangeLedger;
  readonly job: RemoteCopyJob;
  readonly clock: Clock;
  readonly say: (text: string) => void;
}

export class PipelineRuns {
  readonly #parts: RunsParts;
  #count: number;

  constructor(parts: RunsParts) {
    this.#parts = parts;
    this.#count = Object.keys(parts.job.earlier).filter((what) => what.startsWith(RUN)).length;
  }

  /** Follows what an earlier attempt has started, and learns what became of it meanwhile. Nothing is started. */
  async takeUp(design: DataFactoryDesign): Promise<void> {
    const { service, job, ledger, clock, say } = this.#parts;
    const known = new Set(Object.values(job.earlier).map(({ id }) => id));
    for (const [what, { phase, id }] of Object.entries(job.earlier)) {
      if (!what.startsWith(RUN) || phase === 'ended' || phase === 'removed') continue;
      const pipeline = what.slice(RUN.length).split(' ')[0] ?? '';
      if (!design.pipelines.includes(pipeline)) continue;
      // Cut off before its id was known: a run of this pipeline that nobody has written down is what was started then.
      const since = ledger.startedAt - OVERLAP_MS;
      const found = id === undefined ? await service.runsOf(pipeline, since, clock.now() + OVERLAP_MS) : [id];
      const ids = found.filter((one) => one === id || !known.has(one));
      for (const one of ids) {
        say(`taking up ${pipeline} (run ${one})`);
        await this.#follow(what, one);
      }
      if (ids.length === 0) await job.note({ what, phase: 'ended', outcome: 'NotFound' });
    }
  }

  /** Has the given ranges copied once, pipeline by pipeline. */
  async pass(design: DataFactoryDesign, ranges: readonly RangeStatus[]): Promise<RunEnd> {
    const wanted = new Map(ranges.map((range) => [range.id, range]));
    let last: RunEnd = { outcome: 'Succeeded', message: '', isNews: false };
    let isNews = false;
    for (const chunk of design.chunks) {
      const roots = new Set(chunk.ranges.map(({ id }) => id));
      const own = [...wanted.values()].filter(({ id, root }) => roots.has(root ?? id));
      if (own.length === 0) continue;
      const isWhole = own.length === chunk.ranges.length && own.every(({ root }) => root === undefined);
      // The pipeline has its own ranges as their default.
      const lists: readonly (readonly RangeItem[] | undefined)[] = isWhole
        ? [undefined]
        : chunksOf(own.map(rangeItem), PARAMETER_BYTES);
      for (const list of lists) {
        last = await this.#start(chunk.pipeline, { job: design.job, ...(list ? { ranges: list } : {}) });
        isNews ||= last.isNews;
        // Somebody has stopped it in the factory: nothing else is started then.
        if (last.outcome === 'Cancelled') return { ...last, isNews };
      }
    }
    return { ...last, isNews };
  }

  async #start(pipeline: string, parameters: Readonly<Record<string, unknown>>): Promise<RunEnd> {
    const { service, job, handoff, say } = this.#parts;
    this.#count += 1;
    const what = `${RUN}${pipeline} ${this.#count}`;
    await job.note({ what, phase: 'intent' });
    job.onCommand(`az datafactory pipeline create-run --factory-name ${handoff.factory} --name ${pipeline}`);
    const id = await service.start(pipeline, parameters);
    await job.note({ what, phase: 'started', id });
    say(`${pipeline} runs (${id})`);
    return this.#follow(what, id);
  }

  async #follow(what: string, id: string): Promise<RunEnd> {
    const { service, job, clock } = this.#parts;
    let run: PipelineRun;
    let since = this.#parts.ledger.startedAt - OVERLAP_MS;
    let isNews = false;
    try {
      for (;;) {
        const now = clock.now();
        run = await service.run(id);
        isNews = (await this.#learn(id, since)) || isNews;
        if (run.kind === 'ended') break;
        since = now - OVERLAP_MS;
        await clock.sleep(POLL_MS, job.signal);
      }
      for (let look = 1; look < LATE_REPORTS && !isNews && run.outcome !== 'NotFound'; look += 1) {
        await clock.sleep(POLL_MS, job.signal);
        isNews = (await this.#learn(id, since)) || isNews;
      }
    } catch (error) {
      if (job.signal.aborted) await this.#cancel(what, id);
      throw error;
    }
    await job.note({ what, phase: 'ended', id, outcome: run.outcome });
    return { outcome: run.outcome, message: run.message, isNews };
  }

  async #learn(id: string, since: number): Promise<boolean> {
    const { service, ledger, job, clock } = this.#parts;
    const isNews = ledger.report(await service.reports(id, since, clock.now() + OVERLAP_MS));
    if (isNews) {
      await ledger.save();
      job.onCounts(ledger.counts());
    }
    return isNews;
  }

  /** Paused or cancelled: what is copied keeps its markers. The signal has stopped all else, so this goes past it. @throws NotStopped where Azure does not. */
  async #cancel(what: string, id: string): Promise<void> {
    const { arm, handoff, job, say } = this.#parts;
    try {
      await new DataFactoryService(arm, handoff, undefined).cancel(id);
    } catch (error) {
      if (!MigrationError.is(error)) throw error;
      say(`run ${id} could not be stopped: it may go on in the factory`);
      throw notStopped('pipeline-run-goes-on', id, error);
    }
    await job.note({ what, phase: 'ended', id, outcome: 'Cancelled' });
    say(`run ${id} is cancelled`);
  }
}
