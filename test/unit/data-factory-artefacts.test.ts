/** What is emitted for Data Factory: within ARM's limits, known to the published schemas, and nothing else. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../src/core/model/plan.js';
import { dataFactoryArtefacts, dataFactoryDesign } from '../../src/handoff/data-factory/artefacts.js';
import { copyRange } from '../../src/handoff/data-factory/copy-range.js';
import { cutBounds, WHOLE } from '../../src/handoff/data-factory/id-bounds.js';
import { masterPipelines } from '../../src/handoff/data-factory/pipelines.js';
import { factoryNames } from '../../src/handoff/data-factory/names.js';
import { copyPace } from '../../src/core/tune/copy-activities.js';
import { expectGolden } from '../golden/expect-golden.js';
import { hasArmSchemas, schemaMisfits } from '../support/arm/arm-schemas.js';
import { checkResource } from '../support/data-factory/definitions.js';
import { evaluated } from '../support/data-factory/expressions.js';
import { HANDOFF, startMockAzure } from '../support/data-factory/migrate.js';
import { list, record, type Json } from '../support/data-factory/refusal.js';
import { aCollection } from './core-builders.js';
import { planOf, TARGETS } from './core-plan-builders.js';

const idHex = (n: number): string => `07${n.toString(16).padStart(24, '0')}`;

function planWith(names: readonly string[], change: Partial<Plan> = {}): Plan {
  return { ...planOf(names.map((name) => aCollection(name))), method: 'data-factory', handoff: HANDOFF, ...change };
}

const wholeRanges = (plan: Plan) =>
  plan.collections.map(({ source, target }) => copyRange({ source, target, bounds: WHOLE, documents: 1 }));

beforeAll(async () => {
  // Reads the published schemas, which takes seconds.
  await (await startMockAzure())[Symbol.asyncDispose]();
});

async function deployAll(plan: Plan, ranges: ReturnType<typeof wholeRanges>, sourceVersion?: readonly number[]) {
  const azure = await startMockAzure();
  const { templates } = dataFactoryDesign(plan, ranges, sourceVersion ? { sourceVersion } : {});
  for (const { name, template } of templates) {
    const value = (given: string): Json => ({ value: given });
    const parameters =
      name === 'factory' ? { sourceConnectionString: value('s'), targetConnectionString: value('t') } : {};
    const path = `/subscriptions/${HANDOFF.azure.subscriptionId}/resourceGroups/migration/providers/Microsoft.Resources/deployments/${name}`;
    const body = { properties: { mode: 'Incremental', template, parameters } };
    await azure.client().sendAndWait({ method: 'PUT', path, apiVersion: '2021-04-01', body });
  }
  expect(azure.notAccepted).toEqual([]);
  const resources = new Map(azure.resources);
  await azure[Symbol.asyncDispose]();
  return { resources, templates };
}

describe('artefacts for Data Factory', () => {
  it('are what was reviewed, for a small plan', () => {
    const plan = planWith(['shop.orders', 'shop.@{x} "y"']);
    const [first, second] = plan.collections;
    if (!first || !second) throw new Error('the plan has two collections');
    const parts = cutBounds(WHOLE, [idHex(1), idHex(2)]).map((bounds) =>
      copyRange({ source: first.source, target: first.target, bounds, documents: 5 }),
    );
    const whole = copyRange({ source: second.source, target: second.target, bounds: WHOLE, documents: 2 });
    expectGolden('data-factory-small', dataFactoryArtefacts(plan, [...parts, whole], { sourceVersion: [6, 0] }));
  });

  it.each([
    ['RU', TARGETS.ru, [4, 2]],
    ['vCore', TARGETS.vcore, [7, 0]],
    ['MongoDB', TARGETS.mongodb, [5, 0]],
  ])(
    'for %s are accepted whole by the model, and by the published schemas where they are there',
    async (_name, targetCluster, version) => {
      const draft = planOf([aCollection('shop.orders')], { targetCluster });
      const plan: Plan = {
        ...draft,
        method: 'data-factory',
        handoff: { ...HANDOFF, integrationRuntime: '[odd] runtime' },
      };
      const { templates, resources: made } = await deployAll(plan, wholeRanges(plan), version);
      const deployed = [...made.values()].filter(({ type }) => !type.endsWith('blobServices'));
      const types = deployed.map(({ type }) => type.split('/').at(-1)).sort();
      expect(types).toEqual([
        'containers',
        'datasets',
        'datasets',
        'datasets',
        'factories',
        'linkedservices',
        'linkedservices',
        'linkedservices',
        'pipelines',
        'pipelines',
        'roleAssignments',
        'storageAccounts',
      ]);
      expect(JSON.stringify(deployed)).toContain('"referenceName":"[odd] runtime"');
      if (!hasArmSchemas()) return;
      const resources = templates.flatMap(({ template }) =>
        list(template['resources'], 'resources').map((one) => record(one, 'resource')),
      );
      expect(resources.flatMap((resource) => schemaMisfits(String(resource['type']), resource))).toEqual([]);
      const [pipeline] = resources.filter(({ type }) => String(type).endsWith('pipelines'));
      expect(
        schemaMisfits('Microsoft.DataFactory/factories/pipelines', {
          ...pipeline,
          properties: { activities: [{ name: 'x', type: 'Copy', typeProperties: {} }] },
        }),
      ).not.toEqual([]);
    },
  );

  it('for 5,000 collections come within ten seconds, in templates that ARM takes', async () => {
    const plan = planWith(
      Array.from({ length: 5_000 }, (_, i) => `database${i % 70}.a collection with "a" longer @name ${i}`),
    );
    const ranges = wholeRanges(plan);
    const began = performance.now();
    const { files } = dataFactoryArtefacts(plan, ranges);
    const seconds = (performance.now() - began) / 1_000;
    expect(seconds).toBeLessThan(10);
    expect(files.length).toBeGreaterThan(4);
    for (const { path, text } of files)
      if (path.endsWith('.template.json')) expect(Buffer.byteLength(text)).toBeLessThan(4 * 1024 * 1024);
    const { resources } = await deployAll(plan, ranges);
    const items = [...resources.values()].flatMap((resource) => {
      const { parameters } = record(resource.body['properties'] ?? {}, 'properties');
      return list(
        record(record(parameters ?? {}, 'parameters')['ranges'] ?? {}, 'ranges')['defaultValue'] ?? [],
        'ranges',
      );
    });
    expect(new Set(items.map((item) => record(item, 'item')['id'])).size).toBe(5_000);
  });

  it('run any number of parts in turn, each pipeline within what one may hold', () => {
    const chunks = Array.from({ length: 2_000 }, (_, i) => `chunk_${i}`);
    const made = masterPipelines(factoryNames({ id: 'abcdef' }), chunks);
    const ran = new Set(made.flatMap(({ runs }) => runs));
    expect(chunks.every((chunk) => ran.has(chunk))).toBe(true);
    expect(made.filter(({ name }) => !ran.has(name)).map(({ name }) => name)).toEqual(['migrate_all_abcdef']);
    for (const { name, properties } of made) {
      checkResource({
        type: 'Microsoft.DataFactory/factories/pipelines',
        apiVersion: '2018-06-01',
        name: `adf-x/${name}`,
        properties,
      });
    }
  });

  it('choose the connector by the version of the source, and say what no documentation says', () => {
    const plan = planWith(['shop.orders']);
    const kinds = (sourceVersion?: readonly number[]): string[] => {
      const { files } = dataFactoryArtefacts(plan, wholeRanges(plan), sourceVersion ? { sourceVersion } : {});
      const text = files.find(({ path }) => path === 'factory.template.json')?.text ?? '';
      return ['"MongoDbV2"', '"MongoDbAtlas"', '"CosmosDbMongoDbApi"'].filter((kind) => text.includes(kind));
    };
    expect(kinds([4, 2, 8])).toEqual(['"MongoDbV2"', '"CosmosDbMongoDbApi"']);
    expect(kinds([3, 6])).toEqual(['"MongoDbV2"', '"CosmosDbMongoDbApi"']);
    expect(kinds([4, 4])).toEqual(['"MongoDbAtlas"', '"CosmosDbMongoDbApi"']);
    const vcore = planWith(['shop.orders'], { targetKind: 'cosmos-vcore' });
    expect(dataFactoryArtefacts(vcore, wholeRanges(vcore)).notes.map(({ id }) => id)).toEqual([
      'data-factory-source-version-unknown',
      'data-factory-atlas-connector-inferred',
      'data-factory-vcore-sink-unverified',
    ]);
  });

  it('keep to the budget of request units', () => {
    const { tuning } = planWith([]);
    const paced = (ruPerSecond: number, ruPerDocument: number) => {
      const { parallelRanges, writeBatchSize } = copyPace({
        ...tuning,
        ruPerSecond: ruPerSecond as never,
        ruPerDocument: ruPerDocument as never,
      });
      return [parallelRanges, writeBatchSize];
    };
    expect(paced(400, 10)).toEqual([1, 36]);
    expect(paced(50_000, 10)).toEqual([4, 500]);
    expect(paced(1_000_000, 5)).toEqual([20, 500]);
  });
});

describe('the model of expressions', () => {
  it.each([
    '@guid()',
    '@concat(',
    '@item().no',
    '@pipeline().parameters.x',
    "@activity('x').output",
    '@toUpper(item())',
  ])('refuses %s', (text) => {
    expect(() => evaluated(text, { item: {}, now: () => 0 })).toThrow();
  });

  it('takes what is escaped as it is', () => {
    expect(evaluated('@@x', { now: () => 0 })).toBe('@x');
    expect(evaluated("a @{concat('b', 'c')} d", { now: () => 0 })).toBe('a bc d');
  });
});
