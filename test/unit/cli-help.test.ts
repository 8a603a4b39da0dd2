import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.js';

const COMMANDS = [
  'accounts',
  'probe',
  'analyze',
  'assess',
  'size',
  'advise',
  'plan',
  'run',
  'handoff',
  'verify',
  'report',
  'relay',
  'runs',
  'tools',
];

/** What a user reads; the program is never run. */
async function help(...args: readonly string[]): Promise<string> {
  let text = '';
  const program = createProgram({
    version: '1.2.3',
    columns: 110,
    context: () => {
      throw new Error('help connects to nothing');
    },
    write: { out: (part) => (text += part), err: (part) => (text += part) },
    onEnd: () => undefined,
  });
  await program.parseAsync([...args], { from: 'user' }).catch((error: { code?: string }) => {
    expect(error.code).toMatch(/help/i);
  });
  return text;
}

describe('help', () => {
  it('teaches the whole migration, how passwords are given and what the exit status means', async () => {
    await expect(await help('--help')).toMatchFileSnapshot('cli-golden/help.txt');
  });

  it.each(COMMANDS)('explains %s with examples', async (command) => {
    const text = await help(command, '--help');
    expect(text).toContain('Examples:');
    expect(text).toContain('--json');
    await expect(text).toMatchFileSnapshot(`cli-golden/help-${command}.txt`);
  });

  it('offers no option that takes a password', async () => {
    for (const command of COMMANDS)
      expect(await help(command, '--help')).not.toMatch(/--[\w-]*password[ =](?!env|file)</);
  });
});
