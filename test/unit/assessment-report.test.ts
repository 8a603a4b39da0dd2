import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeAssessment } from '../../src/core/assess/make-assessment.js';
import type { Rule } from '../../src/core/assess/rule.js';
import { RULES } from '../../src/core/assess/rules.js';
import type { Assessment } from '../../src/core/model/assessment.js';
import { formatNamespace, parseNamespace } from '../../src/core/model/namespace.js';
import { TARGET_WISHES } from '../../src/core/model/target-wishes.js';
import { ruPerSecond } from '../../src/core/model/units.js';
import { REMEDIES } from '../../src/words/remedies.js';
import { FEATURE_REMEDIES } from '../../src/words/finding-features.js';
import { assessmentContent } from '../../src/words/assessment-content.js';
import { ASSESSMENT_FORMATS, assessmentText } from '../../src/words/assessment-formats.js';
import { assessmentJson } from '../../src/words/assessment-json.js';
import { targetWishName } from '../../src/words/target-choice.js';
import { remedyWork } from '../../src/words/remedy-work.js';
import { demoInput } from './assessment-facts.js';
import { aCollection, anIndex, anInventory, ID_INDEX } from './core-builders.js';

const VERSION = '1.2.3';
const schema = JSON.parse(
  readFileSync(new URL('../../media/assessment.schema.json', import.meta.url), 'utf8'),
) as object;
const validate = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema);

/** As a file holds it. */
function written(assessment: Assessment): unknown {
  return JSON.parse(JSON.stringify(assessmentJson(assessment)));
}

const demo = makeAssessment(demoInput());

