import { describe, expect, it } from 'vitest';
import { Attendance } from '../../src/cli/attendance.js';
import { terminalKeys, untilKey } from '../../src/cli/keys.js';

function attend(attended = true) {
  const ctrlC = new AbortController();
  const said: string[] = [];
  const attendance = new Attendance({ attended, interrupted: ctrlC.signal, say: (line) => said.push(line) });
  return { attendance, said, ctrlC, signal: attendance.begin() };
}

describe('attendance of a run', () => {
  it('pauses by a key or a request, with the reason in the signal', () => {
    for (const pause of [(a: Attendance) => a.onKey('p'), (a: Attendance) => a.onRequest('pause')]) {
      const { attendance, signal } = attend();
      pause(attendance);
      expect(signal.reason).toBe('paused');
      expect(attendance.isStopping()).toBe(true);
    }
  });

  it('cancels by a key only after a yes', () => {
    const { attendance, signal, said } = attend();
    attendance.onKey('c');
    expect(attendance.keysLine()).toContain('[y/N]');
    attendance.onKey('p');
    expect(signal.aborted).toBe(false);
    expect(said.at(-1)).toBe('Not cancelled.');
    attendance.onKey('c');
    attendance.onKey('Y');
    expect(signal.reason).toBe('cancelled');
  });

  it('hands on that what is waited for is done, after a yes, and only while something waits', () => {
    const proceeded: string[] = [];
    const said: string[] = [];
    const attendance = new Attendance({
      attended: true,
      interrupted: new AbortController().signal,
      say: (line) => said.push(line),
      onProceed: (what) => proceeded.push(what),
    });
    attendance.begin();
    attendance.onKey('d');
    attendance.onKey('y');
    expect([said, proceeded]).toEqual([[], []]);
    attendance.onAwaits('studio-3t-done');
    expect(attendance.keysLine()).toContain('d done');
    attendance.onKey('d');
    expect(attendance.keysLine()).toContain('Studio 3T');
    attendance.onKey('n');
    expect(said.at(-1)).toBe('It goes on waiting.');
    attendance.onKey('d');
    attendance.onAwaits('cut-over');
    attendance.onKey('y');
    expect(proceeded).toEqual([]);
    attendance.onKey('d');
    attendance.onKey('y');
    expect(proceeded).toEqual(['cut-over']);
    attendance.onAwaits(undefined);
    expect(attendance.keysLine()).not.toContain('cut over');
  });

  it('asks nobody where a request says cancel: whoever sent it has asked', () => {
    const { attendance, signal } = attend();
    attendance.onRequest('cancel');
    expect(signal.reason).toBe('cancelled');
  });

  it('waits after a pause for going on, cancelling or leaving', async () => {
    for (const [key, wish] of [
      ['r', 'resume'],
      ['q', 'leave'],
    ] as const) {
      const { attendance } = attend();
      attendance.onKey('p');
      const next = attendance.afterPause();
      attendance.onKey('p');
      attendance.onKey('x');
      attendance.onKey(key);
      expect(await next).toBe(wish);
    }
    const { attendance } = attend();
    const next = attendance.afterPause();
    attendance.onKey('c');
    attendance.onKey('y');
    expect(await next).toBe('cancel');
  });

  it('takes the last word of those that come while the work is still stopping', async () => {
    const { attendance, signal } = attend();
    attendance.onRequest('pause');
    attendance.onRequest('resume');
    expect(signal.reason).toBe('paused');
    expect(await attendance.afterPause()).toBe('resume');
    expect(attendance.begin().aborted).toBe(false);
    attendance.onRequest('pause');
    attendance.onRequest('cancel');
    expect(await attendance.afterPause()).toBe('cancel');
  });

  it('leaves at once where nobody attends, or at Ctrl-C', async () => {
    expect(await attend(false).attendance.afterPause()).toBe('leave');
    const { attendance, ctrlC, signal } = attend();
    const next = attendance.afterPause();
    ctrlC.abort('stopped');
    expect(await next).toBe('leave');
    expect(signal.reason).toBe('stopped');
  });

  it('takes no keys where nobody attends', () => {
    const { attendance, signal } = attend(false);
    attendance.onKey('p');
    expect(signal.aborted).toBe(false);
    expect(attendance.keysLine()).toBeUndefined();
  });
});

class FakeTerminal {
  isTTY = true;
  raw: boolean[] = [];
  listeners = new Map<string, ((data: Buffer | string) => void)[]>();
  setRawMode(mode: boolean): void {
    this.raw.push(mode);
  }
  on(event: string, listener: (data: Buffer | string) => void): this {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
    return this;
  }
  once = (event: string, listener: () => void): this => this.on(event, listener);
  off(event: string, listener: (data: Buffer | string) => void): this {
    this.listeners.set(
      event,
      (this.listeners.get(event) ?? []).filter((l) => l !== listener),
    );
    return this;
  }
  resume(): void {}
  pause(): void {}
  type(text: string): void {
    for (const listener of this.listeners.get('data') ?? []) listener(Buffer.from(text));
  }
  gone(): void {
    for (const listener of this.listeners.get('end') ?? []) listener('');
  }
}

describe('keys of a terminal', () => {
  it('come one by one, Ctrl-C means what it means everywhere, and the terminal is left as it was', () => {
    const terminal = new FakeTerminal();
    let interrupts = 0;
    const keys: string[] = [];
    const listening = terminalKeys(terminal, () => interrupts++).listen((key) => keys.push(key));
    terminal.type('pc');
    terminal.type('\x03');
    listening.stop();
    terminal.type('r');
    expect(keys).toEqual(['p', 'c']);
    expect(interrupts).toBe(1);
    expect(terminal.raw).toEqual([true, false]);
  });

  it('end a wait for any of them, Ctrl-C and a terminal that is gone as well', async () => {
    for (const press of [
      (t: FakeTerminal) => t.type('x'),
      (t: FakeTerminal) => t.type('\x03'),
      (t: FakeTerminal) => t.gone(),
    ]) {
      const terminal = new FakeTerminal();
      const waiting = untilKey(terminal as unknown as Parameters<typeof untilKey>[0]);
      press(terminal);
      await waiting;
      expect(terminal.raw).toEqual([true, false]);
    }
  });
});
