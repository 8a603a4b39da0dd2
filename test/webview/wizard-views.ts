/** Views as the host makes them, whole and typed: a shop that moves to an RU account. */
import { WIZARD_STEPS, type NamespaceRow, type WizardStep, type WizardView } from '../../src/protocol/wizard.js';

const MB = 1_000_000;

export function aRow(ns: string, documents: number, bytes: number, more: Partial<NamespaceRow> = {}): NamespaceRow {
  const dot = ns.indexOf('.');
  return {
    ns,
    db: ns.slice(0, dot),
    coll: ns.slice(dot + 1),
    type: 'collection',
    documents,
    bytes,
    documentsText: documents.toLocaleString('en'),
    sizeText: `${(bytes / MB).toLocaleString('en', { maximumFractionDigits: 1 })} MB`,
    selected: true,
    targetNs: ns,
    ...more,
  };
}

const ROWS: readonly NamespaceRow[] = [
  aRow('shop.orders', 1_204_551, 4_210 * MB, { shardKey: 'customerId' }),
  aRow('shop.customers', 88_120, 312 * MB, { shardKey: '' }),
  aRow('shop.products', 12_004, 61 * MB, { shardKey: '' }),
  aRow('shop.events', 9_800_340, 1_940 * MB, { type: 'timeseries', selected: false }),
  aRow('shop.open orders', 0, 0, { type: 'view' }),
  aRow('audit.log', 402_118, 880 * MB, { selected: false, targetNs: 'audit.log_2024', shardKey: '' }),
];

