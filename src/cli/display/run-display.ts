/** Shows a run: a live block on a terminal, lines now and then elsewhere, and lines of JSON on stdout with `--json`. */
import type { RunEvent } from '../../engine/run-context.js';
import type { Clock } from '../../engine/ports.js';
import { STEP_LINE } from '../../engine/remote-ports.js';
import type { RunProgress } from '../../engine/progress/run-progress.js';
import { formatCount, formatCountOf } from '../../words/sizes.js';
import type { Output } from '../output.js';
import { NOTE_EVERY_MS } from '../progress-note.js';
import { shorten } from '../table.js';
import { plural } from '../text-blocks.js';
import { LiveBlock } from './live-block.js';
import { activeCollections, phaseName, progressBlock, progressLine } from './progress-lines.js';

/** Four times a second looks alive and costs nothing. */
const FRAME_MS = 250;
/** What a tool says that a user should see as it happens; its progress is told by the relay's counters. */
const TOLD: ReadonlySet<string> = new Set([STEP_LINE, 'warning', 'failed', 'document-error']);
/** Refused documents told one by one; thousands of them would push everything else off the screen. */
const TOLD_DOCUMENTS = 5;
/** Programs that read events get the sums this often at most. */
const EVENT_EVERY_MS = 500;

export type Budgets = () => ReadonlyMap<string, number>;

export class RunDisplay {
  private readonly block: LiveBlock | undefined;
  private budgets: Budgets = () => new Map();
  private nextLine = 0;
  private toldDocuments = 0;
  private nextEvent = 0;
  private timer: NodeJS.Timeout | undefined;
  private isDrawing = false;

  constructor(
    private readonly progress: RunProgress,
    private readonly output: Output,
    private readonly clock: Clock,
    /** `programs`: whether events go to stdout as lines of JSON, where `--json` asks for it. `keys`: the last line of the block. */
    private readonly audience: {
      readonly programs: boolean;
      readonly keys?: () => string | undefined;
      /** The tools have been told to end: that they complain of it is no news. */
      readonly isStopping?: () => boolean;
    } = {
      programs: true,
    },
  ) {
    this.block = output.people.isTTY ? new LiveBlock(output.people) : undefined;
  }

  start(budgets: Budgets): void {
    this.budgets = budgets;
    this.nextLine = this.clock.now() + NOTE_EVERY_MS;
    this.isDrawing = true;
    if (this.block) this.timer = setInterval(() => this.draw(), FRAME_MS);
  }

  stop(): void {
    clearInterval(this.timer);
    this.isDrawing = false;
    this.block?.clear();
  }

  /** A line that is no event: it must not get between the block and the cursor. */
  note(...lines: readonly string[]): void {
    if (!this.block) this.output.note(...lines);
    else for (const line of lines) this.print(line);
  }

  onEvent(event: RunEvent): void {
    this.progress.onEvent(event);
    if (this.audience.programs) this.tellPrograms(event);
    const line = this.lineToTell(event);
    if (line !== undefined) this.print(line);
    else if (!this.block && this.clock.now() >= this.nextLine) {
      this.print(progressLine(this.progress.snapshot(this.budgets())));
    }
  }

  private lineToTell(event: RunEvent): string | undefined {
    // The result of verification alone is a table of its own.
    if (event.kind === 'verified' && !this.audience.programs) return undefined;
    // Tools that are being ended complain; what stays standing in Azure has to be known all the same.
    const isComplaint = event.kind === 'tool-line' && event.line.kind !== STEP_LINE;
    if (isComplaint && this.audience.isStopping?.()) return undefined;
    if (event.kind !== 'tool-line' || event.line.kind !== 'document-error') return lineFor(event);
    this.toldDocuments += 1;
    if (this.toldDocuments <= TOLD_DOCUMENTS) return lineFor(event);
    return this.toldDocuments === TOLD_DOCUMENTS + 1
      ? '  (more documents were refused: they are counted, not told one by one)'
      : undefined;
  }

