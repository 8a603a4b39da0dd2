import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../src/engine/journal/report.js';
import { verifiedText } from '../../src/words/report-course.js';
import { reportHtml } from '../../src/words/report-html.js';
import { reportMarkdown } from '../../src/words/report-markdown.js';

const copied = {
  acknowledged: 1200,
  alreadyThere: 3,
  conflicts: 0,
  deadLettered: 1,
  throttled: 40,
  bytes: 600_000,
  ru: 6000.4,
};
const digest = 'b3'.repeat(16);
const evidence = {
  means: 'id-ranges' as const,
  source: { documents: 1203, bytes: 601_500, digest },
  target: { documents: 1203, bytes: 601_500, digest },
  ranges: 4,
  seconds: 2.5,
  deadLettered: { known: 1, onSource: 1, onTarget: 0 },
  mended: 2,
};

function aReport(change: Partial<RunReport> = {}): RunReport {
  const differing = {
    ns: 'shop.items',
    source: 'shop.items',
    kind: 'different' as const,
    evidence: { ...evidence, target: { ...evidence.target, digest: 'c4'.repeat(16) } },
    differences: {
      missing: 2,
      extra: 0,
      different: 1,
      exact: true,
      documents: [
        { kind: 'missing' as const, id: { $oid: '0123456789abcdef01234567' }, idHex: '07' },
        { kind: 'missing' as const, id: null, idHex: '07aa' },
        { kind: 'different' as const, id: 'a|b', idHex: '02' },
      ],
      definition: [{ what: 'index:by_name', kind: 'missing' as const }],
    },
  };
  return {
    version: 1,
    runId: '20260314T120000Z-0a1b2c3d',
    planId: 'a'.repeat(24),
    planHash: 'f'.repeat(64),
    state: 'completed-with-findings',
    verdict: {
      state: 'completed-with-findings',
      reasons: [
        { id: 'verification-differs', params: { ns: 'shop.items', missing: 2, extra: 0, different: 1, definition: 1 } },
        { id: 'index-skipped', params: { ns: 'shop.orders', index: 'search', why: 'text-unsupported' } },
        { id: 'dead-letters', params: { documents: 1 } },
      ],
    },
    source: { name: 'old', uri: 'mongodb://app@old.example/' },
    target: { name: 'new', uri: 'mongodb://acct@new.example:10255/?tls=true', kind: 'cosmos-ru' },
    method: 'dump-restore',
    startedAt: '2026-03-14T12:00:00.000Z',
    updatedAt: '2026-03-14T12:03:05.000Z',
    attempts: 2,
    history: [
      { state: 'planned', at: '2026-03-14T12:00:00.000Z' },
      { state: 'preparing', at: '2026-03-14T12:00:01.000Z' },
      { state: 'copying', at: '2026-03-14T12:00:02.000Z' },
      { state: 'failed-resumable', at: '2026-03-14T12:01:00.000Z', why: 'interrupted' },
      { state: 'preparing', at: '2026-03-14T12:02:00.000Z' },
      { state: 'copying', at: '2026-03-14T12:02:01.000Z' },
      { state: 'indexing', at: '2026-03-14T12:02:50.000Z' },
      { state: 'verifying', at: '2026-03-14T12:02:55.000Z' },
      { state: 'completed-with-findings', at: '2026-03-14T12:03:05.000Z' },
    ],
    collections: [
      {
        source: 'shop.orders',
        target: 'store.orders',
        kind: 'collection',
        created: 'created',
        copy: copied,
        droppedOptions: [{ option: 'capped', why: 'capped-unsupported' }],
        indexes: [
          { name: 'by_day', outcome: { kind: 'created' } },
          { name: 'search', outcome: { kind: 'skipped', why: 'text-unsupported' } },
          { name: 'h', outcome: { kind: 'rewritten', why: 'hashed-to-ascending', building: true } },
          { name: 'u', outcome: { kind: 'failed', code: 67, message: 'Cannot create index' } },
        ],
        verification: { ns: 'store.orders', source: 'shop.orders', kind: 'equal', evidence },
        deadLetters: 1,
        deadLetterReasons: [
          { code: 16, codeName: 'RequestEntityTooLarge', message: 'Request size is too large', documents: 1 },
        ],
        retries: [{ at: '2026-03-14T12:02:58.000Z', sent: 3, arrived: 1, alreadyThere: 1, refused: 1 }],
      },
      {
        source: 'shop.items',
        target: 'shop.items',
        kind: 'collection',
        created: 'existed',
        copy: { ...copied, deadLettered: 0, acknowledged: 0 },
        droppedOptions: [],
        indexes: [{ name: 'late', outcome: { kind: 'pending' } }],
        verification: differing,
        deadLetters: 0,
        deadLetterReasons: [],
        retries: [],
      },
    ],
    notMigrated: [{ source: { db: 'shop', coll: 'open' }, why: 'view' }],
    tools: [
      { tool: 'mongodump', exitCode: null, signal: 'SIGKILL', at: '2026-03-14T12:01:00.000Z' },
      { tool: 'mongodump', exitCode: 0, signal: null, at: '2026-03-14T12:02:50.000Z' },
      { tool: 'mongorestore', exitCode: 0, signal: null, at: '2026-03-14T12:02:50.000Z' },
    ],
    totals: {
      copy: copied,
      verified: { equal: 1, different: 1, unverified: 0, pending: 0 },
      indexes: { created: 1 },
      deadLetters: 1,
      readRu: 2400,
    },
    ...change,
  };
}

