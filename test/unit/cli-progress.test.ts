import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assessProgress } from '../../src/cli/assess-progress.js';
import type { CommandContext } from '../../src/cli/context.js';
import { bar, percent, progressBlock, progressLine } from '../../src/cli/display/progress-lines.js';
import { RunDisplay } from '../../src/cli/display/run-display.js';
import { Output } from '../../src/cli/output.js';
import { displayWidth } from '../../src/cli/table.js';
import { parseNamespace } from '../../src/core/model/namespace.js';
import type { Plan } from '../../src/core/model/plan.js';
import type { RunEvent } from '../../src/engine/run-context.js';
import type { RelayedCounts } from '../../src/engine/native-ports.js';
import { STEP_LINE } from '../../src/engine/remote-ports.js';
import { RunProgress } from '../../src/engine/progress/run-progress.js';

const NS = 'shop.orders';

function aPlan(documents = 10_000): Plan {
  const planned = { source: parseNamespace(NS), target: parseNamespace(NS), documents, options: {}, indexes: [] };
  return { collections: [planned] } as unknown as Plan;
}

function counts(acknowledged: number, more: Partial<RelayedCounts> = {}): RunEvent {
  const zero = { alreadyThere: 0, conflicts: 0, deadLettered: 0, failed: 0, throttledOperations: 0 };
  const own = { ns: parseNamespace(NS), acknowledged, sentOperations: acknowledged, bytes: acknowledged * 100 };
  return { kind: 'copy-progress', counts: [{ ...zero, ...own, requestUnits: acknowledged * 5, ...more }] };
}

class FakeTime {
  ms = 1_000_000;
  now = (): number => this.ms;
  sleep = (): Promise<void> => Promise.resolve();
}

function progressOf(plan: Plan, time: FakeTime): RunProgress {
  return new RunProgress({ plan, runId: '20261123T204512Z-1a2b3c4d', startedAt: time.ms }, time.now);
}

function display(time: FakeTime, options: { json?: boolean; isTTY?: boolean; isStopping?: () => boolean } = {}) {
  const written = { out: '', err: '' };
  const stream = (to: 'out' | 'err') => ({
    isTTY: options.isTTY ?? false,
    columns: 100,
    write: (text: string) => void (written[to] += text),
  });
  const output = new Output(stream('out'), stream('err'), options.json ?? false);
  const audience = { programs: true, ...(options.isStopping ? { isStopping: options.isStopping } : {}) };
  return { written, shown: new RunDisplay(progressOf(aPlan(), time), output, time, audience) };
}

describe('progress', () => {
  it('tells rate, time left, request units against what is provisioned, throttles and dead letters', () => {
    const time = new FakeTime();
    const progress = progressOf(aPlan(), time);
    progress.onEvent({ kind: 'state', state: 'copying' });
    for (let second = 1; second <= 5; second++) {
      time.ms += 1000;
      progress.onEvent(counts(second * 1000, { throttledOperations: 7, deadLettered: 2 }));
    }
    const line = progressLine(progress.snapshot(new Map([[NS, 6000]])));
    expect(line).toBe(
      'Copying: 50 %, 5,002 of 10,000 documents, 1,000/s, 5 s left; 5,000 of 6,000 RU/s, 7 throttled and sent again, 2 dead letters, 0 of 1 collection done',
    );
  });

  it('shows what a system elsewhere is about to make and leaves standing, also while it is being stopped, and not each state', () => {
    const time = new FakeTime();
    const { written, shown } = display(time, { isStopping: () => true });
    const line = (kind: string, text: string) =>
      shown.onEvent({ kind: 'tool-line', line: { tool: 'dms', kind, text } });
    line(STEP_LINE, 'create /subscriptions/s/x');
    line('status', 'migrate: Running');
    line('warning', 'the connection was closed');
    line(STEP_LINE, '/subscriptions/s/x stays, and costs as long as it is there');
    expect(written.out + written.err).toContain('dms: create /subscriptions/s/x');
    expect(written.out + written.err).toContain('costs as long as it is there');
    expect(written.out + written.err).not.toMatch(/Running|closed/);
  });

  it('counts a shared throughput once for a database', () => {
    const time = new FakeTime();
    const progress = progressOf(aPlan(), time);
    progress.onEvent({ kind: 'state', state: 'copying' });
    progress.onEvent(counts(10));
    expect(progress.snapshot(new Map([['shop.', 4000]])).provisioned).toBe(4000);
  });

  it('says that what is there is only looked at again, and how much of it', () => {
    const snapshot = { ...progressOf(aPlan(), new FakeTime()).snapshot(new Map()), state: 'copying' as const };
    const checking = { ...snapshot, done: 600, planned: 1_000, rechecked: { done: 150, of: 600 } };
    expect(progressLine(checking)).toMatch(
      /^Checking: 60 %, 600 of 1,000 documents, .*150 of 600 there already looked/,
    );
    const block = progressBlock(checking, 120).join('\n');
    expect(block).toMatch(/^Checking .* 60 %/);
    expect(block).toContain('150 of 600 there already looked at again');
  });

  it('is the mean of both sides while verifying', () => {
    const progress = progressOf(aPlan(), new FakeTime());
    progress.onEvent({ kind: 'state', state: 'verifying' });
    progress.onEvent({ kind: 'verification-progress', ns: NS, side: 'source', documents: 10_000, bytes: 1 });
    expect(progress.snapshot(new Map())).toMatchObject({
      done: 5_000,
      collections: [{ compared: 5_000, verified: 'running' }],
    });
  });

  it('tells the first refused documents one by one, and that there are more', () => {
    const { written, shown } = display(new FakeTime());
    for (let i = 1; i <= 1000; i++) {
      const line = { tool: 'mongorestore', kind: 'document-error', class: 'duplicate', text: `refused ${i}` };
      shown.onEvent({ kind: 'tool-line', line } as unknown as RunEvent);
    }
    const lines = (written.out + written.err).trimEnd().split('\n');
    expect(lines).toHaveLength(6);
    expect(lines[4]).toBe('  mongorestore: refused 5');
    expect(lines[5]).toContain('more documents were refused');
  });

  it('says 100 % only when all is done', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1 }), (done, of) => {
        expect(percent(done, of) === '100 %').toBe(done >= of);
        expect(bar(done, of, 20)).toHaveLength(20);
      }),
    );
  });

  it('keeps every line of the block within the terminal', () => {
    const time = new FakeTime();
    const progress = progressOf(aPlan(1e9), time);
    progress.onEvent({ kind: 'state', state: 'copying' });
    time.ms += 1000;
    progress.onEvent(counts(123_456_789, { throttledOperations: 1e9 }));
    for (const width of [60, 80, 120]) {
      for (const line of progressBlock(progress.snapshot(new Map([[NS, 1e6]])), width)) {
        expect(displayWidth(line)).toBeLessThan(width);
      }
    }
  });
});

