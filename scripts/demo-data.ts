/** Fills a MongoDB with public data for the demo: nested documents, dates, places, and indexes of every kind that a migration meets. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Db, Document, IndexDescription, MongoClient } from 'mongodb';

/** Large enough to be quick, small enough for the server's message limit. */
const BATCH = 5_000;

/** About 68 years: an index that expires documents, and none that the demo would lose. */
const FAR_AWAY_SECONDS = 2_147_483_647;

const DATA = fileURLToPath(new URL('../node_modules/vega-datasets/data', import.meta.url));

async function json<T>(name: string): Promise<T> {
  return JSON.parse(await readFile(join(DATA, name), 'utf8')) as T;
}

/** Rows of a CSV file with a heading; quoted fields may hold commas, quotes and line ends. */
async function csv(name: string): Promise<Record<string, string>[]> {
  const [head = [], ...rows] = parseCsv(await readFile(join(DATA, name), 'utf8'));
  return rows.map((row) => Object.fromEntries(head.map((field, i) => [field, row[i] ?? ''])));
}

function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  // A field (quoted, its quotes doubled, or plain), then what ends it.
  for (const [, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/g)) {
    row.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === ',') continue;
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  }
  return rows;
}

/** Numbers as numbers, the empty field as nothing. */
function typed(row: Record<string, string>): Document {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      if (value === '') return [name, null];
      return [name, /^-?(0|[1-9]\d*)(\.\d+)?$/.test(value) ? Number(value) : value];
    }),
  );
}

function date(text: unknown): Date | null {
  const parsed = new Date(typeof text === 'number' ? text : String(text));
  return Number.isNaN(parsed.getTime()) ? null : parsed;
}

function point(row: Record<string, string>): Document {
  return { type: 'Point', coordinates: [Number(row['longitude']), Number(row['latitude'])] };
}

interface Loaded {
  readonly db: string;
  readonly collection: string;
  readonly documents: () => Promise<Document[]>;
  readonly indexes: readonly IndexDescription[];
}

interface Feature {
  readonly id: string;
  readonly geometry: Document;
  readonly properties: Record<string, unknown>;
}

