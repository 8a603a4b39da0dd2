import { describe, expect, it } from 'vitest';
import { verificationLines } from '../../src/cli/verification-text.js';
import type { VerificationResult } from '../../src/engine/verify/result.js';

function equal(ns: string, refused = 0): VerificationResult {
  const side = { documents: 2, bytes: 64, digest: 'b3'.repeat(16) };
  const deadLettered = { known: refused, onSource: refused, onTarget: 0 };
  const evidence = {
    means: 'one-pass' as const,
    source: side,
    target: side,
    ranges: 1,
    seconds: 1,
    deadLettered,
    mended: 0,
  };
  return { ns, source: ns, kind: 'equal', evidence };
}

describe('a verification that has ended', () => {
  it('says that all is equal where it is', () => {
    expect(verificationLines([equal('a.b'), equal('a.c')], 100).at(-1)).toBe(
      'All 2 collections are equal, byte for byte.',
    );
    expect(verificationLines([equal('a.b')], 100).at(-1)).toBe('The collection is equal, byte for byte.');
  });

  it('calls no collection equal that dead letters are missing from', () => {
    const lines = verificationLines([equal('a.b'), equal('a.c', 3)], 100);
    expect(lines.find((line) => line.includes('a.c'))).toContain('equal but for 3 dead letters');
    expect(lines.at(-1)).toBe('1 of 2 collections equal, 1 more but for its dead letters.');
  });
});