describe('the report of an assessment', () => {
  it.each(ASSESSMENT_FORMATS)('tells of the demo what it did before, as %s', async (format) => {
    await expect(assessmentText(demo, format, VERSION)).toMatchFileSnapshot(`assessment-golden/demo.${format}.txt`);
  });

  it('says why what single throughputs come to is less than what is advised for every day', () => {
    const told = (perDay: number): string => {
      const targets = demo.targets.map(({ ru, ...target }) =>
        ru ? { ...target, ru: { ...ru, steady: { ...ru.steady, expected: perDay } } } : target,
      );
      return assessmentText({ ...demo, targets }, 'md', VERSION);
    };
    const placed = demo.targets.flatMap(({ ru }) => ru?.budgets ?? []).reduce((sum, { steady }) => sum + steady, 0);
    expect(told(placed + 1_000)).toContain(`Every day these come to ${placed.toLocaleString('en-US')} RU/s.`);
    expect(told(placed)).not.toContain('these come to');
  });

  it('advises on methods by how much the source writes and how far its oplog reaches back', () => {
    const throughput = { kind: 'manual', ruPerSecond: ruPerSecond(400) } as const;
    const demoed = demoInput({ wishes: { online: true }, throughput });
    const { inventory } = demoed;
    // The service follows the changes of servers up to 4.0.
    const source = { topology: 'replica-set', version: '4.0.28', versionArray: [4, 0, 28] } as const;
    const input = { ...demoed, inventory: { ...inventory, cluster: { ...inventory.cluster, ...source } } };
    const usage = {
      ...input.usage!,
      rates: { insert: 50_000, update: 0, delete: 0, query: 0, getmore: 0, command: 0, seconds: 60, by: 'watched' },
      oplog: { windowMs: 1_000, bytes: 1, entries: 1 },
    } as never;
    const said = ({ targets }: Assessment): ReadonlySet<string> =>
      new Set(
        targets.flatMap(({ recommendation: { ranked } }) =>
          ranked.flatMap((m) => [...m.reasons, ...m.needs].map(({ id }) => id)),
        ),
      );
    const [without, withUse] = [
      said(makeAssessment({ ...input, usage: undefined as never })),
      said(makeAssessment({ ...input, usage })),
    ];
    for (const id of ['stops-so-many-writes', 'writes-outrun-target', 'oplog-shorter-than-copy']) {
      expect([id, without.has(id), withUse.has(id)]).toEqual([id, false, true]);
    }
  });

  it('weighs what is wanted of the service, tells it as it was said, and reckons with its regions', () => {
    const said = makeAssessment(demoInput({ wants: TARGET_WISHES, regions: 3 }));
    expect(validate(written(said)) ? [] : validate.errors).toEqual([]);
    expect(written(said)).toMatchObject({ wants: TARGET_WISHES, regions: 3 });
    const reasons = (made: Assessment) => new Set(made.choice?.reasons.map(({ reason }) => reason.id));
    for (const id of ['global-writes', 'elastic', 'latency-promised']) {
      expect([id, reasons(demo).has(id), reasons(said).has(id)]).toEqual([id, false, true]);
    }
    for (const format of ['html', 'md'] as const) {
      const text = assessmentText(said, format, VERSION);
      for (const wish of TARGET_WISHES) expect(text).toContain(targetWishName(wish));
      expect(text).toMatch(/3 regions, each with all of the throughput and storage[^.]*\. \(said by you\)/);
      expect(assessmentText(demo, format, VERSION)).not.toContain(targetWishName('global-writes'));
      expect(assessmentText(demo, format, VERSION)).toContain('One region is reckoned with');
    }
    const manual = ({ targets }: Assessment) =>
      targets[0]?.cost?.options
        .find(({ id }) => id === 'ru-manual')
        ?.lines.find(({ id }) => id === 'throughput-manual');
    // Three regions, at the price of several write regions, which is twice as high.
    expect(manual(said)?.amount.expected).toBeCloseTo(6 * (manual(demo)?.amount.expected ?? Number.NaN), 6);
    const least = makeAssessment(demoInput({ wants: ['global-writes'] }));
    expect(manual(least)?.params['regions']).toBe(2);
  });

  it('reckons with the regions that were read of the target, and tells so, until somebody says how many', () => {
    const { targets } = demoInput();
    const found = targets.map((target) => ({ ...target, account: { regions: 2, multipleWriteRegions: true } }));
    const manual = (more: object): number =>
      makeAssessment(demoInput({ targets: found, ...more }))
        .targets[0]?.cost?.options.find(({ id }) => id === 'ru-manual')
        ?.lines.find(({ id }) => id === 'throughput-manual')?.amount.expected ?? Number.NaN;
    const [one] = demo.targets[0]?.cost?.options.find(({ id }) => id === 'ru-manual')?.lines ?? [];
    // Two regions, at the price of several write regions, which is twice as high.
    expect(manual({})).toBeCloseTo(4 * (one?.amount.expected ?? Number.NaN), 6);
    expect(manual({ regions: 1 })).toBeCloseTo(one?.amount.expected ?? Number.NaN, 6);
    const read = makeAssessment(demoInput({ targets: found }));
    expect(validate(written(read)) ? [] : validate.errors).toEqual([]);
    for (const format of ['html', 'md'] as const) {
      const text = assessmentText(read, format, VERSION);
      expect(text).toMatch(/2 regions, each taking writes, as read from the account/);
      expect(text).not.toContain('One region is reckoned with');
    }
  });

  it('takes a view that a target lacks for something that stays behind, not for something that stops the data', () => {
    const ru = demo.targets.find(({ target }) => target.kind === 'cosmos-ru');
    const views = ru?.findings.filter(({ rule }) => rule === 'view-unsupported') ?? [];
    expect(views.map(({ severity }) => severity)).toEqual(['warning']);
    expect(ru?.findings.some(({ severity }) => severity === 'blocker')).toBe(false);
    const { headline, reasons } = assessmentContent(demo);
    expect(headline).toContain('It can be moved to Cosmos DB (RU)');
    expect(headline).not.toContain('not to');
    expect(reasons).toContain('On Cosmos DB (RU) 1 view and 2 indexes stay behind; see "Findings".');
    expect(reasons.some((reason) => reason.startsWith('On Cosmos DB vCore'))).toBe(false);
  });

  it('calls a time series a blocker all the same: its documents do not arrive', () => {
    const series = aCollection('shop.readings', { type: 'timeseries' });
    const made = makeAssessment(demoInput({ inventory: anInventory([series]), scans: [] }));
    expect(assessmentContent(made).headline).toMatch(/^It cannot be moved to/);
  });

  it('says once what could not be weighed, and counts it for nothing', () => {
    const choice = assessmentText(demo, 'md', VERSION).split('## What to do')[0] ?? '';
    expect(choice.match(/The cost: there is no price for/g)).toHaveLength(1);
    expect(choice.match(/ts? was? not weighed|suits it better/gi)).toHaveLength(2);
    const weighed = demo.choice?.reasons.filter(({ reason }) => reason.id !== 'cost-unknown').length ?? 0;
    expect(weighed).toBe((demo.choice?.reasons.length ?? 0) - 1);
    expect(choice).toContain(`: ${weighed} things were weighed`);
    const unread = makeAssessment(demoInput({ usage: undefined as never }));
    const told = assessmentText(unread, 'md', VERSION);
    expect(told.match(/What the source is used for was not read/g)).toHaveLength(1);
  });

  it('says once what is to be known of prices, and costs of a migration by each way of paying', () => {
    const markdown = assessmentText(demo, 'md', VERSION);
    expect(markdown.match(/Estimates in USD by list prices/g)).toHaveLength(1);
    const row = markdown.split('\n').find((line) => line.startsWith('| Cost of the migration, on top')) ?? '';
    for (const way of ['autoscale', 'manual throughput', 'serverless']) expect(row).toContain(`RU account, ${way}`);
  });

  it('reckons the cost of a copy with the time that the report says it takes', () => {
    const ru = demo.targets.find(({ target }) => target.kind === 'cosmos-ru');
    const told = ru?.cost?.options.flatMap(({ lines }) => lines).find(({ id }) => id === 'migration-autoscale');
    const copyHours = (ru?.expectedRun?.durationMs.expected ?? Number.NaN) / 3_600_000;
    // Any start: the hours of the clock that it touches are its length and one on average.
    expect(told?.params['hours']).toBeCloseTo(copyHours + 1, 6);
    expect(
      ru?.cost?.options.flatMap(({ lines }) => lines.flatMap(({ amount }) => amount.assumptions)),
    ).not.toContainEqual(expect.objectContaining({ id: 'copy-time-by-charge' }));
  });

  it('names what is paid for while the data moves and what comes on top of the month by two names, and says how they differ', () => {
    const markdown = assessmentText(demo, 'md', VERSION);
    const whole = markdown.split('\n').find((line) => line.startsWith('| direct copy')) ?? '';
    expect(whole).toContain('Manual throughput of 3,400 RU/s, billed for');
    expect(markdown.match(/^\| Method .*\| Paid for while the data moves /gm)).toHaveLength(2);
    expect(markdown.match(/^\| (Cost of the migration|The migration, once), on top of the month /gm)).toHaveLength(4);
    expect(markdown).toContain('What a migration costs on top of the month is another figure');
  });

  it('names everything that the everyday throughput rests on, also where its cost is told', () => {
    const ru = demo.targets.find(({ target }) => target.kind === 'cosmos-ru');
    const lines = ru?.cost?.options.flatMap((option) => option.lines) ?? [];
    const monthly = lines.filter(({ id }) => ['throughput-manual', 'throughput-autoscale'].includes(id));
    expect(monthly).toHaveLength(2);
    for (const figure of [ru?.ru?.steady, ...monthly.map(({ amount }) => amount)]) {
      expect(figure?.assumptions.map(({ id }) => id)).toEqual(
        expect.arrayContaining(['rates-averaged', 'peak-over-average', 'documents-per-query', 'charge-table']),
      );
    }
    // Of the collections that the load is of, each counted once.
    const busy = new Set((demo.usage?.namespaces ?? []).map(({ ns }) => formatNamespace(ns)));
    const looked = demo.scans.filter(({ ns }) => busy.has(formatNamespace(ns)));
    expect(ru?.ru?.steady.assumptions.find(({ id }) => id === 'sizes-scanned')?.params).toEqual({
      documents: looked.reduce((sum, { documents }) => sum + documents, 0),
    });
  });

  it('claims of an account that nobody has looked at only what nobody has said', () => {
    const markdown = assessmentText(demo, 'md', VERSION);
    expect(markdown).toContain('need EnableUniqueCompoundNestedDocs on the account, and nobody has said that it is on');
    expect(markdown).not.toContain('the account lacks');
  });

  it('says nothing twice under two marks', () => {
    const notes = assessmentText(demo, 'md', VERSION).match(/^- \*\*A\d+\*\* .*/gm) ?? [];
    const sentences = notes.map((note) =>
      note.replace(/^- \*\*A\d+\*\* /, '').replace(/ \((measured|published|our judgement)\).*$/, ''),
    );
    expect(sentences.length).toBeGreaterThan(30);
    expect(new Set(sentences).size).toBe(sentences.length);
  });

  it('breaks names after their dots, and anywhere only where a part of them is long', () => {
    const long = 'a'.repeat(60);
    const collection = aCollection(`shop.orders.of-2026.${long}`);
    const html = assessmentText(
      makeAssessment(demoInput({ inventory: anInventory([collection]), scans: [] })),
      'html',
      VERSION,
    );
    expect(html).toContain(`<code>shop.<wbr>orders.<wbr>of-2026.<wbr><span class="long">${long}</span></code>`);
    // What may break anywhere makes columns as narrow as a letter.
    const anywhere = [...html.matchAll(/([^{}]+)\{[^{}]*overflow-wrap: anywhere/g)].map(([, of]) => of?.trim());
    expect(anywhere).toEqual(['.long', 'dd']);
    expect(html).toMatch(/code \{[^}]*overflow-wrap: break-word/);
  });

  it('says everything in sentences: no id is shown as it is', () => {
    const html = assessmentText(demo, 'html', VERSION).replace(/<style>.*?<\/style>/s, '');
    // What has no words is shown as its id and its parameters.
    expect(html.match(/\b[a-z]+(-[a-z]+){1,5} \([a-z][A-Za-z]* \S+/g) ?? []).toEqual([]);
    expect(html.match(/undefined|NaN (?!of|in|with)[A-Z]|\[object/g) ?? []).toEqual([]);
  });

  it('gives every figure and finding a note that is there', () => {
    const html = assessmentText(demo, 'html', VERSION);
    const marks = [...html.matchAll(/href="#note-([AS]\d+)"/g)].map(([, mark]) => mark);
    const notes = new Set([...html.matchAll(/id="note-([AS]\d+)"/g)].map(([, mark]) => mark));
    expect(marks.length).toBeGreaterThan(30);
    for (const mark of marks) expect(notes).toContain(mark);
  });

  it('is one page without a script, with nothing loaded, dark where wished and light on paper', () => {
    const html = assessmentText(demo, 'html', VERSION);
    expect(html).not.toMatch(/<script|<link|<img|<iframe|\son\w+=|javascript:|src=|@import|url\(/i);
    expect(html).toContain("default-src 'none'");
    expect(html).toContain('prefers-color-scheme: dark');
    expect(html).toContain('@media print');
    const pictures = html.match(/<svg /g) ?? [];
    expect(pictures.length).toBeGreaterThan(2);
    expect(html.match(/<svg role="img" [^>]*><title>[^<]+<\/title><desc>[^<]+<\/desc>/g)).toHaveLength(pictures.length);
  });

  it('is JSON by the published schema', () => {
    expect(validate(written(demo)) ? [] : validate.errors).toEqual([]);
    const rerun = makeAssessment(demoInput({ earlier: demo }));
    expect(validate(written(rerun)) ? [] : validate.errors).toEqual([]);
  });

  it('is the same for the same facts', () => {
    expect(makeAssessment(demoInput())).toEqual(demo);
  });

  it('keeps any name a name in every form', () => {
    const names = fc
      .array(
        fc.constantFrom('<script>', '"', "'", '&', '|', '`', '\n', '# ', '*', '[x](y)', 'é', '漢', '\u0000', 'a'),
        {
          minLength: 1,
          maxLength: 6,
        },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(names, (name) => {
        const ns = { db: 'shop', coll: name };
        const collection = { ...aCollection('shop.a', { indexes: [ID_INDEX, anIndex({ name, sparse: true })] }), ns };
        const made = makeAssessment(
          demoInput({ inventory: anInventory([collection]), scans: [], name, earlier: demo }),
        );
        const html = assessmentText(made, 'html', VERSION);
        expect(html).not.toContain('<script>');
        const tags = new Set(html.match(/<\/?[a-z0-9]+/g));
        for (const tag of tags) expect(KNOWN_TAGS).toContain(tag.replace(/[</]/g, ''));
        const markdown = assessmentText(made, 'md', VERSION);
        expect(markdown.split('\n').filter((line) => line.startsWith('# '))).toHaveLength(1);
        expect(JSON.parse(assessmentText(made, 'json', VERSION))).toMatchObject({ source: { name } });
      }),
      { numRuns: 25 },
    );
  });

  it('tells of each rule that fails by itself, and of all findings of the others', () => {
    const failing = RULES.map((rule): Rule =>
      rule.id === 'option-capped-unsupported'
        ? {
            ...rule,
            check: () => {
              throw new Error('broken on purpose');
            },
          }
        : rule,
    );
    const made = makeAssessment(demoInput(), failing);
    for (const [i, target] of made.targets.entries()) {
      expect(target.failedRules).toEqual([{ rule: 'option-capped-unsupported', message: 'broken on purpose' }]);
      const others = demo.targets[i]?.findings.filter(({ rule }) => rule !== 'option-capped-unsupported');
      expect(target.findings).toEqual(others);
    }
    for (const format of ['html', 'md', 'sarif'] as const) {
      expect(assessmentText(made, format, VERSION)).toContain('broken on purpose');
    }
  });

  it('knows of every remedy when it is due and whose work it is', () => {
    for (const remedy of [...Object.keys(REMEDIES), ...Object.keys(FEATURE_REMEDIES)]) {
      if (remedy === 'nothing-to-do' || remedy === 'know-write-concern') expect(remedyWork(remedy)).toBeUndefined();
      else expect(remedyWork(remedy), remedy).toMatchObject({ isKnown: true });
    }
  });
});

const KNOWN_TAGS = [
  ...['html', 'head', 'meta', 'title', 'style', 'body', 'main', 'h1', 'h2', 'h3', 'div', 'p', 'strong', 'ul', 'ol'],
  ...['li', 'nav', 'section', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'code', 'span', 'sup', 'a', 'br', 'dl'],
  ...['dt', 'dd', 'wbr', 'figure', 'figcaption', 'svg', 'desc', 'g', 'text', 'rect', 'path'],
];

describe('a rerun', () => {
  const orders = parseNamespace('shop.orders');
  const inventoryOf = (...names: readonly string[]): ReturnType<typeof anInventory> =>
    anInventory([
      aCollection('shop.orders', {
        indexes: [ID_INDEX, ...names.map((name) => anIndex({ name, key: [[name, 'text']] }))],
      }),
    ]);
  const of = (inventory: ReturnType<typeof anInventory>, earlier?: Assessment): Assessment =>
    makeAssessment(demoInput({ inventory, scans: [], ...(earlier ? { earlier } : {}) }));

  it('tells what was fixed, what is new and what stayed, by index', () => {
    const earlier = of(inventoryOf('a', 'b'));
    const [ru] = of(inventoryOf('b', 'c'), earlier).comparison?.targets ?? [];
    const indexes = (found: readonly { params: Readonly<Record<string, unknown>> }[] = []): unknown[] =>
      found.map(({ params }) => params['index']).filter((index) => index !== undefined);
    expect(indexes(ru?.fixed)).toEqual(['a']);
    expect(indexes(ru?.appeared)).toEqual(['c']);
    expect(ru?.stayed).toBeGreaterThan(0);
  });

  it('finds nothing new in what has not changed, whatever was measured', () => {
    const earlier = of(inventoryOf('a'));
    const grown = inventoryOf('a');
    const [collection] = grown.collections;
    if (!collection) throw new Error('no collection');
    const now = of({ ...grown, collections: [{ ...collection, documents: 5000 }] }, earlier);
    for (const target of now.comparison?.targets ?? []) {
      expect(target.fixed).toEqual([]);
      expect(target.appeared).toEqual([]);
    }
  });

  it('does not call fixed what could not be looked at again', () => {
    const earlier = of(inventoryOf('a'));
    const unread = anInventory([], { failed: [{ ns: orders, code: '13', message: 'not authorized' }] });
    const [ru] = of(unread, earlier).comparison?.targets ?? [];
    expect(ru?.fixed.filter(({ ns }) => ns && formatNamespace(ns) === 'shop.orders')).toEqual([]);
    expect(ru?.unknown?.some(({ rule }) => rule === 'index-text-unsupported')).toBe(true);
  });
});
