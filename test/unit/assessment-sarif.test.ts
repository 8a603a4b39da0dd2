import { describe, expect, it } from 'vitest';
import { makeAssessment } from '../../src/core/assess/make-assessment.js';
import { assessmentSarif } from '../../src/words/assessment-sarif.js';
import { demoInput } from './assessment-facts.js';

/** As much of SARIF 2.1.0 as is written. */
interface Sarif {
  readonly $schema: string;
  readonly version: string;
  readonly runs: readonly {
    readonly tool: {
      readonly driver: {
        readonly name: string;
        readonly version: string;
        readonly rules: readonly {
          readonly id: string;
          readonly help?: { readonly text: string };
          readonly helpUri?: string;
          readonly defaultConfiguration?: { readonly level: string };
        }[];
      };
    };
    readonly automationDetails: { readonly id: string };
    readonly invocations: readonly { readonly executionSuccessful: boolean; readonly endTimeUtc: string }[];
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly message: { readonly text: string };
      readonly locations: readonly {
        readonly logicalLocations: readonly { readonly fullyQualifiedName: string; readonly kind: string }[];
      }[];
      readonly partialFingerprints: Readonly<Record<string, string>>;
    }[];
  }[];
}

const made = makeAssessment(demoInput());
const sarif = JSON.parse(JSON.stringify(assessmentSarif(made, '1.2.3'))) as Sarif;

/** Source of the constraints: docs.oasis-open.org/sarif/sarif/v2.1.0/ (3.13, 3.14, 3.19, 3.27, 3.49). */
describe('SARIF', () => {
  it('is of version 2.1.0, one run for each target, of a tool with a name', () => {
    expect(sarif.version).toBe('2.1.0');
    expect(sarif.$schema).toMatch(/sarif.*2\.1\.0/);
    expect(sarif.runs.map(({ automationDetails }) => automationDetails.id)).toEqual([
      'assessment/cosmos-ru',
      'assessment/cosmos-vcore',
    ]);
    for (const { tool, invocations } of sarif.runs) {
      expect(tool.driver.name).toMatch(/\S/);
      expect(invocations).toMatchObject([{ executionSuccessful: true }]);
      expect(Date.parse(invocations[0]?.endTimeUtc ?? '')).not.toBeNaN();
    }
  });

  it('has a result for every finding, of a rule that is there, with a level, a text and a place', () => {
    for (const [i, { tool, results }] of sarif.runs.entries()) {
      const rules = tool.driver.rules;
      expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
      expect(results).toHaveLength(made.targets[i]?.findings.length ?? -1);
      for (const result of results) {
        const rule = rules[result.ruleIndex];
        expect(rule?.id).toBe(result.ruleId);
        expect(rule?.help?.text).toMatch(/\.$/);
        if (rule?.helpUri !== undefined) expect(() => new URL(rule.helpUri ?? '')).not.toThrow();
        expect(['error', 'warning', 'note']).toContain(result.level);
        expect(result.message.text).toMatch(/\S/);
        for (const { logicalLocations } of result.locations) {
          expect(logicalLocations).toHaveLength(1);
          expect(logicalLocations[0]?.fullyQualifiedName).toMatch(/\S/);
        }
      }
    }
  });

  it('has a fingerprint for each result that no other has, and the same in the next assessment', () => {
    const fingerprints = (of: Sarif): string[] =>
      of.runs.flatMap(({ results }) => results.map((result) => result.partialFingerprints['finding/v1'] ?? ''));
    const all = fingerprints(sarif);
    expect(new Set(all).size).toBe(all.length);
    const later = makeAssessment(demoInput({ madeAt: '2030-01-01T00:00:00.000Z' }));
    expect(fingerprints(JSON.parse(JSON.stringify(assessmentSarif(later, '9'))) as Sarif)).toEqual(all);
  });
});
