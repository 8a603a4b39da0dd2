import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REASON_IDS } from '../../src/core/advise/reason-ids.js';
import { PLAN_RULES } from '../../src/core/assess/plan/plan-finding.js';
import { RULES } from '../../src/core/assess/rules.js';
import { MigrationError } from '../../src/core/model/error.js';
import type { Finding } from '../../src/core/model/finding.js';
import type { RunState } from '../../src/core/model/run.js';
import {
  INDEX_WHYS,
  leftOutByUser,
  NOT_MIGRATED_WHYS,
  OPTION_WHYS,
  TRANSFORM_INDEX_WHYS,
} from '../../src/core/plan/whys.js';
import type { TransformProblemId } from '../../src/core/transform/transform-problems.js';
import { TUNING_IDS } from '../../src/core/tune/explanations.js';
import { ERROR_CODES, errorSentence, errorWords } from '../../src/words/errors.js';
import { droppedOptionSentence, fateSentence, indexWhySentence, notMigratedSentence } from '../../src/words/fates.js';
import { findingSentence, remedySentence } from '../../src/words/findings.js';
import { methodName } from '../../src/words/methods.js';
import { planFindingSentence, planRemedySentence } from '../../src/words/plan-findings.js';
import { sentenceFor } from '../../src/words/reasons.js';
import { runStateSentence, verdictReasonSentence } from '../../src/words/runs.js';
import { formatBytes, formatCount, formatDuration, formatRu, formatRuPerSecond } from '../../src/words/sizes.js';
import { transformPhrases } from '../../src/words/transforms.js';
import { tuningSentence } from '../../src/words/tuning.js';
import { differenceSentences, nextSteps, verdictHeadline } from '../../src/words/verdicts.js';
import { anIndex } from './core-builders.js';

