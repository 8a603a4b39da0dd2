/** What an owner who has to decide reads of an assessment, and traces. */
import { describe, expect, it } from 'vitest';
import { reportLines } from '../../src/cli/report-text.js';
import { makeAssessment } from '../../src/core/assess/make-assessment.js';
import { ruPerSecond } from '../../src/core/model/units.js';
import { assessmentContent } from '../../src/words/assessment-content.js';
import { assessmentText } from '../../src/words/assessment-formats.js';
import { formatRoughDuration } from '../../src/words/sizes.js';
import { demoInput } from './assessment-facts.js';

const VERSION = '1.2.3';
const demo = makeAssessment(demoInput());

describe('the report of an assessment, for who has to decide', () => {
  it('stops writes before anything moves, and sends nobody to the target before the check was read', () => {
    const markdown = assessmentText(demo, 'md', VERSION);
    const tasks = (title: string): readonly string[] =>
      (markdown.split(`### ${title}\n`)[1] ?? '')
        .split('\n#')[0]
        ?.split('\n')
        .filter((line) => line.startsWith('- [ ] ')) ?? [];
    expect(tasks('While the data moves')[0]).toContain('Stop all writes to the source');
    expect(tasks('While the data moves').join('\n')).not.toContain('connection strings');
    const after = tasks('Afterwards');
    expect(after[0]).toContain('Read the report of the run before anything else');
    expect(after.findIndex((task) => task.includes('Change the connection strings'))).toBeGreaterThan(0);
    expect(after.at(-1)).toContain('Keep the source');
  });

  it('says first for how long writes stop: copy, indexes and check together', () => {
    const markdown = assessmentText(demo, 'md', VERSION);
    const row = markdown.split('\n').find((line) => line.startsWith('| Writes to the source stop for')) ?? '';
    for (const { expectedRun } of demo.targets) {
      const phases = Object.values(expectedRun?.phases ?? {});
      const whole = phases.reduce((sum, { expected }) => sum + expected, 0);
      expect(whole).toBeGreaterThan(expectedRun?.durationMs.expected ?? Number.NaN);
      expect(row).toContain(`about ${formatRoughDuration(whole)} (`);
    }
    // Nobody follows changes to the one, and nothing was simulated for the other.
    const targets = demo.targets.map(({ expectedRun: _run, ...target }) => ({
      ...target,
      recommendation: {
        ...target.recommendation,
        recommended: 'dms' as const,
        ranked: target.recommendation.ranked.map((method) =>
          method.method === 'dms' && target.target.kind === 'cosmos-ru'
            ? { ...method, needs: method.needs.filter(({ id }) => id !== 'need-write-stop') }
            : method,
        ),
      },
    }));
    const followed = assessmentText({ ...demo, targets }, 'md', VERSION);
    expect(followed).toMatch(/^\| Writes to the source stop for +\| The cutover alone[^|]+\| All of it, /m);
    expect(followed).toContain('after the check. (Cosmos DB vCore (DocumentDB); developers of the application)');
  });

  it('says first that the load is not known where counters are too young, and what to do about it', () => {
    const { usage } = demoInput();
    const young = { ...usage!, rates: { ...usage!.rates!, by: 'since-start', seconds: 9 } } as typeof usage;
    const told = assessmentContent(makeAssessment(demoInput({ usage: young! })));
    expect(told.reasons.join(' ')).toContain('How busy the source is was not measured long enough');
    const tasks = JSON.stringify(told.sections.find(({ title }) => title === 'What to do'));
    expect(tasks).toContain('Assess again while the source is busy, and have it watched for some minutes');
    expect(assessmentContent(demo).reasons.join(' ')).not.toContain('How busy');
    expect(JSON.stringify(assessmentContent(demo))).not.toContain('Assess again');
  });

  it('tells one use of the throughput, wherever it is told', () => {
    const ru = demo.targets.find(({ target }) => target.kind === 'cosmos-ru');
    const bound = ru?.recommendation.assumptions.find(({ id }) => id === 'bound-by-throughput')?.params;
    const share = Number(bound?.['ruPerSecond']) / Number(bound?.['of']);
    expect(share).toBeCloseTo(ru?.expectedRun?.utilisation ?? Number.NaN, 6);
    const told = makeAssessment(demoInput({ throughput: { kind: 'manual', ruPerSecond: ruPerSecond(10_000) } }));
    expect(assessmentText(told, 'md', VERSION)).toMatch(/A copy gets [\d,]+ RU\/s of 140,000 RU\/s on average/);
  });

  it.each<[string, Parameters<typeof demoInput>[0]]>([
    ['no throughput said', {}],
    ['a throughput', { throughput: { kind: 'manual', ruPerSecond: ruPerSecond(1_000) } }],
    ['serverless', { throughput: { kind: 'serverless' } }],
    [
      'a throughput and a measured charge',
      {
        throughput: { kind: 'manual', ruPerSecond: ruPerSecond(4_000) },
        measured: { ruPerDocument: 8, tableRuPerDocument: 5 },
      },
    ],
  ])('tells one time of one copy, wherever it is told, with %s', (_name, change) => {
    const { targets } = makeAssessment(demoInput(change));
    expect(targets).toHaveLength(2);
    for (const { recommendation, expectedRun } of targets) {
      const direct = recommendation.ranked.find(({ method }) => method === 'direct-copy')?.durationMs;
      const { low, expected, high } = expectedRun?.durationMs ?? {};
      expect({ low, expected, high }).toEqual(direct);
    }
  });

  it('names what is meant by a task that is of no collection without brackets around nothing', () => {
    const { usage } = demoInput();
    const seen = { name: 'createUser', kind: 'command', count: 1, evidence: 'server-counters' } as const;
    const made = makeAssessment(demoInput({ usage: { ...usage!, features: [...usage!.features, seen] } }));
    expect(assessmentText(made, 'md', VERSION)).toContain('- [ ] `createUser`: Look whether an application sends it');
  });

  it('tells of everything that figures rest on where it is from, and the figures that were assumed', () => {
    const notes = assessmentText(demo, 'md', VERSION).match(/^- \*\*A\d+\*\* .*/gm) ?? [];
    // What follows from the others has no source of its own.
    const reckoned = /sets the pace|from a simulation of it/;
    const basis = /\((measured|published|our judgement|said by you|not confirmed anywhere)\)( \S.*)?$/;
    expect(notes.filter((note) => !basis.test(note) && !reckoned.test(note))).toEqual([]);
    expect(notes.filter((note) => /\(published\)$/.test(note))).toEqual([]);
    const text = notes.join('\n');
    expect(text).toContain(
      'Speed: 60,000 documents or 60 MB a second, whichever is slower (15,000 to 150,000; 10 MB to 110 MB)',
    );
    expect(text).toContain('Building an index is taken to read 60,000 documents or 80 MB a second');
    expect(text).toContain('The check is taken to read 60,000 documents or 60 MB a second');
    expect(text).toMatch(
      /Sizes by Microsoft's guidance: [^(]+\(published\) <https:\/\/learn\.microsoft\.com\/training\//,
    );
    expect(text.match(/: USD 0\.\d+ for /g)).toHaveLength(4);
  });

  it('claims to know nothing to the second or the last request unit that it has only reckoned', () => {
    const content = assessmentContent(demo);
    const told = JSON.stringify(
      content.sections.filter(({ title }) => /^(Cost|The run|Ways of|Throughput)/.test(title)),
    );
    expect(told).toContain('"46 min"');
    expect(told.match(/\b\d{2,} min \d+ s\b/g) ?? []).toEqual([]);
    expect(told).toContain('1,850,000 RU for writing and checking every document');
    expect(told).toMatch(/233,000 \([\d,]+ to [\d,]+\) RU"/);
  });

  it('shows the operations that the load of each collection was reckoned from, and that they may say little', () => {
    const markdown = assessmentText(demo, 'md', VERSION);
    const usage = markdown.split('### Operations of each collection')[1] ?? '';
    const movies = demo.usage?.namespaces.find(({ ns }) => ns.coll === 'movies');
    expect(movies?.readsPerSecond).toBeGreaterThan(10);
    expect(usage).toMatch(new RegExp(`\\| \`culture\\.movies\` +\\| +${movies?.readsPerSecond.toFixed(1)} \\|`));
    expect(markdown).not.toContain('too short to size by');
    const { usage: seen } = demoInput();
    const young = { ...seen!, rates: { ...seen!.rates!, by: 'since-start', seconds: 9 } } as NonNullable<typeof seen>;
    expect(assessmentText(makeAssessment(demoInput({ usage: young })), 'md', VERSION)).toContain(
      '(on average over 9 s, too short to size by)',
    );
  });

  it('says of the largest collection why it does without a shard key', () => {
    expect(assessmentText(demo, 'md', VERSION)).toContain(
      'well without a shard key. The largest is aviation.flights: its 11.6 MB fit well into the 20 GB that it can hold',
    );
  });

  it('tells costs by each way of paying apart where a terminal has one line for them', () => {
    const lines = reportLines(assessmentContent(demo, 'short'), 110).join(' ').replace(/\s+/g, ' ');
    expect(lines).toMatch(/a month: RU account, autoscale; USD [^;]+: RU account, manual throughput; USD /);
    const size = reportLines(assessmentContent(demo, 'size'), 110).join(' ').replace(/\s+/g, ' ');
    expect(size).toContain('where this one has 8 GiB. It has 4 vCores');
  });
});
