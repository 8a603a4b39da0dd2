import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Output, type TextStream } from '../../src/cli/output.js';

function recorder(): TextStream & { text: string } {
  return {
    isTTY: false,
    columns: 80,
    text: '',
    write(part) {
      this.text += part;
    },
  };
}

function outputs(json: boolean) {
  const stdout = recorder();
  const stderr = recorder();
  return { stdout, stderr, output: new Output(stdout, stderr, json) };
}

describe('output', () => {
  it('never lets a protected secret through, whatever is around it and however it is printed', () => {
    const secrets = fc
      .string({ minLength: 4, maxLength: 30, unit: 'grapheme' })
      .filter((s) => !'***'.includes(s.trim()));
    fc.assert(
      fc.property(secrets, fc.string(), fc.string(), fc.boolean(), (secret, before, after, json) => {
        const { stdout, stderr, output } = outputs(json);
        output.protect([secret]);
        // What is around it may repeat a part of it; only whole appearances count.
        const around = `${before}\u0000${secret}\u0000${after}`;
        output.say(around);
        output.note(around);
        output.raw(around);
        output.data({ a: [around] });
        output.event({ a: { b: around } });
        for (const text of [stdout.text, stderr.text]) {
          expect(text).not.toContain(`\u0000${secret}\u0000`);
          expect(text).not.toContain(JSON.stringify(`\u0000${secret}\u0000`).slice(1, -1));
        }
      }),
    );
  });

  it('hides the password of a connection string that nobody protected, and keeps the address usable without one', () => {
    const { stdout, output } = outputs(false);
    output.say('mongodb://app:hunter22@h.example/', 'mongodb+srv://app@h.example/?tls=true', 'mongodb://h.example:1/');
    expect(stdout.text).toBe(
      'mongodb://app:***@h.example/\nmongodb+srv://app@h.example/?tls=true\nmongodb://h.example:1/\n',
    );
  });

  it('gives stdout to programs alone when they asked for it', () => {
    const { stdout, stderr, output } = outputs(true);
    output.say('for people');
    output.note('for people');
    output.data({ answer: 42 });
    expect(JSON.parse(stdout.text)).toEqual({ answer: 42 });
    expect(stderr.text).toBe('for people\nfor people\n');
  });

  it('prints no data and no events where nobody asked for JSON', () => {
    const { stdout, stderr, output } = outputs(false);
    output.data({ answer: 42 });
    output.event({ answer: 42 });
    expect(stdout.text + stderr.text).toBe('');
  });
});
