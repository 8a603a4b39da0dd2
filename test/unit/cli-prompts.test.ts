import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { watchSignals } from '../../src/cli/interruption.js';
import { terminalPrompts } from '../../src/cli/prompts.js';

function terminal(): { input: PassThrough & { isTTY?: boolean }; shown: () => string; output: PassThrough } {
  const input: PassThrough & { isTTY?: boolean } = new PassThrough();
  input.isTTY = true;
  const output = new PassThrough();
  let text = '';
  output.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { input, output, shown: () => text };
}

const never = new AbortController().signal;

describe('a question for a password', () => {
  it('gives what was typed and shows none of it', async () => {
    const { input, output, shown } = terminal();
    const answer = terminalPrompts(input, output).secret('Password of app?', never);
    for (const key of 's3crét pass') input.write(key);
    input.write('\r');
    expect(await answer).toBe('s3crét pass');
    expect(shown()).toContain('Password of app?');
    expect(shown()).not.toMatch(/s3|pass$/);
  });

  it('ends when the command is stopped', async () => {
    const { input, output } = terminal();
    const stopping = new AbortController();
    const answer = terminalPrompts(input, output).secret('Password?', stopping.signal);
    stopping.abort('stopped');
    await expect(answer).rejects.toThrow();
  });

  it('is not asked where nobody can answer', () => {
    expect(terminalPrompts(new PassThrough(), new PassThrough()).possible).toBe(false);
  });
});

describe('a question for consent', () => {
  it.each([
    ['y', true],
    ['Yes', true],
    ['', false],
    ['n', false],
    ['yeah, why not', false],
  ])('takes %j as %s', async (typed, agreed) => {
    const { input, output } = terminal();
    const answer = terminalPrompts(input, output).confirm('Go on?', never);
    input.write(`${typed}\r`);
    expect(await answer).toBe(agreed);
  });
});

describe('Ctrl-C', () => {
  it('asks the work to end the first time, and ends the process with 130 the second time', () => {
    const signals = new EventEmitter();
    const ended: number[] = [];
    let told = 0;
    const interruption = watchSignals(signals, (code) => ended.push(code));
    interruption.onFirst(() => (told += 1));
    signals.emit('SIGINT');
    expect(interruption.signal.aborted).toBe(true);
    expect({ told, ended }).toEqual({ told: 1, ended: [] });
    signals.emit('SIGINT');
    expect({ told, ended }).toEqual({ told: 1, ended: [130] });
  });

  it('is nobody’s business after the end', () => {
    const signals = new EventEmitter();
    watchSignals(signals, () => undefined).stop();
    expect(signals.listenerCount('SIGINT')).toBe(0);
  });
});