/** A sentence in English: a start, an end, no id, nothing that was not filled in. */
function expectSentence(text: string, ...ids: readonly string[]): void {
  expect(text).toMatch(/^["A-Z0-9]/);
  expect(text).toMatch(/\.$/);
  expect(text).not.toMatch(/undefined|\bNaN [A-Z]|\[object|\$\{|\.\.$/);
  for (const id of ids) if (id.includes('-')) expect(text).not.toContain(id);
}

/** Parameters with which no sentence of ours has a gap. */
const params = {
  ...{ name: '$lookup', key: 'a: 1', driver: 'nodejs', needed: '4.0', reason: 'retries', connections: 2 },
  ...{ sizeBytes: 5e9, limitBytes: 1e10, nativeBytes: 1e10, servicesBytes: 1e12, bytes: 3e6, documentBytes: 1024 },
  ...{ ruPerSecond: 10_000, ruPerDocument: 10, latencyMs: 100, measuredMs: 1, usedMs: 10, serviceMs: 5, exact: 4.17 },
  ...{ batch: 24, workers: 4, collections: 1, partitions: 5, cores: 2, limit: 500, count: 501, sampled: 100 },
  ...{ version: '6.0.5', newest: '4.0', oldest: '3.6', kind: 'cosmos-ru', method: 'dms', format: 'json' },
  ...{ looked: 100, of: 1000, levels: 129, path: 'region', values: 3, share: 0.3, bucket: 'fs' },
  ...{ limitRuPerSecond: 10_000, fields: 'a', indexes: 'a_1', sort: 'a: 1, b: -1', countedMs: 7e8, windowMs: 7e6 },
  ...{ expectedMs: 9e6, databases: 'Shop, shop', most: 30, by: 'a_1' },
  ...{ index: 'a_1', types: 'int, string', code: '13', message: 'not authorized', why: 'name-too-long' },
};

const PLAN_PARAMS = {
  ...{ option: 'capped', path: 'Customer', least: 400, step: 100, ms: 1e8, budget: 'Shop.orders' },
  ...{ field: 'BatchSize', value: 5000, most: 1000, policy: 'skip' },
};

describe('words', () => {
  it('has a sentence for every reason, need and assumption', () => {
    for (const id of REASON_IDS) expectSentence(sentenceFor({ id, params }), id);
  });

  it('has a sentence and a remedy for every rule', () => {
    for (const rule of RULES) {
      const finding: Finding = {
        rule: rule.id,
        severity: rule.severity,
        params: { ...params, full: false },
        remedy: rule.remedy,
        source: rule.source,
      };
      expectSentence(findingSentence(finding), rule.id);
      expect(findingSentence(finding)).not.toContain('unknown');
      expectSentence(remedySentence(finding), rule.remedy);
    }
  });

  it('says of how many documents something was seen, and whether these are all', () => {
    const said = (more: Finding['params']): string =>
      findingSentence({
        rule: 'document-over-2mb',
        severity: 'warning',
        params: { bytes: 3e6, looked: 100, of: 1000, full: false, ...more },
        remedy: 'enable-16mb',
        source: '',
      });
    const rest = 'the largest seen has 2.86 MB: the account takes up to 2 MB.';
    expect(said({ count: 1 })).toBe(`1 document over 2 MB in a sample of 100 of 1,000 documents, ${rest}`);
    expect(said({ count: 3, looked: 1000, full: true })).toBe(
      `3 documents over 2 MB among all 1,000 documents, ${rest}`,
    );
    expect(said({})).toBe(`Documents over 2 MB in a sample of 100 of 1,000 documents, ${rest}`);
  });

  it('has a sentence for every number of a tuning', () => {
    for (const id of TUNING_IDS) expectSentence(tuningSentence({ id, params }), id);
  });

  it('has a sentence and a remedy for every rule on plans', () => {
    for (const [rule, { severity, remedy, source }] of Object.entries(PLAN_RULES)) {
      const finding: Finding = { rule, severity, params: { ...params, ...PLAN_PARAMS }, remedy, source };
      expectSentence(planFindingSentence(finding), rule);
      expectSentence(planRemedySentence(finding), remedy);
    }
  });

  it('has a sentence for every fate of an index, an option and a namespace', () => {
    for (const why of [...INDEX_WHYS, ...TRANSFORM_INDEX_WHYS, leftOutByUser()]) {
      expect(indexWhySentence(why)).not.toContain(why);
      const index = anIndex({ name: 'By_a' });
      expectSentence(fateSentence({ index, fate: { kind: 'skip', why } }), why);
      const fate = { kind: 'rewrite', when: 'after-data', why: `${why}+sparse-dropped`, to: index } as const;
      expectSentence(fateSentence({ index, fate }), why, 'sparse-dropped');
    }
    for (const when of ['before-data', 'after-data', 'after-verification'] as const) {
      expectSentence(fateSentence({ index: anIndex({ name: 'By_a' }), fate: { kind: 'create', when } }), when);
    }
    for (const why of OPTION_WHYS) expectSentence(droppedOptionSentence({ option: 'capped', why }), why);
    for (const why of NOT_MIGRATED_WHYS) expectSentence(notMigratedSentence({ why }), why);
  });

  it('says for every error what happened and what to do, with and without its facts', () => {
    for (const code of ERROR_CODES) {
      const facts = {
        host: 'db.example:27017',
        namespace: 'Shop.orders',
        reason: 'refused',
        message: 'no',
        path: 'a.json',
      };
      for (const error of [new MigrationError(code), new MigrationError(code, facts)]) {
        const { happened, todo } = errorWords(error);
        expectSentence(happened.replace(/^db/, 'Db').replace(/^a\.json/, 'A.json'));
        expectSentence(todo.replace(/^--help/, 'Help'));
      }
    }
    expect(errorSentence(new MigrationError('unreachable-host', { host: 'db.example:27017', reason: 'dns' }))).toBe(
      'Cannot reach db.example:27017. Its name is not known. Look for a typing mistake, and whether this machine may ask for the name (VPN, private endpoint).',
    );
  });

  it('says what is wrong with what a plan changes on the way', () => {
    const problems = ['bad-name', 'name-is-a-path', 'touches-id', 'named-twice', 'same-target', 'onto-itself'] as const;
    const reasons = [
      ...problems.map((id: TransformProblemId) => `transform-${id}`),
      ...['transform-needs-direct-copy', 'transform-of-view', 'transform-value-unreadable', 'transform-fits-none'],
      ...['dead-letter-over-needs-direct-copy', 'read-concern-needs-direct-copy'],
      ...['filter-unreadable', 'filter-refused', 'shard-key-lost'],
    ];
    for (const reason of reasons) {
      const facts = { reason, namespace: 'Shop.orders', field: 'A', method: 'dump-restore', message: 'no.' };
      const { happened, why, todo } = errorWords(new MigrationError('bad-plan', facts));
      for (const text of [happened, why, todo]) expectSentence(text, reason);
      expect(happened).not.toBe('The plan cannot be carried out.');
    }
    expect(
      transformPhrases({
        filter: { open: true },
        drop: ['a', 'b'],
        rename: [{ from: 'c', to: 'd' }],
        set: [
          { field: 'e', when: 'always', value: 'eu' },
          { field: 'f', when: 'missing', copyOf: '_id' },
        ],
      }),
    ).toEqual([
      'only documents that match {"open":true}',
      'without a, b',
      'c becomes d',
      'e is set to "eu"',
      'f is set to the value of _id where it is missing',
    ]);
  });

  it('has a sentence for every state and every reason of a verdict', () => {
    const states: readonly RunState[] = [
      ...(['planned', 'preparing', 'copying', 'indexing', 'verifying', 'completed'] as const),
      ...(['completed-with-findings', 'paused', 'failed-resumable', 'cancelled'] as const),
    ];
    for (const state of states) expectSentence(runStateSentence({ state }));
    const facts = {
      ...params,
      ns: 'Shop.orders',
      tool: 'The tool',
      exitCode: 1,
      why: 'duplicate-by-key',
      documents: 2,
    };
    for (const id of [
      'verification-differs',
      'not-verified',
      'index-skipped',
      'dead-letters',
      'tool-failed',
      'conflict',
      'connection-lost',
      'all-refused',
    ]) {
      expectSentence(verdictReasonSentence({ id, params: facts }), id);
    }
    expect(verdictReasonSentence({ id: 'error:cancelled', params: {} })).toBe(
      errorSentence(new MigrationError('cancelled')),
    );
  });

  it('tells only differences that there are, and no more than one end of a sentence', () => {
    const difference = { ns: 'shop.orders', missing: 0, extra: 5000, different: 1, definition: 0 };
    expect(verdictReasonSentence({ id: 'verification-differs', params: difference })).toBe(
      'shop.orders differs: 5,000 documents on the target only, 1 document with other content.',
    );
    const tool = { tool: 'mongorestore', exitCode: 1, message: 'Got 0 operations.' };
    expect(verdictReasonSentence({ id: 'tool-failed', params: tool })).toBe(
      'mongorestore ended with exit status 1: Got 0 operations.',
    );
  });

  it('says after a lost connection what to bring back, and nothing of what merely followed', () => {
    const lost = (answersAgain: boolean) => ({
      state: 'failed-resumable' as const,
      reasons: [
        { id: 'connection-lost', params: { side: 'target', answersAgain } },
        { id: 'tool-failed', params: { tool: 'mongorestore', exitCode: 1 } },
      ],
    });
    expect(nextSteps(lost(false))).toEqual(['Bring the target back, then resume.']);
    expect(nextSteps(lost(true))).toEqual(['Resume: what has arrived counts.']);
  });

  it('asks for quiet on the source only where it moved', () => {
    const quiet = 'Verify again when nothing writes to the source.';
    const steps = (why: string, ...more: readonly string[]): string[] =>
      nextSteps({
        state: 'completed-with-findings',
        reasons: [
          { id: 'not-verified', params: { ns: 'shop.orders', why } },
          ...more.map((id) => ({ id, params: {} })),
        ],
      });
    expect(steps('source-moved')).toEqual([quiet]);
    for (const why of ['counts-only', 'unreadable', 'no-result']) {
      expect(steps(why)).toHaveLength(1);
      expect(steps(why)).not.toContain(quiet);
    }
    expect(steps('counts-only', 'csv-not-equal')).toHaveLength(1);
  });

  it('sends nobody to a target that is not proven equal', () => {
    const ready = 'Point the application at the target when you are ready. Keep the source until you are sure.';
    const ended = (...ids: readonly string[]) => ({
      state: 'completed-with-findings' as const,
      reasons: ids.map((id) => ({ id, params: {} })),
    });
    for (const id of ['verification-differs', 'not-verified']) {
      const verdict = ended('index-skipped', id);
      expect(verdictHeadline(verdict)).toBe('Copied, but the target is not proven to be equal to the source.');
      expect(nextSteps(verdict)).not.toContain(ready);
      expect(nextSteps(verdict).length).toBeGreaterThan(0);
    }
    expect(nextSteps(ended('index-skipped')).at(-1)).toBe(ready);
  });

  it('writes an _id as a person would', () => {
    const ids = [{ $numberInt: '5' }, { $oid: '0123456789abcdef01234567' }, 'added', { a: { $numberInt: '1' } }];
    const documents = ids.map((id) => ({ kind: 'missing', id, idHex: '' }));
    const found = { missing: ids.length, extra: 0, different: 0, exact: true, documents, definition: [] };
    expect(differenceSentences(found)).toEqual([
      '4 documents missing on the target: _id 5, 0123456789abcdef01234567, "added", {"a":{"$numberInt":"1"}}',
    ]);
  });

  it('never fails, whatever the id and the parameters', () => {
    const someParams = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.double(), fc.boolean()));
    const someId = fc.oneof(fc.string(), fc.constantFrom('toString', '__proto__', ...REASON_IDS, ...TUNING_IDS));
    fc.assert(
      fc.property(someId, someParams, (id, odd) => {
        const finding: Finding = { rule: id, severity: 'info', params: odd, remedy: id, source: '' };
        const texts = [
          sentenceFor({ id, params: odd }),
          tuningSentence({ id, params: {} }),
          findingSentence(finding),
          remedySentence(finding),
          verdictReasonSentence({ id, params: odd }),
          notMigratedSentence({ why: id }),
          droppedOptionSentence({ option: id, why: id }),
        ];
        for (const text of texts) expect(typeof text).toBe('string');
      }),
    );
  });

  it('writes numbers as people read them', () => {
    expect([0, 812, 1536, 5_368_709_120, 1023.6, 1024 ** 4].map(formatBytes)).toEqual([
      '0 B',
      '812 B',
      '1.5 KB',
      '5 GB',
      '1 KB',
      '1 TB',
    ]);
    expect([0.4, 850, 42_000, 185_000, 7_800_000, 273_600_000].map(formatDuration)).toEqual([
      '0 ms',
      '850 ms',
      '42 s',
      '3 min 5 s',
      '2 h 10 min',
      '3 d 4 h',
    ]);
    expect(formatDuration(86_400_000)).toBe('1 d');
    expect([formatCount(1234567), formatRu(4.95), formatRu(26_000_000.4)]).toEqual([
      '1,234,567',
      '4.95 RU',
      '26,000,000 RU',
    ]);
    expect(formatRuPerSecond(10_000)).toBe('10,000 RU/s');
    expect(methodName('dump-restore')).toBe('mongodump and mongorestore');
  });

  it('groups thousands as English does', () => {
    const english = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
    fc.assert(
      fc.property(fc.maxSafeInteger(), (count) => {
        expect(formatCount(count)).toBe(english.format(count));
      }),
    );
  });
});

describe('a verdict about files', () => {
  it('says what was proven, and never that a migration is complete', () => {
    const exported = { state: 'completed', reasons: [], proves: 'files-written' } as const;
    expect(verdictHeadline(exported)).toMatch(/^Exported: .* in the files/);
    expect(nextSteps(exported)).toEqual([expect.stringContaining('--from-files')]);
    const imported = { state: 'completed', reasons: [], proves: 'files-on-target' } as const;
    expect(verdictHeadline(imported)).toMatch(/^Imported: .* The source took no part/);
    const differs = { id: 'verification-differs', params: { ns: 'a.b', different: 1 } };
    const found = { ...exported, state: 'completed-with-findings', reasons: [differs] } as const;
    expect(verdictHeadline(found)).toBe('Exported, but the files are not proven to hold what the source holds.');
    expect(nextSteps(found).join(' ')).not.toContain('Point the application');
    const csv = { state: 'completed-with-findings', reasons: [{ id: 'csv-not-equal', params: {} }] } as const;
    expect(verdictHeadline(csv)).toBe('Copied as CSV: the target is not what the source is.');
    expect(nextSteps(csv).join(' ')).not.toContain('Point the application');
  });
});
