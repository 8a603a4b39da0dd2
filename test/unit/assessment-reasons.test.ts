/** What an assessment can be told, against every reason that it can give: none is there that nothing leads to. */
import { describe, expect, it } from 'vitest';
import { REASON_IDS } from '../../src/core/advise/reason-ids.js';
import { TARGET_REASON_IDS } from '../../src/core/advise/target-choice.js';
import type { Assessment } from '../../src/core/model/assessment.js';
import { METHOD_REASONS, SERVICE_REASONS } from './assessment-reason-cases.js';
import { assessmentOf } from './assessment-of.js';

const reasonsOf = ({ targets }: Assessment): ReadonlySet<string> =>
  new Set(
    targets.flatMap(({ recommendation: { ranked, assumptions } }) =>
      [...ranked.flatMap((method) => [...method.reasons, ...method.needs]), ...assumptions].map(({ id }) => id),
    ),
  );

const choiceOf = ({ choice }: Assessment): ReadonlySet<string> =>
  new Set((choice?.reasons ?? []).map(({ target, reason }) => `${target} ${reason.weight} ${reason.id}`));

const METHODS = METHOD_REASONS.map(([what, facts, ...gives]) => ({ what, facts, gives }));
const SERVICES = SERVICE_REASONS.map(([what, facts, ...gives]) => ({ what, facts, gives }));

/** Each is given, and one of them is not where nothing special is told. */
function expectToFollow(gives: readonly string[], given: ReadonlySet<string>, usual: ReadonlySet<string>): void {
  expect(gives.filter((reason) => !given.has(reason))).toEqual([]);
  expect(gives.filter((reason) => usual.has(reason))).not.toHaveLength(gives.length);
}

describe('an assessment', () => {
  const usual = assessmentOf({});
  const [plain, ...special] = METHODS;
  const [unknown, ...known] = SERVICES;

  it('of a plain source gives the reasons that follow from most', () => {
    expect(plain?.gives.filter((id) => !reasonsOf(usual).has(id))).toEqual([]);
    expect(unknown?.gives.filter((reason) => !choiceOf(usual).has(reason))).toEqual([]);
  });

  it.each(special)('gives the reasons for and against methods that follow from $what', ({ facts, gives }) => {
    expectToFollow(gives, reasonsOf(assessmentOf(facts)), reasonsOf(usual));
  });

  it('can give every reason for or against a method', () => {
    expect([...new Set(METHODS.flatMap(({ gives }) => gives))].sort()).toEqual([...REASON_IDS].sort());
  });

  it.each(known)('gives the reasons for and against services that follow from $what', ({ facts, gives }) => {
    expectToFollow(gives, choiceOf(assessmentOf(facts)), choiceOf(usual));
  });

  it('can give every reason for or against a service', () => {
    const told = SERVICES.flatMap(({ gives }) => gives.map((reason) => reason.split(' ')[2]));
    expect([...new Set(told)].sort()).toEqual([...TARGET_REASON_IDS].sort());
  });
});
