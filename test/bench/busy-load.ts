/**
 * An application at work: reads, queries, updates and inserts at an even pace, each timed. Arguments: connection string, collections. Lines in: `start`,
 * `stop`; a line out for each `stop`: how long each operation took, in milliseconds.
 */
import { createInterface } from 'node:readline';
import { MongoClient } from 'mongodb';
import { BUSY } from './busy.js';

/** So many at once, each so long after its last answer: a server that is busy and not at its end. */
const WORKERS = 8;
const PAUSE_MS = 8;

const client = new MongoClient(process.argv[2] ?? '', { appName: 'load', maxPoolSize: WORKERS });
let times: number[] | undefined;
let next = 0;

async function operate(): Promise<void> {
  const n = (next += 1);
  const collection = client.db(BUSY.db).collection<{ _id: number }>(BUSY.collection(n % BUSY.collections));
  const _id = (n * 7919) % BUSY.documents;
  const started = performance.now();
  if (n % 10 < 5) await collection.findOne({ _id });
  else if (n % 10 < 7)
    await collection
      .find({ name: `name ${_id}` })
      .limit(5)
      .toArray();
  else if (n % 10 < 9) await collection.updateOne({ _id }, { $set: { seen: n } });
  else await collection.insertOne({ _id: BUSY.documents + n });
  times?.push(performance.now() - started);
}

async function work(): Promise<void> {
  for (;;) {
    await operate();
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

await client.connect();
for (let i = 0; i < WORKERS; i += 1) void work();
createInterface({ input: process.stdin })
  .on('line', (line) => {
    if (line === 'start') times = [];
    else if (times) console.log(JSON.stringify(times));
  })
  .on('close', () => process.exit(0));
console.log('ready');
