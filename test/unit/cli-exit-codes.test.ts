import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { exitCodeOfError, exitCodeOfVerdict } from '../../src/cli/exit-codes.js';
import { reportFailure } from '../../src/cli/failure.js';
import { Output, type TextStream } from '../../src/cli/output.js';
import { MigrationError } from '../../src/core/model/error.js';
import { ERROR_CODES } from '../../src/words/errors.js';

const stopped = [{ id: 'stopped-by-user', params: {} }];

describe('exit status', () => {
  it.each([
    ['completed', [], 0],
    ['completed-with-findings', [], 3],
    ['failed-resumable', [], 4],
    ['paused', [], 4],
    ['failed-resumable', stopped, 5],
    ['cancelled', stopped, 5],
    ['cancelled', [], 5],
    ['copying', [], 1],
  ] as const)('of a run that ends %s', (state, reasons, code) => {
    expect(exitCodeOfVerdict({ state, reasons })).toBe(code);
  });

  it.each([
    ['bad-connection-string', 2],
    ['bad-namespace', 2],
    ['bad-number', 2],
    ['bad-plan', 2],
    ['bad-option', 2],
    ['secret-unavailable', 2],
    ['source-is-target', 2],
    ['run-not-found', 2],
    ['cancelled', 5],
    ['authentication-failed', 1],
    ['unreachable-host', 1],
    ['tool-missing', 1],
    ['run-locked', 1],
    ['internal', 1],
  ] as const)('of the error %s', (error, code) => {
    expect(exitCodeOfError(new MigrationError(error))).toBe(code);
  });

  it('of a file depends on whether the user named a wrong one or the disk refused', () => {
    expect(exitCodeOfError(new MigrationError('file-failed', { action: 'read', code: 'ENOENT' }))).toBe(2);
    expect(exitCodeOfError(new MigrationError('file-failed', { action: 'append', code: 'ENOSPC' }))).toBe(1);
  });
});

describe('a failure', () => {
  function failed(error: unknown, json = false): { code: number; out: string; err: string } {
    let out = '';
    let err = '';
    const stream = (take: (text: string) => void): TextStream => ({ isTTY: false, columns: 80, write: take });
    const output = new Output(
      stream((t) => (out += t)),
      stream((t) => (err += t)),
      json,
    );
    const code = reportFailure(error, output, {});
    return { code, out, err };
  }

  it.each(ERROR_CODES)('with the code %s is told with what to do, on stderr', (code) => {
    const { out, err } = failed(new MigrationError(code));
    expect(out).toBe('');
    expect(err).toMatch(/^→ \S/m);
    expect(err).not.toMatch(/undefined|\[object/);
  });

  it('that nobody expected says so and how to see more', () => {
    const { code, err } = failed(new TypeError('x is not a function'));
    expect(code).toBe(1);
    expect(err).toContain('x is not a function');
    expect(err).toContain('MCM_DEBUG');
  });

  it('is one JSON document for programs', () => {
    const { code, out } = failed(new MigrationError('bad-number', { name: '--port', value: 'x' }), true);
    const document = JSON.parse(out) as { error: { code: string; todo: string }; exitCode: number };
    expect(document).toMatchObject({ error: { code: 'bad-number' }, exitCode: code });
    expect(document.error.todo).not.toBe('');
  });

  it('that commander has explained is not explained again', () => {
    expect(failed(new CommanderError(1, 'commander.unknownOption', 'x'))).toEqual({ code: 2, out: '', err: '' });
    expect(failed(new CommanderError(0, 'commander.helpDisplayed', 'x')).code).toBe(0);
  });

  it('of a stopped command is no fault', () => {
    expect(failed('stopped').code).toBe(5);
  });
});
