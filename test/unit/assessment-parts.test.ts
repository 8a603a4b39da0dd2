/** What the parts of an assessment's report, told together or apart, say of one another and of the same thing. */
import { describe, expect, it } from 'vitest';
import { reportLines } from '../../src/cli/report-text.js';
import { makeAssessment } from '../../src/core/assess/make-assessment.js';
import type { Rule } from '../../src/core/assess/rule.js';
import { RULES } from '../../src/core/assess/rules.js';
import { autoscaleMaximum } from '../../src/core/cost/ru-cost.js';
import type { Assessment } from '../../src/core/model/assessment.js';
import type { Throughput } from '../../src/core/model/facts.js';
import type { CollectionScan } from '../../src/core/model/scan.js';
import { bytes, GIB, ruPerSecond } from '../../src/core/model/units.js';
import { assessmentContent } from '../../src/words/assessment-content.js';
import { assessmentText } from '../../src/words/assessment-formats.js';
import { shortTargetName } from '../../src/words/assessment-targets.js';
import { findingSentence } from '../../src/words/findings.js';
import { cellsOf, type Block, type Content } from '../../src/words/report-parts.js';
import { formatRuPerSecond } from '../../src/words/sizes.js';
import { demoInput } from './assessment-facts.js';
import { assessmentOf, RU, sized } from './assessment-of.js';
import { aCollection, anIndex, anInventory, ID_INDEX } from './core-builders.js';

const VERSION = '1.2.3';
const demo = makeAssessment(demoInput());

/** With everything that a report points to: something that could not be read, and a rule that failed. */
function pointing(): Assessment {
  const [first, ...rest] = RULES as readonly [Rule, ...Rule[]];
  const check = (): never => {
    throw new Error('broken on purpose');
  };
  const gaps = [{ purpose: 'data-sample', reason: 'failed' as const }];
  return makeAssessment(demoInput({ gaps }), [{ ...first, check }, ...rest]);
}

const textOf = (content: Content): string =>
  cellsOf(content)
    .map(({ text }) => text)
    .join('');

describe('a part of the report', () => {
  it.each(['all', 'short', 'size'] as const)('that is told as %s points to sections that can be found', (part) => {
    const made = pointing();
    const { reasons, sections } = assessmentContent(made, part);
    const told = sections.map(({ title }) => title);
    const whole = assessmentContent(made).sections.map(({ title }) => title);
    const text = [...reasons, JSON.stringify(sections.find(({ title }) => title === 'What to do') ?? '')]
      .join('\n')
      .replaceAll('\\"', '"');
    const pointers = [...text.matchAll(/(?:see|as) "([^"]+)"( in the report that assess writes)?/g)];
    expect(new Set(pointers.map(([, title]) => title))).toEqual(
      new Set(['Findings', 'What was read', 'Rules', ...(part === 'size' ? [] : ['Throughput of an RU account'])]),
    );
    for (const [, title, elsewhere] of pointers) {
      expect([title, elsewhere === undefined]).toEqual([title, told.includes(title ?? '')]);
      expect(whole).toContain(title);
    }
  });

  it('tells the ways of paying in one order, the cheapest first and what has no price last', () => {
    const { sections } = assessmentContent(demo);
    const blocks = sections.find(({ title }) => title === 'Cost')?.blocks ?? [];
    const headings = blocks.flatMap((block) => (block.kind === 'heading' ? [block.text] : []));
    const bars = blocks.flatMap((block) => (block.kind === 'bars' ? block.bars.map(({ label }) => label) : []));
    const first = sections[0]?.blocks.find(
      (block): block is Extract<Block, { kind: 'table' }> => block.kind === 'table',
    );
    const cells = first?.rows.find(([label]) => label && textOf(label) === 'Cost of a month') ?? [];
    const page = cellsOf(cells[1] ?? { text: '' }).map(({ text }) => text.replace(/^.*: /, ''));
    expect(page).toHaveLength(3);
    expect(bars).toEqual(page);
    expect(headings).toEqual([...page, 'vCore cluster']);
    const months = demo.targets[0]?.cost?.options.map(({ monthly }) => monthly?.expected ?? Number.NaN) ?? [];
    expect(Math.min(...months)).not.toBe(months[0]);
  });
});