  private print(line: string): void {
    this.nextLine = this.clock.now() + NOTE_EVERY_MS;
    if (this.block) {
      this.block.print(this.output.clean(line));
      if (this.isDrawing) this.draw();
    } else this.output.say(line);
  }

  private draw(): void {
    const { columns } = this.output.people;
    const keys = this.audience.keys?.();
    const lines = [
      ...progressBlock(this.progress.snapshot(this.budgets()), columns),
      ...(keys === undefined ? [] : [shorten(keys, columns - 1)]),
    ];
    this.block?.show(lines.map((line) => this.output.clean(line)));
  }

  private tellPrograms(event: RunEvent): void {
    switch (event.kind) {
      case 'copy-progress':
      case 'verification-progress': {
        if (this.clock.now() < this.nextEvent) return;
        this.nextEvent = this.clock.now() + EVENT_EVERY_MS;
        const snapshot = this.progress.snapshot(this.budgets());
        // Charts and command lines are for pages; a program that reads events has both as they come.
        const sums = {
          ...snapshot,
          collections: snapshot.collections.length,
          rates: undefined,
          commandLines: undefined,
        };
        this.output.event({ event: 'progress', ...wholeNumbers(sums), active: activeCollections(snapshot) });
        return;
      }
      case 'tool-line':
        if (TOLD.has(event.line.kind)) this.output.event({ event: event.kind, ...event.line });
        return;
      case 'scope':
      case 'limited':
        return;
      default: {
        const { kind, ...rest } = event;
        this.output.event({ event: kind, ...rest });
      }
    }
  }
}

function wholeNumbers(sums: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(sums).map(([k, v]) => [k, typeof v === 'number' ? Math.round(v) : v]));
}

/** The line that a person should see for an event, where there is one. */
function lineFor(event: RunEvent): string | undefined {
  switch (event.kind) {
    case 'state':
      return event.state in PHASES ? `${phaseName(event.state)} ...` : undefined;
    case 'prepared': {
      const created = event.prepared.filter((p) => p.outcome.kind === 'created').length;
      const existed = event.prepared.filter((p) => p.outcome.kind === 'existed').length;
      const failed = event.prepared.filter((p) => p.outcome.kind === 'failed').length;
      const parts = [
        ...(created > 0 ? [`${formatCount(created)} ${plural(created, 'collection')} created`] : []),
        ...(existed > 0 ? [`${formatCount(existed)} there already`] : []),
        ...(failed > 0 ? [`${formatCount(failed)} could not be created`] : []),
      ];
      return parts.length === 0 ? undefined : `  ${parts.join(', ')}`;
    }
    case 'command':
      return `  $ ${event.display}`;
    case 'tool-line':
      return TOLD.has(event.line.kind) ? `  ${event.line.tool}: ${event.line.text}` : undefined;
    case 'index':
      return event.report.outcome.kind === 'failed'
        ? `  index ${event.report.index} of ${event.report.ns} failed: ${event.report.outcome.message}`
        : undefined;
    case 'verified':
      return event.result.kind === 'equal' ? undefined : `  ${event.result.ns}: ${event.result.kind}`;
    case 'dead-letters-retried': {
      const { arrived, alreadyThere, refused } = event.retry;
      const parts = [
        `${formatCount(arrived)} arrived`,
        ...(alreadyThere > 0 ? [`${formatCount(alreadyThere)} there already`] : []),
        `${formatCount(refused)} still refused`,
      ];
      return `  dead letters of ${event.ns}: ${parts.join(', ')}`;
    }
    case 'scope':
      return event.proven === undefined
        ? undefined
        : `  ${formatCountOf(event.proven, 'collection')} proven by an earlier attempt: left alone (--verify-all compares everything again)`;
    case 'copy-progress':
    case 'ranges':
    case 'verification-progress':
    case 'limited':
    case 'awaits':
    case 'verdict':
      return undefined;
  }
}

const PHASES: Readonly<Record<string, true>> = { preparing: true, copying: true, indexing: true, verifying: true };
