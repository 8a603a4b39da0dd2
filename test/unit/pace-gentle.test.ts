import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GentlePace, type GentlePaceParts, type ServerLoad } from '../../src/engine/pace/gentle-pace.js';
import { EventClock } from '../support/event-clock.js';

const SHARE = 0.02;

/** A server with clients of its own; it counts what it is asked, and how much of it at once. */
class FakeServer {
  readonly clock = new EventClock();
  readonly started = this.clock.now();
  server = 'one 1';
  /** Operations of its own clients in a second. */
  perSecond = 0;
  /** Of its own clients, at any moment. */
  active = 0;
  tells = true;
  asked = 0;
  underWay = 0;
  most = 0;
  /** When each of our commands began and ended. */
  readonly commands: [began: number, ended: number][] = [];
  #others = 0;
  #since = this.clock.now();

  busy(perSecond: number): void {
    this.#others += (this.perSecond * (this.clock.now() - this.#since)) / 1000;
    this.#since = this.clock.now();
    this.perSecond = perSecond;
  }

  async take(ms: number): Promise<void> {
    this.asked += 1;
    this.underWay += 1;
    this.most = Math.max(this.most, this.underWay);
    const began = this.clock.now();
    await this.clock.sleep(ms);
    this.commands.push([began, this.clock.now()]);
    this.underWay -= 1;
  }

  readonly look = async (): Promise<readonly ServerLoad[] | undefined> => {
    await this.take(1);
    if (!this.tells) return undefined;
    const now = this.clock.now();
    const others = this.#others + (this.perSecond * (now - this.#since)) / 1000;
    const upMs = now - this.started + 1;
    return [{ server: this.server, upMs, operations: Math.floor(others) + this.asked, active: this.active }];
  };

  pace(parts: Partial<GentlePaceParts> = {}): GentlePace {
    return new GentlePace({ clock: this.clock, roundTripMs: 0, look: this.look, share: SHARE, ...parts });
  }

  /** So many commands, all asked for at once. How long they took together. */
  async send(pace: GentlePace, count: number, ms = 3): Promise<number> {
    const before = this.clock.now();
    const sent = Array.from({ length: count }, () => pace.inTurn(() => this.take(ms)));
    await this.clock.run(Promise.all(sent));
    return this.clock.now() - before;
  }

  /** Part of the time from the first command to the end of the last pause in which one was under way. */
  share(): number {
    const [[first] = [0]] = this.commands;
    const last = this.commands.at(-1)?.[1] ?? 0;
    const working = this.commands.reduce((sum, [began, ended]) => sum + ended - began, 0);
    return working / (last - first);
  }
}

describe('the pace at which a server is read', () => {
  it('is one command at a time and a small share of the time while others use the server, whatever commands take', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 20, maxLength: 60 }),
        fc.integer({ min: 25, max: 50_000 }),
        async (durations, perSecond) => {
          const server = new FakeServer();
          server.perSecond = perSecond;
          const pace = server.pace();
          const sent = [...durations, 1].map((ms) => pace.inTurn(() => server.take(ms)));
          await server.clock.run(Promise.all(sent));
          expect(pace.speed).toBe('gentle');
          expect(server.most).toBe(1);
          // The last one is under way without the pause that it is owed.
          expect(server.share()).toBeLessThanOrEqual(SHARE * 1.06);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('is full where two looks at the server find nobody else there', async () => {
    const server = new FakeServer();
    const pace = server.pace();
    expect(await server.send(pace, 400)).toBeLessThan(1_000);
    expect(pace.speed).toBe('full');
    expect(server.most).toBe(8);
  });

  it('lets pass what members of a set and monitoring ask all the time', async () => {
    const server = new FakeServer();
    server.perSecond = 10;
    const pace = server.pace();
    await server.send(pace, 10);
    expect(pace.speed).toBe('full');
  });

  it('is gentle where few operations are counted and one of them goes on and on', async () => {
    const server = new FakeServer();
    server.active = 1;
    const pace = server.pace();
    await server.send(pace, 10);
    expect([pace.speed, server.most]).toEqual(['gentle', 1]);
  });

  it('turns gentle within seconds of others coming, and is slower to trust them to be gone each time', async () => {
    const server = new FakeServer();
    const pace = server.pace();
    const untilFull: number[] = [];
    for (let time = 0; time < 3; time += 1) {
      await server.send(pace, 100);
      expect(pace.speed).toBe('full');
      server.busy(500);
      const came = server.clock.now();
      while (pace.speed === 'full') await server.send(pace, 8);
      // Of the eight that were asked for at once, some are sent at the gentle pace already.
      expect(server.clock.now() - came).toBeLessThan(4_000);
      server.busy(0);
      const gone = server.clock.now();
      while (pace.speed === 'gentle') await server.send(pace, 1);
      untilFull.push(server.clock.now() - gone);
    }
    const [first = 0, second = 0, third = 0] = untilFull;
    expect(second).toBeGreaterThan(1.5 * first);
    expect(third).toBeGreaterThan(1.5 * second);
  });

  it('is gentle throughout where the server does not tell, which is asked once', async () => {
    const server = new FakeServer();
    server.tells = false;
    const pace = server.pace();
    await server.send(pace, 50);
    expect([pace.speed, server.most, server.asked]).toEqual(['gentle', 1, 51]);
    const unknown = new FakeServer();
    const without = new GentlePace({ clock: unknown.clock, roundTripMs: 0 });
    await unknown.send(without, 20);
    expect([without.speed, unknown.most]).toEqual(['gentle', 1]);
  });

  it('takes counters of another process for nothing', async () => {
    const server = new FakeServer();
    let looks = 0;
    const look = async (): Promise<readonly ServerLoad[] | undefined> => {
      server.server = `one ${(looks += 1)}`;
      return server.look();
    };
    const pace = server.pace({ look });
    await server.send(pace, 5);
    expect(pace.speed).toBe('gentle');
  });

  it('does not take the way to the server for its work', async () => {
    const near = new FakeServer();
    const far = new FakeServer();
    near.perSecond = far.perSecond = 500;
    const tookNear = await near.send(near.pace(), 20, 3);
    const tookFar = await far.send(far.pace({ roundTripMs: 40 }), 20, 43);
    expect(tookFar - tookNear).toBeLessThan(20 * 45);
  });

  it('does not count its pauses as time that something takes', async () => {
    const server = new FakeServer();
    server.perSecond = 500;
    const pace = server.pace();
    const before = pace.workingClock.now();
    const took = await server.send(pace, 20, 10);
    expect(took).toBeGreaterThan(19 * 490);
    expect(pace.workingClock.now() - before).toBeLessThan(20 * 10 + 10);
  });

  it('ends the wait of who gives up, and lets others have their turn', async () => {
    const server = new FakeServer();
    server.perSecond = 500;
    const pace = server.pace();
    const end = new AbortController();
    await server.send(pace, 1, 100);
    const given = pace.inTurn(() => server.take(1), end.signal);
    const other = pace.inTurn(() => server.take(1));
    const reason = new Error('enough');
    end.abort(reason);
    await server.clock.run(expect(given).rejects.toBe(reason));
    await server.clock.run(other);
    expect(server.asked).toBe(4);
  });

  it('passes on what goes wrong, and goes on', async () => {
    const server = new FakeServer();
    const pace = server.pace();
    const failing = pace.inTurn(() => Promise.reject(new Error('refused')));
    await server.clock.run(expect(failing).rejects.toThrow('refused'));
    await server.send(pace, 3);
    expect(server.underWay).toBe(0);
  });
});