const COLLECTIONS: readonly Loaded[] = [
  {
    db: 'aviation',
    collection: 'flights',
    documents: () => json('flights-200k.json'),
    indexes: [{ key: { distance: 1, delay: -1 }, name: 'distance_delay' }],
  },
  {
    db: 'aviation',
    collection: 'flights_2001',
    documents: async () => (await json<Document[]>('flights-10k.json')).map((f) => ({ ...f, date: date(f['date']) })),
    indexes: [
      { key: { origin: 1, destination: 1, date: 1 }, name: 'route' },
      { key: { date: 1 }, name: 'expires', expireAfterSeconds: FAR_AWAY_SECONDS },
    ],
  },
  {
    db: 'aviation',
    collection: 'airports',
    documents: async () => (await csv('airports.csv')).map((row) => ({ ...row, location: point(row) })),
    indexes: [
      { key: { iata: 1 }, name: 'iata', unique: true },
      { key: { location: '2dsphere' }, name: 'place' },
    ],
  },
  {
    db: 'aviation',
    collection: 'bird strikes',
    documents: async () =>
      (await csv('birdstrikes.csv')).map((row) => ({ ...typed(row), 'Flight Date': date(row['Flight Date']) })),
    indexes: [{ key: { 'Wildlife Species': 1, 'Flight Date': -1 }, name: 'species_date' }],
  },
  {
    db: 'places',
    collection: 'zipcodes',
    documents: async () =>
      (await csv('zipcodes.csv')).map((row) => ({
        ...row,
        _id: String(row['zip_code']),
        location: point(row),
      })),
    indexes: [
      { key: { zip_code: 1 }, name: 'zip', unique: true },
      { key: { location: '2dsphere' }, name: 'place' },
      { key: { state: 1, county: 1, city: 1 }, name: 'where' },
    ],
  },
  {
    db: 'places',
    collection: 'earthquakes',
    documents: async () =>
      (await json<{ features: Feature[] }>('earthquakes.json')).features.map(({ id, geometry, properties }) => ({
        _id: id,
        // GeoJSON positions of MongoDB have two coordinates; the depth goes beside them.
        geometry: { type: geometry['type'] as string, coordinates: (geometry['coordinates'] as number[]).slice(0, 2) },
        depth: (geometry['coordinates'] as number[])[2],
        properties: { ...properties, time: date(properties['time']), updated: date(properties['updated']) },
      })),
    indexes: [
      { key: { geometry: '2dsphere' }, name: 'epicentre' },
      { key: { 'properties.mag': -1, 'properties.time': -1 }, name: 'strongest' },
    ],
  },
  { db: 'places', collection: 'maps', documents: maps, indexes: [] },
  {
    db: 'places',
    collection: 'countries',
    documents: () => json('countries.json'),
    indexes: [{ key: { country: 1, year: 1 } }],
  },
  {
    db: 'culture',
    collection: 'movies',
    documents: async () =>
      (await json<Document[]>('movies.json')).map((m) => ({ ...m, 'Release Date': date(m['Release Date']) })),
    indexes: [
      { key: { Title: 'text', Director: 'text' }, name: 'search' },
      { key: { Director: 1, 'Release Date': -1 }, name: 'by_director' },
    ],
  },
  {
    db: 'culture',
    collection: 'football',
    documents: async () => (await json<Document[]>('football.json')).map((m) => ({ ...m, date: date(m['date']) })),
    indexes: [{ key: { division: 1, date: 1 }, name: 'division_date' }],
  },
  {
    db: 'culture',
    collection: 'jobs',
    documents: () => json('jobs.json'),
    indexes: [{ key: { job: 1, sex: 1, year: 1 }, unique: true, name: 'job_sex_year' }],
  },
  {
    db: 'weather',
    collection: 'seattle.hourly',
    documents: async () =>
      (await csv('seattle-weather-hourly-normals.csv')).map((row) => ({ ...typed(row), date: date(row['date']) })),
    indexes: [{ key: { date: 1 }, name: 'date', unique: true }],
  },
  {
    db: 'weather',
    collection: 'stations',
    documents: async () => (await csv('weather.csv')).map((row) => ({ ...typed(row), date: date(row['date']) })),
    indexes: [{ key: { location: 'hashed' }, name: 'station' }],
  },
];

/** Whole topologies as single, deeply nested documents. */
async function maps(): Promise<Document[]> {
  const names = ['us-10m', 'world-110m', 'londonTubeLines', 'londonBoroughs'];
  return Promise.all(names.map(async (name) => ({ _id: name, ...(await json<Document>(`${name}.json`)) })));
}

async function fill(db: Db, loaded: Loaded): Promise<number> {
  const documents = await loaded.documents();
  const collection = db.collection(loaded.collection);
  for (let start = 0; start < documents.length; start += BATCH) {
    await collection.insertMany(documents.slice(start, start + BATCH), { ordered: false });
  }
  if (loaded.indexes.length > 0) await collection.createIndexes([...loaded.indexes]);
  return documents.length;
}

export interface Filled {
  readonly documents: number;
  readonly collections: number;
}

/** Writes everything and returns how much there is. `print` gets a line for each collection. */
export async function fillWithPublicData(client: MongoClient, print: (line: string) => void): Promise<Filled> {
  let documents = 0;
  for (const loaded of COLLECTIONS) {
    const count = await fill(client.db(loaded.db), loaded);
    documents += count;
    print(`  ${loaded.db}.${loaded.collection}: ${count.toLocaleString('en-US')}`);
  }
  // What an RU account has no room for: it is planned to stay behind, with its reason.
  await client.db('culture').createCollection('best_movies', {
    viewOn: 'movies',
    pipeline: [{ $match: { 'IMDB Rating': { $gte: 8 } } }, { $project: { Title: 1, 'IMDB Rating': 1 } }],
  });
  await client.db('weather').createCollection('recent', { capped: true, size: 1024 * 1024, max: 1_000 });
  const recent = (await csv('seattle-weather.csv'))
    .slice(-900)
    .map((row) => ({ ...typed(row), date: date(row['date']) }));
  await client.db('weather').collection('recent').insertMany(recent);
  print(`  weather.recent (capped): ${recent.length}`);
  return { documents: documents + recent.length, collections: COLLECTIONS.length + 1 };
}