describe('what is to be set on an RU account', () => {
  const archive = [sized(300 * GIB, { shardKey: [['_id', 'hashed']] })];
  const tasks = (throughput: Throughput | undefined): string =>
    assessmentText(makeAssessment(demoInput(throughput ? { throughput } : {})), 'md', VERSION)
      .split('## What to do')[1]
      ?.split('\n## ')[0] ?? '';
  const maxima = formatRuPerSecond(autoscaleMaximum(demo.targets[0]!.ru!).expected);

  it('is told for both ways of provisioning where nobody said which it is', () => {
    expect(tasks(undefined)).toContain('3,400 RU/s altogether for the copy (autoscale: as maxima, in whole thousands)');
    expect(tasks(undefined)).toMatch(/Leave manual throughput at about 3,400 .* With autoscale, leave the maxima at/);
    expect(tasks(undefined)).toContain(`at ${maxima} altogether.`);
  });

  it('is told for manual throughput or autoscale alone where one of them was said', () => {
    const manual = tasks({ kind: 'manual', ruPerSecond: ruPerSecond(4_000) });
    expect(manual).toMatch(/Leave the throughput at about 3,400 [^;]+; less than 2,000 RU\/s cannot be set/);
    expect(manual).not.toContain('autoscale');
    const autoscale = tasks({ kind: 'autoscale', maxRuPerSecond: ruPerSecond(4_000) });
    expect(autoscale).toContain(`Leave the maxima of autoscale at ${maxima} altogether.`);
    expect(autoscale).not.toMatch(/manual|cannot be set/);
  });

  it('is nothing for a serverless account', () => {
    expect(tasks({ kind: 'serverless' })).not.toMatch(/RU\/s|throughput/i);
  });

  it('is as many partitions from the start by either way, and another throughput afterwards', () => {
    const told = (throughput?: Throughput): string => {
      const made = assessmentOf({ targets: [RU], collections: archive, ...(throughput ? { throughput } : {}) });
      return assessmentText(made, 'md', VERSION).split('## What to do')[1]?.split('\n## ')[0] ?? '';
    };
    const [split] = assessmentOf({ targets: [RU], collections: archive }).targets[0]?.ru?.preSplit ?? [];
    expect(split?.partitions).toBeGreaterThan(1);
    const manual = formatRuPerSecond(split?.createWithRuPerSecond ?? Number.NaN);
    const maximum = formatRuPerSecond((split?.partitions ?? Number.NaN) * 10_000);
    expect(told()).toContain(`Create shop.orders with ${manual} (autoscale: a maximum of ${maximum}), so that`);
    expect(told({ kind: 'manual', ruPerSecond: ruPerSecond(400) })).toContain(`with ${manual}, so that`);
    const autoscale = told({ kind: 'autoscale', maxRuPerSecond: ruPerSecond(1_000) });
    expect(autoscale).toContain(`Create shop.orders with a maximum of ${maximum}, so that`);
    expect(told()).toMatch(/Set manual throughput to .* With autoscale, set the maxima to/);
  });
});

