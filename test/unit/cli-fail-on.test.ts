import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../src/cli/fail-on.js';
import { Output } from '../../src/cli/output.js';
import type { Rule } from '../../src/core/assess/rule.js';
import type { Assessment } from '../../src/core/model/assessment.js';
import { GIB } from '../../src/core/model/units.js';
import { assessmentOf, sized } from './assessment-of.js';
import { anIndex } from './core-builders.js';

function ended(assessment: Assessment, failOn?: 'blocker' | 'warning' | 'never'): { code: number; said: string } {
  let said = '';
  const stream = { isTTY: false, columns: 80, write: (text: string) => void (said += text) };
  const silent = { ...stream, write: () => expect.unreachable('stdout belongs to the result') };
  return { code: exitCodeOf(assessment, failOn ? { failOn } : {}, new Output(silent, stream, true)), said };
}

const plain = assessmentOf({});
const blocked = assessmentOf({ collections: [sized(100 * GIB)] });
const warned = assessmentOf({ collections: [sized(GIB, { indexes: [anIndex({ key: [['at', '2d']] })] })] });

describe('--fail-on', () => {
  it('ends with 0 where it was not given, whatever was found', () => {
    for (const assessment of [plain, blocked, warned]) expect(ended(assessment)).toEqual({ code: 0, said: '' });
    expect(ended(blocked, 'never')).toEqual({ code: 0, said: '' });
  });

  it('ends with 6 for what is as bad, and says on which target', () => {
    expect([plain, warned, blocked].map((one) => ended(one, 'blocker').code)).toEqual([0, 0, 6]);
    expect([plain, warned, blocked].map((one) => ended(one, 'warning').code)).toEqual([0, 6, 6]);
    expect(ended(blocked, 'blocker').said).toBe('--fail-on blocker: Cosmos DB (RU): 1 blocker\n');
  });

  it('takes a rule that failed for a blocker: nobody knows then', () => {
    const broken: Rule = {
      id: 'broken',
      severity: 'info',
      remedy: 'nothing-to-do',
      source: '',
      check: () => {
        throw new Error('no such field');
      },
    };
    expect(ended(assessmentOf({}, [broken]), 'blocker')).toMatchObject({
      code: 6,
      said: expect.stringContaining('rules that failed: broken') as string,
    });
  });

  it('takes a target that no method gets to for a blocker', () => {
    const network = { fromHere: false, sourceReachableFromAzure: false };
    const { code, said } = ended(assessmentOf({ wishes: { network } }), 'blocker');
    expect(code).toBe(6);
    expect(said).toContain('no method can do it');
  });
});
