/** `*.migration.json`: reviewable, checked against its published schema, and never with a secret in it. */
import type { ErrorObject } from 'ajv';
import { MigrationError } from '../../core/model/error.js';
import { isFiles, type Plan } from '../../core/model/plan.js';
import { checkHandoff } from '../../core/plan/handoff-defaults.js';
import { checkTargetNames } from '../../core/plan/plan-checks.js';
import { checkTransforms } from '../../core/plan/transform-checks.js';
import { compileTransform } from '../../engine/copy/compile-transform.js';
import { ConnectionString } from '../mongo/connection-string.js';
import { writeFileAtomic } from './durable.js';
import { readSmallText } from './small-text.js';
import { validatePlan } from './plan-validator.js';

/** A plan may be read by colleagues: it holds no secret. */
const PLAN_MODE = 0o644;
/** Far above any real plan (10,000 collections take about 20 MB); keeps a wrong file from being read whole. */
const LONGEST_PLAN_BYTES = 256 * 1024 * 1024;
/** Judged: more than anybody mends before trying again. */
const MOST_PROBLEMS = 20;

/** `bad-plan`; `problems` name places and rules, never values: a value may be the very secret that must not be there. */
function badPlan(problems: readonly string[], path: string | undefined): MigrationError {
  const shown = problems.slice(0, MOST_PROBLEMS);
  return new MigrationError('bad-plan', {
    reason: 'invalid',
    problems: shown,
    count: problems.length,
    ...(path === undefined ? {} : { path }),
  });
}

function describe(error: ErrorObject): string {
  const params = error.params as Record<string, unknown>;
  const what = params['additionalProperty'] ?? params['missingProperty'] ?? params['pattern'];
  const detail = typeof what === 'string' ? ` (${what})` : '';
  return `${error.instancePath || '/'} ${error.message ?? error.keyword}${detail}`;
}

/** The connection strings' problems; told first, as a secret makes the schema fail with words that help nobody. */
function uriProblems(value: unknown): string[] {
  const problems: string[] = [];
  for (const name of ['source', 'target'] as const) {
    const uri = (value as Record<string, { uri?: unknown } | null | undefined> | null)?.[name]?.uri;
    if (typeof uri !== 'string' || isFiles({ uri })) continue;
    try {
      const secret = ConnectionString.parse(uri).secrets.length > 0;
      if (secret)
        problems.push(`/${name}/uri has a secret in it: leave it out and say in passwordFrom where it is found`);
    } catch (error) {
      const reason = MigrationError.is(error) ? String(error.facts['reason']) : 'malformed';
      problems.push(`/${name}/uri is no connection string (${reason})`);
    }
  }
  return problems;
}

function checkPlan(value: unknown, path: string | undefined): Plan {
  const problems = uriProblems(value);
  if (problems.length > 0) throw badPlan(problems, path);
  if (!validatePlan(value)) throw badPlan((validatePlan.errors ?? []).map(describe), path);
  checkTargetNames(value.collections);
  checkTransforms(value);
  checkHandoff(value);
  for (const planned of value.collections) compileTransform(planned);
  return value;
}

/**
 * A plan from its text.
 * @throws MigrationError `bad-plan` with `problems` (place and rule each) and `count`, or as `checkTransforms` and `compileTransform` say.
 */
export function parsePlan(text: string, path?: string): Plan {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own words quote the text, which may hold a secret.
    throw badPlan(['/ is not JSON'], path);
  }
  const plan = checkPlan(value, path) as Plan & { $schema?: string };
  // For editors only: it is no part of the plan and must not change its hash.
  delete plan.$schema;
  return plan;
}

/** @throws MigrationError `bad-plan`, `file-failed` (`code` ENOENT where there is none). */
export async function readPlanFile(path: string): Promise<Plan> {
  const text = await readSmallText(path, LONGEST_PLAN_BYTES);
  if (text === undefined) throw badPlan(['/ is too long for a plan'], path);
  return parsePlan(text, path);
}

/** Writes the whole file or nothing. @throws MigrationError `bad-plan` for a plan that could not be read again (a secret among the reasons), `file-failed`. */
export async function writePlanFile(path: string, plan: Plan): Promise<void> {
  const text = `${JSON.stringify(plan, undefined, 2)}\n`;
  parsePlan(text, path);
  await writeFileAtomic(path, text, PLAN_MODE);
}
