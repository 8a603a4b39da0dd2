import { describe, expect, it } from 'vitest';
import { connect } from '../../src/adapters/mongo/connect.js';
import { parseConnectionString } from '../../src/adapters/mongo/connection-string.js';
import { gently } from '../../src/adapters/mongo/gentle-cluster.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import { RECORDINGS, startRecordedServer } from '../support/recorded-server.js';
import { virtualClock } from '../support/virtual-clock.js';

const recording = {
  ...RECORDINGS['mongodb-4.2'],
  find: { cursor: { id: 0, ns: 'shop.orders', firstBatch: [{ _id: 1 }] }, ok: 1 },
};

describe('a cluster that is read gently', () => {
  it('is asked one thing at a time, and left alone for 49 times as long as it worked on the answer', async () => {
    await using server = await startRecordedServer(recording);
    const connectionString = parseConnectionString(`mongodb://127.0.0.1:${server.port}/`);
    await using cluster = await connect({ connectionString, clock: systemClock, monitorCommands: true });
    let underWay = 0;
    let most = 0;
    cluster.client.on('commandStarted', () => (most = Math.max(most, (underWay += 1))));
    cluster.client.on('commandSucceeded', () => (underWay -= 1));
    const pauses: number[] = [];
    let time = 0;
    // Every look at this clock finds it a second later: next to that, the way to the server is nothing.
    const clock = {
      now: () => (time += 1_000),
      sleep: (ms: number): Promise<void> => {
        pauses.push(ms);
        return Promise.resolve();
      },
    };
    const gentle = gently(cluster, { adaptive: false, clock });
    const asked = [1, 2, 3, 4].map(() => gentle.session.command('admin', { ping: 1 }));
    expect(await Promise.all(asked)).toHaveLength(4);
    expect(most).toBe(1);
    // After the last there is nobody to wait.
    expect(pauses).toHaveLength(3);
    // Under way for 2 % of the time; the way there is no work, and the clock was looked at once more before the pause.
    const workMs = 1_000 - cluster.facts.latencyMs;
    for (const pause of pauses) expect(pause + 1_000).toBeCloseTo(49 * workMs, 3);
  });

  it('lets who reads a cursor ask for something else meanwhile', async () => {
    await using server = await startRecordedServer(recording);
    const connectionString = parseConnectionString(`mongodb://127.0.0.1:${server.port}/`);
    await using cluster = await connect({ connectionString, clock: systemClock });
    const gentle = gently(cluster, { clock: virtualClock() });
    let documents = 0;
    for await (const batch of gentle.session.findRaw({ db: 'shop', coll: 'orders' }, {})) {
      documents += batch.documents.length;
      expect(await gentle.session.command('admin', { ping: 1 })).toMatchObject({ ok: 1 });
    }
    expect(documents).toBe(1);
  });
});
