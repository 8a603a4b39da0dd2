import { serialize } from 'bson';
import { describe, expect, it } from 'vitest';
import { openLegacyReply, writeLegacyQuery } from '../../src/relay/legacy-wire.js';
import { FLAG_CHECKSUM_PRESENT, FLAG_EXHAUST_ALLOWED, FLAG_MORE_TO_COME, openOpMsg } from '../../src/relay/wire.js';
import { relayTo } from '../support/restore-through-relay.js';
import { commandMessage, dial, insertMessage, startScriptedServer } from '../support/scripted-server.js';

const UNPACED = { budgets: 'unpaced' } as const;
const THROTTLED = { ok: 0, code: 16500, errmsg: "Error=16500, RetryAfterMs=300, Details='TooManyRequests (429)'" };
const ids = (count: number): { _id: number }[] => Array.from({ length: count }, (_, _id) => ({ _id }));

/** The message with a checksum field, as a driver that wants one would send it. */
function withChecksum(message: Buffer): Buffer {
  const longer = Buffer.concat([message, Buffer.from([1, 2, 3, 4])]);
  longer.writeInt32LE(longer.length, 0);
  longer.writeUInt32LE(longer.readUInt32LE(16) | FLAG_CHECKSUM_PRESENT, 16);
  return longer;
}

