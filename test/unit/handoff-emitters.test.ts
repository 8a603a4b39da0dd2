/** What every emitter has to stand, whichever system it writes for. */
import { describe, expect, it } from 'vitest';
import { parseConnectionString } from '../../src/adapters/mongo/connection-string.js';
import { handoffArtefacts } from '../../src/assembly/handoff-artefacts.js';
import { MigrationError } from '../../src/core/model/error.js';
import type { Handoff } from '../../src/core/model/handoff.js';
import type { Plan, PlannedCollection } from '../../src/core/model/plan.js';
import { bytes } from '../../src/core/model/units.js';
import type { Artefacts } from '../../src/handoff/artefacts.js';
import { dataFactoryArtefacts } from '../../src/handoff/data-factory/artefacts.js';
import { copyRange } from '../../src/handoff/data-factory/copy-range.js';
import { WHOLE } from '../../src/handoff/data-factory/id-bounds.js';
import { errorWords } from '../../src/words/errors.js';
import { handoffNoteSentence } from '../../src/words/handoff-notes.js';
import { HANDOFF as DATA_FACTORY } from '../support/data-factory/migrate.js';
import { HANDOFF as SPARK } from '../support/databricks/spark-run.js';
import { planOf, plannedCollection } from './engine-builders.js';

const CANARY = 'c4nary/p@ss "word"';
const FORMS = [CANARY, encodeURIComponent(CANARY), JSON.stringify(CANARY).slice(1, -1), 'c4nary'];
/** A quote, an escape, an expression, a comment, a mapping and a line's end: something for each of JSON, Python, YAML and a template. */
const ODD = `[parameters('x')] "it's" \\ @{z}: # {{%}} 名\u2028前`;

const CLUSTER = `/subscriptions/${DATA_FACTORY.azure.subscriptionId}/resourceGroups/g/providers/Microsoft.DocumentDB/mongoClusters/c`;
const DMS: Handoff = {
  ...{ kind: 'dms', azure: DATA_FACTORY.azure, service: 'dms1', project: 'p1', replication: 'one-time' },
  subnetId: '/subscriptions/s/subnets/n',
};

/** By name: the hand-off and the target that it is for. */
const EMITTERS: Readonly<Record<string, readonly [Handoff, Plan['targetKind']]>> = {
  spark: [SPARK, 'cosmos-ru'],
  'data-factory': [DATA_FACTORY, 'cosmos-ru'],
  'dms (RU)': [DMS, 'cosmos-ru'],
  'dms (vCore)': [{ ...DMS, targetResourceId: CLUSTER }, 'cosmos-vcore'],
  'studio-3t': [{ kind: 'studio-3t', port: 27_717 }, 'cosmos-ru'],
};
const NAMES = Object.keys(EMITTERS);

/** What the READMEs ask an administrator for, by emitter. Studio 3T needs none of Azure's. */
const RIGHTS: Readonly<Record<string, readonly string[]>> = {
  spark: ['Allow unrestricted cluster creation', 'CAN USE', 'CAN MANAGE RUN', 'READ', '`readWrite`', '`dbAdmin`'],
  'data-factory': ['Data Factory Contributor', 'Storage Blob Data Contributor', 'vaults/deploy/action', '`read`'],
  'dms (RU)': ['Contributor', 'subnets/join/action', 'register/action', '`read`', 'read-write key'],
  'dms (vCore)': ['Contributor', 'the target cluster', 'register/action', '`read`'],
  'studio-3t': [],
};

const named = (db: string, coll: string, more: Partial<PlannedCollection> = {}): PlannedCollection =>
  plannedCollection({ db, coll }, { db, coll }, { documents: 1, logicalBytes: bytes(1), ...more });

function planFor(emitter: string, collections: readonly PlannedCollection[], more: Partial<Plan> = {}): Plan {
  const [handoff, targetKind] = EMITTERS[emitter] ?? [SPARK, 'cosmos-ru'];
  return planOf(collections, { method: handoff.kind, handoff, targetKind, ...more });
}

function emit(plan: Plan, clusters?: Parameters<typeof handoffArtefacts>[1]): Artefacts {
  if (plan.method !== 'data-factory') return handoffArtefacts(plan, clusters);
  const data = plan.collections.filter(({ options }) => !options.view);
  return dataFactoryArtefacts(
    plan,
    data.map(({ source, target }) => copyRange({ source, target, bounds: WHOLE, documents: 1 })),
  );
}

/** The artefacts, or the words of a refusal. Anything else that is thrown is a crash. */
function emitted(plan: Plan): { readonly made?: Artefacts; readonly refused?: string } {
  try {
    return { made: emit(plan) };
  } catch (error) {
    if (!MigrationError.is(error, 'bad-plan')) throw error;
    return { refused: Object.values(errorWords(error)).join(' ') };
  }
}