describe('a collection of which every document was read', () => {
  const indexes = [ID_INDEX, anIndex({ key: [['customer', 1]] })];
  const collection = aCollection('shop.orders', { documents: 500, logicalBytes: bytes(500 * 1024), indexes });
  const [any] = demoInput().scans;
  const told = (change: Partial<CollectionScan>): string => {
    const scan: CollectionScan = {
      ...any!,
      ...{ ns: collection.ns, documents: 500, of: 500, largestBytes: 2048, termsPerDocument: { customer_1: 1 } },
      ...change,
    };
    const made = demoInput({ inventory: anInventory([collection]), scans: [scan], usage: undefined as never });
    return assessmentText(makeAssessment(made), 'md', VERSION);
  };
  const row = (text: string): string => text.split('\n').find((line) => /^\| `shop\.orders` .*\bKB/.test(line)) ?? '';

  it.each([
    ['by a full scan', { mode: 'full', drawn: 'all', gaps: [] }],
    ['by a sample that had room for all', { mode: 'sample', drawn: 'all', gaps: [] }],
  ] as const)('%s is told as certain', (_, change) => {
    const text = told(change);
    expect(text).toContain('Every document was looked at (500 documents).');
    expect(text).toContain('Sizes are those of all 500 documents');
    expect(text).toContain('are counted in all documents.');
    expect(text).not.toMatch(/Sizes are those of a sample|counted in a sample/);
    expect(row(text)).toMatch(/\| +2 KB \| +500, all \|/);
  });

  it.each([
    ['of a sample', { mode: 'sample', drawn: 'random', documents: 100, gaps: [] }, /\| +≥ 2 KB \| +100, a sample \|/],
    [
      'of a full scan that was cut short',
      { mode: 'full', drawn: 'ranges', documents: 100, gaps: [{ purpose: 'data-scan', reason: 'time-limit' }] },
      /\| +≥ 2 KB \| +100, cut short \|/,
    ],
  ] as const)('is another thing than one %s', (_, change, looked) => {
    const text = told(change);
    expect(text).not.toContain('Every document was looked at');
    expect(text).toContain('Sizes are those of a sample of 100 documents of 500.');
    expect(row(text)).toMatch(looked);
  });
});

describe('a report on a terminal', () => {
  it('keeps a table apart from the chart above it', () => {
    const size = reportLines(assessmentContent(demo, 'size'), 200, true);
    const header = size.findIndex((line) => /^ +Collection +Kind/.test(line));
    expect(size.slice(header - 2, header)).toEqual([expect.stringContaining('414 KB'), '']);
  });
});

describe('a source of which some was read whole', () => {
  it('is told by how many collections these are', () => {
    const [first, ...others] = demoInput().scans;
    const scans = [first!, ...others.map((scan) => ({ ...scan, mode: 'sample' as const, drawn: 'random' as const }))];
    const { reasons } = assessmentContent(makeAssessment(demoInput({ scans })));
    expect(reasons.join(' ')).toMatch(/14 collections were looked at, every one of 1 collection; what only other/);
  });
});

describe('settings of the clients', () => {
  it.each(['cosmos-ru', 'cosmos-vcore'] as const)(
    'for %s are the same in findings and in their own section',
    (kind) => {
      const target = demo.targets.find((one) => one.target.kind === kind);
      const finding = target?.findings.find(({ rule }) => rule.startsWith('client-connection-settings'));
      const settings = findingSentence(finding!).match(/\S+=[^\s,;.]+|port \d+|mongodb\+srv/g) ?? [];
      expect(settings.length).toBeGreaterThan(4);
      const clients = assessmentText(demo, 'md', VERSION).split('\n## Clients')[1]?.split('\n## ')[0] ?? '';
      const own = clients.split('### For ').find((part) => part.startsWith(shortTargetName(kind))) ?? '';
      for (const setting of settings) expect(own).toContain(setting);
    },
  );
});

describe('what to do', () => {
  const tasks = (targets?: readonly [typeof RU]): string =>
    assessmentText(makeAssessment(demoInput(targets ? { targets } : {})), 'md', VERSION).split(
      '### Before the migration',
    )[1] ?? '';

  it('begins with the choice of a service where there is one, whose tasks alone are then left', () => {
    expect(tasks().trim()).toMatch(/^- \[ \] Choose one of the services/);
    expect(tasks([RU])).not.toContain('Choose one of the services');
  });
});