const BASE: Omit<WizardView, 'step'> = {
  revision: 1,
  reachable: WIZARD_STEPS,
  endpoints: {
    sources: [
      { id: 'local', name: 'Shop production', detail: 'MongoDB 6.0.5, replica set' },
      { id: 'atlas', name: 'Reporting on Atlas', detail: 'MongoDB 7.0.2, Atlas' },
      { id: 'old', name: 'Old archive', detail: '' },
    ],
    targets: [
      { id: 'ru', name: 'shop-cosmos', detail: 'Azure Cosmos DB for MongoDB (RU), server version 4.2' },
      { id: 'vcore', name: 'shop-vcore', detail: 'Azure Cosmos DB for MongoDB vCore, MongoDB 7.0' },
    ],
    sourceId: 'local',
    targetId: 'ru',
    notes: [
      'The source is only read. Nothing on it is changed.',
      'Documents that are on the target already are compared, never deleted.',
    ],
  },
  namespaces: { rows: ROWS, failed: [], selectedText: '4 of 6 collections selected: 1,304,675 documents, 4.6 GB' },
  size: {
    totals: [
      { label: 'Documents', value: '1,304,675' },
      { label: 'Data', value: '4.6 GB' },
      { label: 'Indexes', value: '11 (412 MB)' },
      { label: 'Largest document', value: '1.9 MB' },
    ],
    rows: [
      {
        label: 'shop.orders',
        bytes: 4_210 * MB,
        sizeText: '4.2 GB',
        documentsText: '1,204,551',
        averageText: '3.5 kB',
        largestText: '1.9 MB',
        indexesText: '5 (320 MB)',
        share: 0.918,
      },
      {
        label: 'shop.customers',
        bytes: 312 * MB,
        sizeText: '312 MB',
        documentsText: '88,120',
        averageText: '3.5 kB',
        largestText: '48 kB',
        indexesText: '4 (80 MB)',
        share: 0.068,
      },
      {
        label: 'shop.products',
        bytes: 61 * MB,
        sizeText: '61 MB',
        documentsText: '12,004',
        averageText: '5.1 kB',
        largestText: '210 kB',
        indexesText: '2 (12 MB)',
        share: 0.013,
      },
    ],
  },
  findings: {
    summary: '1 blocker, 2 warnings and 1 note in 4 collections.',
    targets: [{ value: 'cosmos-ru', label: 'Azure Cosmos DB for MongoDB (RU)' }],
    assessed: 'Only sizes and definitions were looked at.',
    rows: [
      {
        severity: 'blocker',
        rule: 'view-unsupported',
        target: 'cosmos-ru',
        fixes: [],
        places: ['shop.open orders'],
        more: 0,
        text: 'Views do not exist on the RU-based service.',
        remedy: 'The view is left out. Its pipeline is written to the report.',
        sourceUrl: 'https://learn.microsoft.com/azure/cosmos-db/mongodb/feature-support-42',
      },
      {
        severity: 'warning',
        rule: 'index-partial-dropped',
        target: 'cosmos-ru',
        fixes: [
          {
            kind: 'leave-out',
            ns: 'shop.orders',
            name: 'placed_1_-1',
            label: 'Leave out placed_1_-1 of shop.orders',
            applied: false,
          },
        ],
        places: ['shop.orders', 'shop.customers'],
        more: 0,
        text: 'A partial index is created without its filter, so it holds all documents.',
        remedy: 'Nothing to do; it costs request units on each write.',
        sourceUrl: 'https://learn.microsoft.com/azure/cosmos-db/mongodb/indexing',
      },
      {
        severity: 'info',
        rule: 'index-hashed-to-ascending',
        target: 'cosmos-ru',
        fixes: [],
        places: ['shop.customers, index email_1'],
        more: 0,
        text: 'A hashed index becomes an ascending one.',
        remedy: 'Done by the migration.',
      },
    ],
  },
  methods: {
    summary: 'Recommended: mongodump and mongorestore.',
    window: {
      label: 'Hours that the source may be without writes',
      explanation: 'Methods that take longer rank lower. Empty: not said.',
      min: 1,
      max: 8760,
    },
    wishes: [
      {
        id: 'online',
        label: 'The source is written to while the data moves',
        explanation: 'Methods that follow changes rank higher.',
        value: 'no',
        choices: [
          { value: 'no', label: 'No' },
          { value: 'yes', label: 'Yes' },
        ],
      },
      {
        id: 'files',
        label: 'The data is wanted as files, too',
        explanation: 'Methods that write such files rank higher.',
        value: 'json',
        choices: [
          { value: 'no', label: 'No' },
          { value: 'json', label: 'JSON' },
          { value: 'csv', label: 'CSV' },
        ],
      },
    ],
    assessed: 'Ranked by what the assessment of 2026-01-02 03:04:05 UTC has read of how the source is used.',
    durationNote: 'The throughput of the new collections is not set yet.',
    cards: [
      {
        id: 'export-import',
        name: 'mongoexport and mongoimport',
        rank: 2,
        recommended: false,
        chosen: false,
        possible: true,
        durationText: '2 to 4 hours',
        reasons: [
          { weight: '-', text: 'Types survive only in canonical Extended JSON, which is slower.' },
          { weight: '+', text: 'The files can be read and changed in between.' },
        ],
        needs: ['the database tools', '14 GB of disk'],
      },
      {
        id: 'dump-restore',
        name: 'mongodump and mongorestore, through the throttle relay',
        rank: 1,
        recommended: true,
        chosen: true,
        possible: true,
        durationText: '1 h 10 min to 1 h 40 min',
        costText:
          'Moving the data costs USD 2.40 (1.60 to 2.40) by list prices, no quote. Not in it, as no price is known: the machine that it runs on, for 1 h 20 min.',
        reasons: [
          { weight: '+', text: '4.6 GB is well below 10 GB, up to which native tools are advised.' },
          { weight: '+', text: 'Documents travel as they are, byte for byte.' },
          { weight: '+', text: 'A throttled write is sent again, none is lost.' },
          { weight: '-', text: 'This machine has to stay on until it is done.' },
        ],
        needs: ['the database tools (found: 100.10.0)'],
      },
      {
        id: 'dms',
        name: 'Azure Database Migration Service',
        rank: 3,
        recommended: false,
        chosen: false,
        possible: false,
        durationText: '',
        reasons: [{ weight: '!', text: 'The source cannot be reached from Azure.' }],
        needs: ['a DMS instance'],
      },
    ],
    assumptions: ['12.4 RU for a document of 3.5 kB with 5 indexes.', '10,000 RU/s are given to the migration.'],
  },
  tuning: {
    fields: [
      {
        id: 'ruPerSecond',
        label: 'Provisioned throughput',
        unit: 'RU/s',
        value: 10_000,
        min: 400,
        max: 1_000_000,
        step: 100,
        origin: 'user',
        explanation: 'What the target gives to the new collections while they are filled.',
      },
      {
        id: 'ruPerDocument',
        label: 'Charge of a document',
        unit: 'RU',
        value: 12.4,
        min: 1,
        max: 10_000,
        step: 0.1,
        origin: 'measured',
        explanation: 'Measured with 20 documents of shop.orders.',
      },
      {
        id: 'batchSize',
        label: 'Batch size',
        unit: 'documents',
        value: 24,
        min: 1,
        max: 1000,
        step: 1,
        origin: 'computed',
        explanation: 'min(24, 10,000 RU/s ÷ 12.4 RU) = 24.',
        workings: ['10,000 RU/s ÷ 12.4 RU = 806.', 'min(24, 10,000 RU/s ÷ 12.4 RU) = 24.'],
      },
      {
        id: 'insertionWorkers',
        label: 'Insertion workers',
        unit: 'per collection',
        value: 99,
        min: 1,
        max: 64,
        step: 1,
        origin: 'user',
        explanation: '10,000 RU/s × 30 ms ÷ (24 × 12.4 RU) = 1, rounded down.',
        problem: 'At most 64: more only wait for each other.',
      },
    ],
    notes: [],
    raiseEffects: [],
    previewNote: 'What is run, as it stands now. Passwords are never part of it.',
    canTry: false,
    trial: [],
    preview: [
      'mongodump --config=<private file> --db=shop --collection=orders --archive --numParallelCollections=1',
      'mongorestore --config=<private file> --archive --nsInclude=shop.orders --batchSize=24 --numInsertionWorkersPerCollection=1 --noIndexRestore',
    ],
    canMeasure: true,
    throughput: {
      value: 'autoscale',
      choices: [
        { value: 'unsaid', label: 'As the account gives' },
        { value: 'manual', label: 'Manual' },
        { value: 'autoscale', label: 'Autoscale' },
        { value: 'shared', label: 'Shared by the database' },
        { value: 'serverless', label: 'Serverless' },
      ],
      single: [{ ns: 'shop.orders', text: 'up to 20,000 RU/s' }],
      singleChoices: [
        { value: 'common', label: 'As all others' },
        { value: 'manual', label: 'Manual', bounds: { min: 400, max: 1_000_000, step: 100 } },
        { value: 'autoscale', label: 'Autoscale, up to', bounds: { min: 1000, max: 1_000_000, step: 1000 } },
        { value: 'shared', label: 'Shared' },
      ],
    },
    capabilities: [{ id: 'nested', label: 'Unique and compound indexes on nested documents', on: false }],
    conflicts: {
      value: 'fail',
      choices: [
        { value: 'fail', label: 'Stop, so that I can decide' },
        { value: 'skip', label: 'Keep the one on the target' },
        { value: 'overwrite', label: 'Take the one from the source' },
        { value: 'dead-letter', label: 'Put it to the dead letters and go on' },
      ],
    },
    verification: {
      value: 'full',
      choices: [
        { value: 'full', label: 'Compare every document, byte for byte' },
        { value: 'counts', label: 'Compare counts only' },
      ],
    },
    readPreference: {
      value: 'primary',
      choices: [
        { value: 'primary', label: 'The primary' },
        { value: 'nearest', label: 'The nearest member' },
      ],
    },
  },
  review: {
    lines: [
      { label: 'From', value: 'Shop production (MongoDB 6.0.5, replica set)' },
      { label: 'To', value: 'shop-cosmos (Azure Cosmos DB for MongoDB, RU)' },
      { label: 'What', value: '4 collections, 1,304,675 documents, 4.6 GB' },
      { label: 'Method', value: 'mongodump and mongorestore, through the throttle relay' },
      { label: 'Time', value: '1 h 10 min to 1 h 40 min' },
    ],
    actions: [
      'Creates the database shop with the collections orders, customers and products.',
      'Creates 7 indexes before and 4 after the data.',
      'Inserts 1,304,675 documents at up to 10,000 RU/s.',
      'Reads every document again and compares it with the source.',
    ],
    notMigrated: [
      { text: 'The view is left out.', places: ['shop.open orders'], more: 0 },
      { text: 'The filter of the partial index placed_1_-1.', places: ['shop.orders', 'shop.customers'], more: 0 },
    ],
    needsConsent: true,
    consentText: 'I have read what stays behind and want to go on.',
  },
};

export function aWizardView(step: WizardStep, more: Partial<WizardView> = {}): WizardView {
  return { ...BASE, step, ...more };
}

/** What a big cluster looks like: 200 databases with the same collections. */
export function manyRows(count: number): readonly NamespaceRow[] {
  return Array.from({ length: count }, (_, index) => {
    const db = `tenant${String(Math.floor(index / 50)).padStart(3, '0')}`;
    return aRow(`${db}.collection${String(index % 50).padStart(2, '0')}`, index * 17, index * 40_000);
  });
}
