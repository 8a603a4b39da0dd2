/** What an open plan file is told of: pure, from its text and the assessment of its source. */
import { applyFix } from '../../core/assess/plan/apply-fix.js';
import type { PlanFinding, PlanFix } from '../../core/assess/plan/plan-finding.js';
import { findingsOfPlan } from '../../core/assess/plan-findings.js';
import type { Assessment } from '../../core/model/assessment.js';
import { MigrationError } from '../../core/model/error.js';
import type { Severity } from '../../core/model/finding.js';
import { formatNamespace } from '../../core/model/namespace.js';
import type { Plan } from '../../core/model/plan.js';
import { errorSentence } from '../../words/errors.js';
import { planFindingSentence, planFixLabel, planRemedySentence } from '../../words/plan-findings.js';
import { PlanText, replacementFor, type TextReplacement, type TextSpan } from './plan-text.js';

/** A plan from its text. @throws MigrationError `bad-plan`. */
export type ParsePlan = (text: string) => Plan;

export interface PlanProblem {
  readonly severity: Severity;
  /** The rule, or the error's reason. */
  readonly rule: string;
  readonly message: string;
  /** Address of where the rule comes from. */
  readonly address?: string;
  readonly span: TextSpan;
  readonly fixes: readonly { readonly label: string; readonly fix: PlanFix }[];
}

/** Empty for a text that is no plan: what the schema says of it VS Code shows by itself. */
export function planProblems(
  text: string,
  parse: ParsePlan,
  assessment: Pick<Assessment, 'targets'> | undefined,
): readonly PlanProblem[] {
  const parsed = attempt(text, parse);
  const places = new PlanText(text);
  if (MigrationError.is(parsed)) return flawOf(parsed, text, places);
  return findingsOfPlan(parsed, assessment).map((found) => problemOf(found, places));
}

/** The file's text with a fix in it, its id made anew; undefined where the text is no plan any more. */
export function fixedText(text: string, parse: ParsePlan, fix: PlanFix): TextReplacement | undefined {
  const plan = attempt(text, parse);
  if (MigrationError.is(plan)) return undefined;
  const { id } = applyFix(plan, fix);
  return replacementFor(text, [...fix.edits, { at: ['id'], value: id }]);
}

function attempt(text: string, parse: ParsePlan): Plan | MigrationError {
  try {
    return parse(text);
  } catch (error) {
    if (MigrationError.is(error, 'bad-plan')) return error;
    throw error;
  }
}

function problemOf({ finding, at, fixes }: PlanFinding, places: PlanText): PlanProblem {
  const { severity, rule, ns, source } = finding;
  const where = ns ? `${formatNamespace(ns)}: ` : '';
  return {
    severity,
    rule,
    message: `${where}${planFindingSentence(finding)} ${planRemedySentence(finding)}`,
    ...(/^https:\/\//.test(source) ? { address: source } : {}),
    span: places.spanOf(at),
    fixes: fixes.map((fix) => ({ label: planFixLabel(fix), fix })),
  };
}

/** What the schema cannot say: two collections on one name, a shard key that stays behind. */
function flawOf(error: MigrationError, text: string, places: PlanText): readonly PlanProblem[] {
  const reason = error.facts['reason'];
  if (typeof reason !== 'string' || reason === 'invalid') return [];
  const at = placeOf(error.facts['namespace'], text);
  return [{ severity: 'blocker', rule: reason, message: errorSentence(error), span: places.spanOf(at), fixes: [] }];
}

function placeOf(namespace: unknown, text: string): readonly (string | number)[] {
  const { collections } = JSON.parse(text) as Pick<Plan, 'collections'>;
  const i = collections.findIndex(({ source, target }) =>
    [source, target].some((ns) => formatNamespace(ns) === namespace),
  );
  return i < 0 ? ['collections'] : ['collections', i, 'source', 'coll'];
}