/** The same report with every name and every server's word replaced. */
function hostile(name: string): RunReport {
  const report = aReport();
  const [first] = report.collections;
  if (!first) throw new Error('a collection is needed');
  const evil = {
    ...first,
    source: `db.${name}`,
    target: `db.${name}`,
    indexes: [{ name, outcome: { kind: 'failed' as const, code: 1, message: name } }],
    deadLetterReasons: [{ code: 1, codeName: name, message: name, documents: 1 }],
  };
  return aReport({
    source: { name, uri: name },
    collections: [evil],
    notMigrated: [{ source: { db: 'd', coll: name }, why: name }],
    verdict: { state: 'failed-resumable', reasons: [{ id: 'tool-failed', params: { tool: name, message: name } }] },
  });
}

describe('the report', () => {
  it('calls no collection equal that a dead letter is missing from', () => {
    const { collections } = aReport();
    const [equal] = collections.filter(({ verification }) => verification?.kind === 'equal');
    const whole = equal && { ...equal, deadLetters: 0 };
    const text = (...of: readonly (typeof equal)[]) =>
      verifiedText({ collections: of.filter((one) => one !== undefined) });
    expect(text(whole, whole)).toBe('2 of 2 collections equal');
    expect(text(whole, equal)).toBe('1 of 2 collections equal, 1 more but for its dead letters');
  });

  it('tells everything that happened, as Markdown', async () => {
    await expect(reportMarkdown(aReport())).toMatchFileSnapshot('cli-golden/report.md');
  });

  it('tells where it was carried out, what that is called there and what is left of it', () => {
    const markdown = reportMarkdown(
      aReport({
        method: 'data-factory',
        handoff: {
          kind: 'data-factory',
          azure: { subscriptionId: '0000', resourceGroup: 'migration', location: 'westeurope' },
          factory: 'adf-1',
          storage: { account: 'markers', container: 'ranges' },
        },
        remote: {
          factory: { phase: 'removed', id: 'adf-1' },
          'pipeline-run shop.orders': { phase: 'ended', id: '7f|3', outcome: 'Succeeded' },
          storage: { phase: 'intent' },
        },
      }),
    );
    expect(markdown).toContain('## Carried out elsewhere');
    expect(markdown).toContain('westeurope');
    expect(markdown).toMatch(/\| factory +\| `adf-1` +\| taken away +\|/);
    expect(markdown).toMatch(/pipeline-run shop\.orders.*ended: Succeeded/);
    expect(markdown).toContain('whether it was made is not known');
    expect(reportMarkdown(aReport())).not.toContain('Carried out elsewhere');
  });

  it('tells when a collection was compared that the latest attempt has left alone', () => {
    const at = (time: string): RunReport => {
      const proven = { ns: 'store.orders', source: 'shop.orders', kind: 'equal' as const };
      const report = aReport();
      const collections = report.collections.map((c) =>
        c.source === 'shop.orders' ? { ...c, verification: { ...proven, evidence: { ...evidence, at: time } } } : c,
      );
      return { ...report, collections };
    };
    const left = 'store.orders`: compared at 2026-03-14T12:00:59.000Z, by an earlier attempt';
    expect(reportMarkdown(at('2026-03-14T12:00:59.000Z'))).toContain(left);
    expect(reportMarkdown(at('2026-03-14T12:02:58.000Z'))).not.toContain('by an earlier attempt');
  });

  it('tells everything that happened, as HTML', async () => {
    await expect(reportHtml(aReport())).toMatchFileSnapshot('cli-golden/report.html.txt');
  });

  it('of a direct copy says what was compared with what, and speaks of no tools', () => {
    const [first] = aReport().collections;
    if (first?.verification === undefined) throw new Error('a verified collection is needed');
    const verification = { ...first.verification, evidence: { ...evidence, means: 'streamed' as const } };
    const text = reportMarkdown(
      aReport({ method: 'direct-copy', tools: [], collections: [{ ...first, verification }] }),
    );
    expect(text).toContain('hashed while they were copied');
    expect(text).not.toContain('Both sides were read and compared.');
    expect(text).not.toContain('exit status');
  });

  it('of counts alone does not say that documents were read', () => {
    const [first] = aReport().collections;
    if (first?.verification === undefined) throw new Error('a verified collection is needed');
    const verification = { ...first.verification, evidence: { ...evidence, means: 'counts' as const } };
    const text = reportMarkdown(aReport({ collections: [{ ...first, verification }] }));
    expect(text).toContain('Only the numbers of documents were compared');
    expect(text).not.toContain('A digest is');
  });

  it('of a run that was cut off says that it can be resumed', () => {
    const { verdict, ...cutOff } = aReport({ state: 'failed-resumable' });
    expect(verdict).toBeDefined();
    expect(reportMarkdown(cutOff)).toContain('Not complete. Nothing is lost: the run can be resumed.');
    expect(reportMarkdown(cutOff)).toContain('Resume the run.');
  });

  it('loads nothing and runs nothing: one HTML file with its own style', () => {
    const html = reportHtml(aReport());
    expect(html).not.toMatch(/<script|<link|<img|<iframe|\son\w+=|javascript:|src=|@import|url\(/i);
    expect(html).toContain("default-src 'none'");
    expect(html).toContain('prefers-color-scheme: dark');
  });

  it('keeps any name a name: no tag of its own in HTML', () => {
    const sample = tagsOf(reportHtml(hostile('plain')));
    fc.assert(
      fc.property(nasty(), (name) => {
        expect(tagsOf(reportHtml(hostile(name)))).toEqual(sample);
      }),
    );
  });

  it('keeps any name a name: every table row of the Markdown has the cells of its heading', () => {
    fc.assert(
      fc.property(nasty(), (name) => {
        const lines = reportMarkdown(hostile(name)).split('\n');
        let columns = 0;
        for (const [i, line] of lines.entries()) {
          if (!line.startsWith('| ')) continue;
          const cells = line.replace(/\\[\\|]/g, '').split('|').length;
          if (!(lines[i - 1] ?? '').startsWith('| ')) columns = cells;
          expect(cells).toBe(columns);
        }
        expect(lines.filter((line) => line.startsWith('# '))).toHaveLength(1);
      }),
      { examples: [['\\|'], ['a\\|`b|']] },
    );
  });
});

function nasty(): fc.Arbitrary<string> {
  const pieces = [
    '<script>alert(1)</script>',
    '"',
    "'",
    '&',
    '|',
    '\\',
    '`',
    '``',
    '\n',
    '# ',
    '*',
    '_',
    '[x](y)',
    ' ',
    'é',
    '\u0000',
  ];
  return fc
    .array(fc.oneof(fc.constantFrom(...pieces), fc.string()), { minLength: 1, maxLength: 6 })
    .map((p) => p.join(''))
    .filter((name) => name !== '');
}

/** Where a name may break hangs on its dots and its length: these two within `code`, well closed, and no others. */
function tagsOf(html: string): string[] {
  const unbroken = html.replace(/<code>(?:[^<]|<wbr>|<span class="long">[^<]*<\/span>)*<\/code>/g, '<code></code>');
  return unbroken.match(/<[^>]*>/g) ?? [];
}