describe('the display of a run', () => {
  it('writes plain lines at most once in 5 seconds where there is no terminal', () => {
    const time = new FakeTime();
    const { written, shown } = display(time);
    shown.start(() => new Map());
    shown.onEvent({ kind: 'state', state: 'copying' });
    for (let i = 1; i <= 120; i++) {
      time.ms += 500;
      shown.onEvent(counts(i * 10));
    }
    shown.stop();
    const lines = written.out.split('\n').filter((line) => line.startsWith('Copying:'));
    expect(lines).toHaveLength(12);
    expect(written.out).not.toContain('\x1b');
  });

  it('writes one line of JSON per event for programs, sums no more than twice a second', () => {
    const time = new FakeTime();
    const { written, shown } = display(time, { json: true });
    shown.start(() => new Map());
    shown.onEvent({ kind: 'state', state: 'verifying' });
    for (let i = 0; i < 1000; i++) {
      time.ms += 1;
      shown.onEvent({ kind: 'verification-progress', ns: NS, side: 'target', documents: 1, bytes: 1 });
    }
    shown.stop();
    const events = written.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string });
    expect(events[0]).toEqual({ event: 'state', state: 'verifying' });
    expect(events.filter((e) => e.event === 'progress').length).toBeLessThanOrEqual(3);
  });

  it('draws over itself on a terminal, puts lines that stay above the block and leaves nothing behind', () => {
    const time = new FakeTime();
    const { written, shown } = display(time, { isTTY: true });
    shown.start(() => new Map());
    shown.onEvent({ kind: 'state', state: 'copying' });
    shown.onEvent({ kind: 'command', display: 'mongodump --archive' });
    shown.note('Stopping');
    shown.stop();
    expect(screen(written.out)).toEqual(['Copying ...', '  $ mongodump --archive', 'Stopping', '']);
  });
});

/** What a terminal shows after these bytes: only the two sequences that the block uses. */
function screen(text: string): string[] {
  let lines = [''];
  // eslint-disable-next-line no-control-regex
  for (const part of text.split(/(\x1b\[\d+A\x1b\[0J)/)) {
    // eslint-disable-next-line no-control-regex
    const up = /^\x1b\[(\d+)A/.exec(part)?.[1];
    if (up !== undefined) lines = [...lines.slice(0, lines.length - 1 - Number(up)), ''];
    else {
      const [first = '', ...rest] = part.split('\n');
      lines = [...lines.slice(0, -1), `${lines.at(-1) ?? ''}${first}`, ...rest];
    }
  }
  return lines;
}

describe('a word on the reading of a source', () => {
  it('tells every few seconds how far it is, of the time that it is watched for in seconds', () => {
    const clock = new FakeTime();
    const notes: string[] = [];
    const told = assessProgress({
      clock,
      output: { note: (note: string) => notes.push(note) },
    } as unknown as CommandContext);
    for (let done = 1; done <= 12; done++) {
      clock.ms += 1_000;
      told({ phase: 'watch', done, total: 12 });
    }
    clock.ms += 5_000;
    told({ phase: 'scan', done: 1, total: 2_000, ns: parseNamespace(NS) });
    expect(notes).toEqual([
      'watching how busy it is: 5 of 12 seconds',
      'watching how busy it is: 10 of 12 seconds',
      'looking at documents: 1 of 2,000 collections (shop.orders)',
    ]);
  });
});