const isSentence = (text: string): boolean => /^.{10,}\.$/s.test(text) && !/undefined|NaN|\[object|unknown/.test(text);

interface Template {
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly resources: readonly unknown[];
}

describe.each(NAMES)('the artefacts for %s', (emitter) => {
  it('are refused in words where the plan says of another system how it carries it out, or of none', () => {
    for (const [other, [handoff]] of Object.entries(EMITTERS)) {
      const plan = planFor(emitter, [named('shop', 'orders')], { handoff });
      // Studio 3T's port is a default; both ways of DMS are one kind.
      if (handoff.kind === plan.method || plan.method === 'studio-3t') continue;
      const { made, refused = '' } = emitted(plan);
      expect(made, other).toBeUndefined();
      expect(isSentence(refused), refused).toBe(true);
    }
    const without: { -readonly [K in keyof Plan]: Plan[K] } = { ...planFor(emitter, [named('shop', 'orders')]) };
    delete without.handoff;
    if (without.method !== 'studio-3t') expect(isSentence(emitted(without).refused ?? '')).toBe(true);
  });

  it('list the rights that they need, and say that no others do', () => {
    const { files } = emit(planFor(emitter, [named('shop', 'orders')]));
    const text = files.find(({ path }) => path === 'README.md')?.text ?? '';
    const rights = RIGHTS[emitter] ?? [];
    for (const right of rights) expect(text).toContain(right);
    if (rights.length > 0) expect(text).toMatch(/no more/i);
  });

  it('of a plan without a collection are made, or refused in words', () => {
    const { made, refused = '' } = emitted(planFor(emitter, []));
    expect(made !== undefined || isSentence(refused)).toBe(true);
  });

  it('tell of a view and of a time series, or refuse them in words', () => {
    const view = named('shop', 'open', { options: { view: { on: 'orders', pipeline: [] } } });
    const series = named('shop', 'readings', { options: { timeseries: { timeField: 't' } } });
    for (const odd of [view, series]) {
      const { made, refused = '' } = emitted(planFor(emitter, [named('shop', 'orders'), odd]));
      if (!made) {
        expect(refused).toContain(odd.source.coll);
        expect(isSentence(refused)).toBe(true);
        continue;
      }
      const told = [...made.notes.map(handoffNoteSentence), ...made.files.map(({ text }) => text)].join('\n');
      // Studio 3T copies a time series like any other collection.
      const ofSeries = emitter === 'studio-3t' ? /shop\.readings/ : /time series/;
      expect(told).toMatch(odd === view ? /\bviews?\b/i : ofSeries);
    }
  });

  it('carry a name that has to be escaped in JSON, Python, YAML and templates at once', () => {
    const plan = planFor(emitter, [named(`d'b`, `x${ODD}`), named('shop', ODD)]);
    const { files } = emit(plan);
    const texts = files.flatMap(({ path, text }) => (path.endsWith('.json') ? [JSON.parse(text) as unknown] : [text]));
    const values = new Set<string>();
    const collect = (value: unknown): void => {
      if (typeof value === 'string') values.add(value);
      else if (typeof value === 'object' && value !== null)
        for (const inner of Object.entries(value).flat()) collect(inner);
    };
    texts.forEach(collect);
    // A template doubles the bracket that would begin an expression; texts for people may escape what means something in them.
    expect([...values].some((value) => value.includes(ODD) || /名\s*前/u.test(value))).toBe(true);
    for (const { path, text } of files) {
      if (path.endsWith('.yml') || path.endsWith('.py')) expect(text, path).not.toContain('名');
      if (path.endsWith('.template.json')) expect(values.has(ODD), path).toBe(false);
    }
  });

  it('for 5,000 collections come within 10 seconds, each template within what ARM takes', () => {
    const many = Array.from({ length: 5_000 }, (_, i) => named(`db${i % 70}`, `a collection with a "long" @name ${i}`));
    const started = performance.now();
    const { files } = emit(planFor(emitter, many));
    expect(performance.now() - started).toBeLessThan(10_000);
    // learn.microsoft.com/azure/azure-resource-manager/templates/best-practices: 4 MB, 800 resources, 256 parameters.
    for (const { path, text } of files.filter(({ path }) => path.endsWith('.template.json'))) {
      const { parameters = {}, resources } = JSON.parse(text) as Template;
      expect(Buffer.byteLength(text), path).toBeLessThan(4 * 1024 * 1024);
      expect(resources.length, path).toBeLessThanOrEqual(800);
      expect(Object.keys(parameters).length, path).toBeLessThanOrEqual(256);
    }
  });

  it('hold no secret of any connection, and no note does', () => {
    const uri = (host: string): string => `mongodb://mover:${encodeURIComponent(CANARY)}@${host}/?tls=true`;
    const plan = planFor(emitter, [named('shop', 'orders')], {
      source: { name: 'old', uri: uri('s.example'), passwordFrom: { env: 'SOURCE_PASSWORD' } },
      target: { name: 'new', uri: uri('t.example'), passwordFrom: { env: 'TARGET_PASSWORD' } },
    });
    const [source, target] = [parseConnectionString(uri('s.example')), parseConnectionString(uri('t.example'))];
    const { files, notes } = emit(plan, { source, target });
    const texts = [...files.flatMap(({ path, text }) => [path, text]), ...notes.map(handoffNoteSentence)];
    expect(texts.filter((text) => FORMS.some((form) => text.includes(form)))).toEqual([]);
  });
});