describe('the relay and its sockets', () => {
  it('trusts no acknowledgement of a passing batch that counts too few documents', async () => {
    await using server = await startScriptedServer(({ body }, nth) => {
      if (nth === 1) return { ok: 1, n: 700 };
      if (body['find']) return { cursor: { id: 0, ns: 'a.b', firstBatch: ids(700) }, ok: 1 };
      const writeErrors = ids(700).map(({ _id }) => ({ index: _id, code: 11000, errmsg: 'E11000' }));
      return { ok: 1, n: 300, writeErrors };
    });
    await using relay = await relayTo(server.port, UNPACED);
    const tool = await dial(relay.port);
    tool.send(insertMessage(1, { documents: ids(1_000) }));
    expect(await tool.reply()).toEqual({ n: 1_000, ok: 1 });
    expect(relay.counters()[0]).toMatchObject({ acknowledged: 1_000, failed: 0 });
    tool.socket.destroy();
  });

  it('counts the documents of a batch with a checksum and of one whose section comes first', async () => {
    await using server = await startScriptedServer(() => ({ ok: 1, n: 3 }));
    await using relay = await relayTo(server.port, UNPACED);
    const tool = await dial(relay.port);
    tool.send(withChecksum(insertMessage(1, { documents: ids(3) })));
    expect(await tool.reply()).toMatchObject({ n: 3, ok: 1 });
    tool.send(commandMessage(2, { insert: 'b', documents: ids(3), ordered: false, $db: 'a' }));
    expect(await tool.reply()).toMatchObject({ n: 3, ok: 1 });
    const bytes = 3 * serialize({ _id: 1 }).length;
    expect(relay.counters()[0]).toMatchObject({ acknowledged: 6, bytes: 2 * bytes });
    expect(server.received).toHaveLength(2);
    tool.socket.destroy();
  });

  it('drops a checksum that it makes wrong', async () => {
    await using server = await startScriptedServer(() => ({ cursor: { id: 0, ns: 'a.b', firstBatch: [] }, ok: 1 }));
    await using relay = await relayTo(server.port, UNPACED);
    const tool = await dial(relay.port);
    tool.send(withChecksum(commandMessage(1, { find: 'b', $db: 'a' }, FLAG_EXHAUST_ALLOWED)));
    expect(await tool.reply()).toMatchObject({ ok: 1 });
    expect(openOpMsg(server.received[0]?.bytes ?? Buffer.alloc(0)).flags).toBe(0);
    tool.socket.destroy();
  });

  it('answers a write of w: 0 whose sender waits for a reply', async () => {
    await using server = await startScriptedServer(() => ({ ok: 1, n: 1 }));
    await using relay = await relayTo(server.port, UNPACED);
    const tool = await dial(relay.port);
    tool.send(insertMessage(1, { documents: ids(1), body: { writeConcern: { w: 0 } } }));
    expect(await tool.reply()).toMatchObject({ ok: 1 });
    tool.socket.destroy();
  });

  it('brings unacknowledged writes to their end though the tool has gone', async () => {
    await using server = await startScriptedServer((_, nth) => (nth <= 2 ? THROTTLED : { ok: 1, n: 5 }));
    await using relay = await relayTo(server.port, UNPACED);
    const tool = await dial(relay.port);
    const silently = { documents: ids(5), body: { writeConcern: { w: 0 } }, flags: FLAG_MORE_TO_COME };
    for (const request of [1, 2, 3]) tool.send(insertMessage(request, silently));
    tool.socket.end();
    await expect.poll(() => relay.counters()[0]?.acknowledged, { timeout: 5_000 }).toBe(15);
    await expect.poll(() => relay.connections()).toBe(0);
  });

  it('counts the connections that the target ends while a tool waits, and no others', async () => {
    await using server = await startScriptedServer(({ body, socket }) => {
      if (body['insert'] === 'lost') socket.end();
      return body['insert'] === 'lost' || body['insert'] === 'slow' ? undefined : { ok: 1, n: 1 };
    });
    await using relay = await relayTo(server.port, UNPACED);
    const idle = await dial(relay.port);
    idle.send(insertMessage(1, { documents: ids(1) }));
    await idle.reply();
    for (const socket of server.sockets) socket.end();
    await idle.closed;
    const leaving = await dial(relay.port);
    leaving.send(insertMessage(2, { documents: ids(1), body: { insert: 'slow' } }));
    await expect.poll(() => server.received.length).toBe(2);
    leaving.socket.destroy();
    await expect.poll(() => relay.connections()).toBe(0);
    expect(relay.lostTargetConnections()).toBe(0);
    const waiting = await dial(relay.port);
    waiting.send(insertMessage(3, { documents: ids(1), body: { insert: 'lost' } }));
    await waiting.closed;
    expect(relay.lostTargetConnections()).toBe(1);
  });

  it('counts a connection that the target does not take', async () => {
    const server = await startScriptedServer(() => undefined);
    await server[Symbol.asyncDispose]();
    await using relay = await relayTo(server.port, UNPACED);
    await (
      await dial(relay.port)
    ).closed;
    expect(relay.lostTargetConnections()).toBe(1);
  });

  it('lets the target go at once when the tool leaves in the middle of a request', async () => {
    await using server = await startScriptedServer(() => undefined);
    await using relay = await relayTo(server.port, UNPACED);
    const tool = await dial(relay.port);
    tool.send(insertMessage(1, { documents: ids(5) }));
    await expect.poll(() => server.received.length).toBe(1);
    tool.socket.destroy();
    await expect.poll(() => relay.connections()).toBe(0);
    expect(relay.counters().map((c) => c.acknowledged)).not.toContain(5);
  });

  it('lets the tool know at once that an idle connection has gone', async () => {
    await using server = await startScriptedServer(() => ({ ok: 1 }));
    await using relay = await relayTo(server.port, UNPACED);
    const tool = await dial(relay.port);
    tool.send(commandMessage(1, { ping: 1, $db: 'admin' }));
    await tool.reply();
    for (const socket of server.sockets) socket.end();
    await tool.closed;
    await expect.poll(() => relay.connections()).toBe(0);
  });

  it('acknowledges nothing when the target closes in the middle of a reply', async () => {
    await using server = await startScriptedServer(({ socket }) => {
      socket.end(Buffer.from([90, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0xdd, 7, 0, 0, 0, 0]));
      return undefined;
    });
    await using relay = await relayTo(server.port, UNPACED);
    const tool = await dial(relay.port);
    tool.send(insertMessage(1, { documents: ids(5) }));
    await tool.closed;
    expect(relay.counters().map((c) => c.acknowledged)).not.toContain(5);
  });

  it('takes no reply to another request for an acknowledgement', async () => {
    await using server = await startScriptedServer(() => ({ ok: 1, n: 5 }));
    await using relay = await relayTo(server.port, UNPACED);
    const tool = await dial(relay.port);
    tool.send(commandMessage(1, { killCursors: 'b', cursors: [], $db: 'a' }, FLAG_MORE_TO_COME));
    tool.send(insertMessage(2, { documents: ids(5) }));
    await tool.closed;
    expect(relay.counters().map((c) => c.acknowledged)).not.toContain(5);
  });

  it('refuses writes in the old form, in which it would have to write the documents anew', async () => {
    await using server = await startScriptedServer(() => ({ ok: 1, n: 1 }));
    await using relay = await relayTo(server.port, UNPACED);
    const tool = await dial(relay.port);
    const reply = new Promise<Buffer>((resolve) => tool.socket.once('data', resolve));
    tool.send(writeLegacyQuery(1, 'a.$cmd', { insert: 'b', documents: [{ _id: 1 }] }));
    expect(openLegacyReply(await reply).body).toMatchObject({ codeName: 'CommandNotSupported' });
    expect(server.received).toEqual([]);
    tool.socket.destroy();
  });

  it('answers pipelined requests in their order', async () => {
    await using server = await startScriptedServer(({ body }, nth) => {
      if (nth === 2) return { ...THROTTLED, errmsg: 'Error=16500, RetryAfterMs=5' };
      return { ok: 1, n: body['insert'] ? 2 : 0 };
    });
    await using relay = await relayTo(server.port, UNPACED);
    const tool = await dial(relay.port);
    for (let id = 1; id <= 40; id += 2) {
      tool.send(insertMessage(id, { documents: ids(2) }));
      tool.send(commandMessage(id + 1, { ping: 1, $db: 'admin' }));
    }
    for (let id = 1; id <= 40; id += 2) {
      expect(await tool.reply()).toMatchObject({ n: 2 });
      expect(await tool.reply()).toMatchObject({ n: 0 });
    }
    tool.socket.destroy();
  });

  it('does not come to its end by certificates that are no use', async () => {
    const target = { host: '127.0.0.1', port: 1, tls: { cert: 'no certificate', key: 'no key' } };
    await expect(relayTo(1, { ...UNPACED, target })).rejects.toMatchObject({ code: 'target-not-ready' });
  });

  it('has nothing under way any more when it is closed', async () => {
    await using server = await startScriptedServer(() => ({
      ok: 1,
      n: 0,
      writeErrors: [{ index: 0, code: 2, errmsg: 'never' }],
    }));
    let written: () => void = () => undefined;
    let adding = 0;
    const relay = await relayTo(server.port, {
      ...UNPACED,
      deadLetters: {
        add: () => {
          adding += 1;
          return new Promise((resolve) => (written = resolve));
        },
      },
    });
    const tool = await dial(relay.port);
    tool.send(insertMessage(1, { documents: ids(1) }));
    await expect.poll(() => adding).toBe(1);
    let closed = false;
    const closing = relay.close().then(() => (closed = true));
    await tool.closed;
    expect(closed).toBe(false);
    written();
    await closing;
  });
});
