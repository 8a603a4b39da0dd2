import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataSocket } from '../../src/adapters/mongo/data-socket.js';
import { ReplyMemory } from '../../src/adapters/mongo/reply-memory.js';

/** A message of this length: a header that says so, and bytes that depend on where they are. */
function message(length: number, seed = 0): Buffer {
  const bytes = Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 7 + seed) & 0xff));
  bytes.writeInt32LE(length, 0);
  return bytes;
}

const COMMAND = [Buffer.from('what a server is asked')];

let server: Server;
let accepted: Promise<Socket>;
let memory: ReplyMemory;
let data: DataSocket;
let peer: Socket;

beforeEach(async () => {
  server = createServer({ noDelay: true }).listen(0, '127.0.0.1');
  accepted = once(server, 'connection').then(([socket]) => socket as Socket);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  memory = new ReplyMemory();
  data = new DataSocket({ secure: false, connect: { host: '127.0.0.1', port, noDelay: true } }, memory);
  await data.connected(false, 5_000);
  peer = await accepted;
  peer.on('error', () => undefined);
});
afterEach(() => {
  data.close();
  peer.destroy();
  server.close();
});

/** Sends the parts one by one, each as a packet of its own. */
async function sendApart(parts: readonly Buffer[]): Promise<void> {
  for (const part of parts) {
    await new Promise<void>((resolve) => peer.write(part, () => resolve()));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('a data socket', () => {
  it('is a stream for whoever greets and logs in, and then gives whole messages, however they were cut on the way', async () => {
    const greeting = once(data.socket, 'data');
    peer.write('hello');
    expect(String((await greeting)[0])).toBe('hello');
    data.takeOver();
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 16, max: 300_000 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 }),
        fc.nat(255),
        async (length, cuts, seed) => {
          const sent = message(length, seed);
          const places = [0, ...cuts.map((cut) => Math.floor(cut * length)).sort((a, b) => a - b), length];
          const parts = places.slice(1).map((end, i) => sent.subarray(places[i], end));
          const reply = data.exchange(COMMAND, 1_000);
          await sendApart(parts.filter((part) => part.length > 0));
          const received = await reply;
          expect(received.memory.subarray(0, received.length).equals(sent)).toBe(true);
          memory.giveBack(received.memory);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('leaves a reply alone until its memory is given back, and reads into it again after that', async () => {
    data.takeOver();
    const reply = async (seed: number): Promise<Buffer> => {
      const coming = data.exchange(COMMAND, 2_000_000);
      peer.write(message(1_500_000, seed));
      return (await coming).memory;
    };
    const first = await reply(1);
    const second = await reply(2);
    expect(second === first).toBe(false);
    expect(first.subarray(0, 1_500_000).equals(message(1_500_000, 1))).toBe(true);
    memory.giveBack(first);
    const later = [await reply(3), await reply(4)];
    expect(later.includes(first)).toBe(true);
    expect(second.subarray(0, 1_500_000).equals(message(1_500_000, 2))).toBe(true);
  });

  it('sends pieces in their order', async () => {
    data.takeOver();
    const seen: Buffer[] = [];
    peer.on('data', (chunk) => seen.push(chunk));
    const reply = data.exchange([Buffer.from('one '), Buffer.from('two '), Buffer.from('three')], 0);
    while (Buffer.concat(seen).length < 13) await once(peer, 'data');
    peer.write(message(20));
    await reply;
    expect(Buffer.concat(seen).toString()).toBe('one two three');
  });

  it.each([
    ['a length that no message has', () => message(40).fill(0xff, 0, 4)],
    ['a length that is less than a header', () => message(40).fill(0, 0, 4)],
    ['a message and more than it', () => Buffer.concat([message(40), message(40)])],
  ])('is closed by %s', async (_, sent) => {
    data.takeOver();
    const reply = data.exchange(COMMAND, 0);
    peer.write(sent());
    await expect(reply).rejects.toThrow();
    expect(data.isOpen).toBe(false);
  });

  it('is closed by what nobody asked for', async () => {
    data.takeOver();
    const closed = once(data.socket, 'close');
    peer.write(message(40));
    await closed;
    expect(data.isOpen).toBe(false);
    await expect(data.exchange(COMMAND, 0)).rejects.toThrow('nobody asked');
  });

  it('gives no part of a message when the connection ends within it', async () => {
    data.takeOver();
    const reply = data.exchange(COMMAND, 0);
    peer.end(message(1_000).subarray(0, 999));
    await expect(reply).rejects.toThrow('closed');
    expect(data.isOpen).toBe(false);
  });

  it('takes one command at a time', async () => {
    data.takeOver();
    const first = data.exchange(COMMAND, 0);
    await expect(data.exchange(COMMAND, 0)).rejects.toMatchObject({ code: 'internal' });
    peer.write(message(20));
    expect((await first).length).toBe(20);
  });
});

describe('memory for replies', () => {
  it('is never handed out twice at a time, is as large as was asked for, and does not grow without end', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ bytes: fc.integer({ min: 1, max: 20_000_000 }), keep: fc.nat(3) })), (steps) => {
        const pool = new ReplyMemory();
        const out: Buffer[] = [];
        for (const { bytes, keep } of steps) {
          const taken = pool.take(bytes);
          expect(taken.length).toBeGreaterThanOrEqual(bytes);
          // By identity: comparing megabytes would take minutes.
          expect(out.includes(taken)).toBe(false);
          out.push(taken);
          while (out.length > keep) {
            const [oldest] = out.splice(0, 1);
            if (oldest) pool.giveBack(oldest);
          }
          expect(pool.idleBytes).toBeLessThanOrEqual(64 * 1024 * 1024);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('serves replies of the size that there is now, whatever size they had before', () => {
    const sizes = [1, 3_750_000, 16_000_000];
    for (const before of sizes) {
      for (const now of sizes) {
        const pool = new ReplyMemory();
        const many = Array.from({ length: 64 }, () => pool.take(before));
        for (const memory of many) pool.giveBack(memory);
        const one = pool.take(now);
        pool.giveBack(one);
        // Of what was given back, and not fresh. By identity, as above.
        const again = pool.take(now);
        expect(again === one || many.includes(again)).toBe(true);
      }
    }
  });
});
