import { setTimeout as delay } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../src/adapters/mongo/connect.js';
import { parseConnectionString } from '../../src/adapters/mongo/connection-string.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import { MigrationError } from '../../src/core/model/error.js';
import type { Clock } from '../../src/engine/ports.js';
import type { ClusterProfile } from '../../src/host/clusters/cluster-profile.js';
import { SharedConnections } from '../../src/host/clusters/connection-pool.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';

const AUTH = { user: 'reader', password: 'p#%,@:4711' };
const NEVER = new AbortController().signal;

let mongod: RunningMongod;
beforeAll(async () => {
  mongod = await startMongod({ auth: AUTH });
});
afterAll(() => mongod.stop());

interface Idle {
  /** Ends the idle time of every connection that waits for it. */
  readonly pass: () => void;
  readonly clock: Clock;
}

/** Time that passes when the test says so. */
function idleTime(): Idle {
  const waiting = new Set<() => void>();
  return {
    pass: () => [...waiting].forEach((end) => end()),
    clock: {
      now: () => Date.now(),
      sleep: (_ms, signal) =>
        new Promise((resolve, reject) => {
          waiting.add(resolve);
          signal?.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
        }),
    },
  };
}

function aPool(password = AUTH.password, clock: Clock = systemClock) {
  const profile: ClusterProfile = {
    id: 'one',
    name: 'shop',
    role: 'source',
    origin: 'saved',
    uri: mongod.uri.replace('//', `//${AUTH.user}@`),
    secret: 'stored',
  };
  let opened = 0;
  let seen: unknown;
  const connections = new SharedConnections({
    clusters: {
      get: (id) => (id === 'one' ? profile : undefined),
      connectionString: () => Promise.resolve(parseConnectionString(profile.uri, { password })),
      noteSeen: (_id, facts) => {
        seen = facts;
        return Promise.resolve();
      },
    },
    adapters: () =>
      Promise.resolve({
        clock,
        connect: (options) => {
          opened++;
          // Only the idle time is the test's; the driver has the real one.
          return connect({ ...options, clock: systemClock });
        },
      }),
  });
  return { connections, opened: () => opened, seen: () => seen };
}

async function serverConnections(): Promise<number> {
  const client = new MongoClient(mongod.uri, { auth: { username: AUTH.user, password: AUTH.password } });
  try {
    const reply = await client.db('admin').command({ currentOp: 1, $all: true, appName: 'mongo-cosmos-migration' });
    return (reply['inprog'] as { appName?: string }[]).filter((op) => op.appName === 'mongo-cosmos-migration').length;
  } finally {
    await client.close();
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it did not happen within 10 s');
    await delay(20);
  }
}

describe('the connections of a window', () => {
  it('are shared by all who ask at the same time, and one after another', async () => {
    const { connections, opened, seen } = aPool();
    const used = await Promise.all([1, 2, 3].map(() => connections.with('one', NEVER, (c) => Promise.resolve(c))));
    expect(new Set(used).size).toBe(1);
    await connections.with('one', NEVER, (c) => c.session.command('admin', { ping: 1 }));
    expect(opened()).toBe(1);
    expect(seen()).toMatchObject({ kind: 'mongodb' });
    await connections.dispose();
  });

  it('are closed after a while without use, and opened again when needed', async () => {
    const { clock, pass } = idleTime();
    const { connections, opened } = aPool(AUTH.password, clock);
    await connections.with('one', NEVER, () => Promise.resolve());
    expect(await serverConnections()).toBeGreaterThan(0);
    await until(async () => {
      pass();
      return (await serverConnections()) === 0;
    });
    await connections.with('one', NEVER, (c) => c.session.command('admin', { ping: 1 }));
    expect(opened()).toBe(2);
    await connections.dispose();
  });

  it('stay open for somebody who is still using them while the time of another passes', async () => {
    const { clock, pass } = idleTime();
    const { connections, opened } = aPool(AUTH.password, clock);
    await connections.with('one', NEVER, () => Promise.resolve());
    await connections.with('one', NEVER, async (c) => {
      pass();
      await c.session.command('admin', { ping: 1 });
    });
    expect(opened()).toBe(1);
    await connections.dispose();
  });

  it('are opened afresh after an edit', async () => {
    const { connections, opened } = aPool();
    await connections.with('one', NEVER, () => Promise.resolve());
    await connections.drop('one');
    expect(await serverConnections()).toBe(0);
    await connections.with('one', NEVER, () => Promise.resolve());
    expect(opened()).toBe(2);
    await connections.dispose();
  });

  it('that cannot be opened say which connection, and are tried again the next time', async () => {
    const { connections, opened } = aPool('wrong');
    const fail = async (): Promise<unknown> =>
      connections.with('one', NEVER, () => Promise.resolve()).catch((e: unknown) => e);
    const error = await fail();
    expect(MigrationError.is(error, 'authentication-failed') && error.facts).toMatchObject({
      cluster: 'shop',
      side: 'source',
    });
    await fail();
    expect(opened()).toBe(2);
  });

  it('let one who gives up go at once, and go on opening for the other', async () => {
    const { connections, opened } = aPool();
    const stop = new AbortController();
    const givenUp = connections.with('one', stop.signal, () => Promise.resolve('used')).catch((e: unknown) => e);
    const other = connections.with('one', NEVER, () => Promise.resolve('used'));
    stop.abort();
    expect(MigrationError.is(await givenUp, 'cancelled')).toBe(true);
    expect(await other).toBe('used');
    expect(opened()).toBe(1);
    await connections.dispose();
  });

  it('are not opened any more for a window that closes', async () => {
    const { connections, opened } = aPool();
    await connections.dispose();
    const error = await connections.with('one', NEVER, () => Promise.resolve()).catch((e: unknown) => e);
    expect(MigrationError.is(error, 'cancelled')).toBe(true);
    expect(opened()).toBe(0);
  });
});
