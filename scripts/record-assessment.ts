/** Records what an assessment reads of the demo's source, for the golden reports: `npx tsx scripts/record-assessment.ts`. */
import { writeFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { MongoClient } from 'mongodb';
import { connect } from '../src/adapters/mongo/connect.js';
import { ConnectionString } from '../src/adapters/mongo/connection-string.js';
import { systemClock } from '../src/adapters/system-clock.js';
import { readForAssessment } from '../src/assembly/assess-source.js';
import { EVERYTHING } from '../src/core/model/namespace.js';
import { startMongod } from '../test/support/mongod.js';
import { fillWithPublicData } from './demo-data.js';

const WATCH_SECONDS = 60;
const FILE = new URL('../test/golden/assessment-demo.json.gz', import.meta.url);

await using server = await startMongod();
const client = await MongoClient.connect(server.uri);
await fillWithPublicData(client, () => undefined);
await client.close();
await using source = await connect({ connectionString: ConnectionString.parse(server.uri), clock: systemClock });
// An application that works while it is watched: so much that its charge says something, and always the same.
const application = await MongoClient.connect(server.uri, { appName: 'webshop' });
const watching = new AbortController();
const works = workUntil(application, watching.signal);
const readings = await readForAssessment(source, { selection: EVERYTHING, scan: 'full', watchSeconds: WATCH_SECONDS });
watching.abort();
await works;
await application.close();
await writeFile(FILE, gzipSync(JSON.stringify(readings), { level: 9 }));

/** Twenty times a second: three reads by key, a list, an insert of ten documents and an update. */
async function workUntil(client: MongoClient, signal: AbortSignal): Promise<void> {
  const airports = client.db('aviation').collection('airports');
  const recent = client.db('weather').collection('recent');
  for (let n = 0; !signal.aborted; n++) {
    const begun = Date.now();
    for (let i = 0; i < 3; i++) await airports.findOne({ iata: n % 2 === 0 ? 'SEA' : 'JFK' });
    await client.db('culture').collection('movies').find({ Director: 'Steven Spielberg' }).toArray();
    await recent.insertMany(Array.from({ length: 10 }, (_, i) => ({ at: new Date(begun), n, i })));
    await recent.updateOne({ n }, { $set: { seen: true } });
    await setTimeout(Math.max(0, 50 - (Date.now() - begun)));
  }
}
