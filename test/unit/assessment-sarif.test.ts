import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { makeAssessment } from '../../src/core/assess/make-assessment.js';
import { RULES } from '../../src/core/assess/rules.js';
import type { Rule } from '../../src/core/assess/rule.js';
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
          readonly shortDescription: { readonly text: string };
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

/** The schema of the standard, as Microsoft's SDK for SARIF ships it; of draft 4 only the place of its id differs from what ajv reads. */
const SCHEMA = fileURLToPath(
  new URL('../../node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json', import.meta.url),
);

function problemsOf(log: unknown): readonly string[] {
  const schema = JSON.parse(readFileSync(SCHEMA, 'utf8')) as Record<string, unknown>;
  delete schema['id'];
  delete schema['$schema'];
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    unicodeRegExp: false,
    formats: {
      uri: (text: string) => URL.canParse(text),
      'uri-reference': (text: string) => URL.canParse(text, 'https://base.example'),
      'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
    },
  });
  const validate = ajv.compile(schema);
  validate(log);
  return (validate.errors ?? []).map(({ instancePath, message = '' }) => `${instancePath} ${message}`);
}

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

  it('is valid by the schema of the standard, also where a rule failed', () => {
    expect(problemsOf(sarif)).toEqual([]);
    const failing: Rule = {
      ...(RULES[0] as Rule),
      check: () => {
        throw new Error('it broke');
      },
    };
    const broken = makeAssessment(demoInput(), [failing, ...RULES.slice(1)]);
    expect(broken.targets.some(({ failedRules }) => failedRules.length > 0)).toBe(true);
    expect(problemsOf(JSON.parse(JSON.stringify(assessmentSarif(broken, '1.2.3'))))).toEqual([]);
  });

  it('would not be valid with a level, a place or a property that the standard does not know', () => {
    const changed = (change: (result: Record<string, unknown>) => void): readonly string[] => {
      const copy = structuredClone(sarif) as unknown as { runs: { results: Record<string, unknown>[] }[] };
      const [first] = copy.runs[0]?.results ?? [];
      if (!first) throw new Error('no finding');
      change(first);
      return problemsOf(copy);
    };
    expect(changed((result) => (result['level'] = 'blocker'))).not.toEqual([]);
    expect(changed((result) => (result['remedy'] = 'none'))).not.toEqual([]);
    expect(changed((result) => delete result['message'])).not.toEqual([]);
    expect(changed((result) => (result['locations'] = [{ logicalLocations: [{ index: -2 }] }]))).not.toEqual([]);
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

  it('says of every rule in a sentence of its own what it looks for, whether it found something or not', () => {
    for (const { tool, results } of sarif.runs) {
      const { rules } = tool.driver;
      expect(rules.map(({ id }) => id)).toEqual(expect.arrayContaining(RULES.map(({ id }) => id)));
      expect(new Set(results.map(({ ruleId }) => ruleId)).size).toBeLessThan(rules.length);
      const sentences = rules.map(({ shortDescription }) => shortDescription.text);
      for (const [i, { id }] of rules.entries()) {
        // As the standard asks for: a single sentence, of which a list of rules can be made.
        expect(sentences[i], id).toMatch(/^[A-Z][^.]* [^.]*\.$/);
        expect(sentences[i]).not.toContain(id);
      }
      expect(new Set(sentences).size).toBe(sentences.length);
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
