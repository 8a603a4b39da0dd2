/**
 * Fresh tokens for a runner from the window that has signed in, for as long as the window lives: a token lasts an hour, a migration for days. The runner shows
 * a word that it was given with the connection strings, so that no other process is answered.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { connect, createServer, type Socket } from 'node:net';
import { MigrationError } from '../../core/model/error.js';
import type { Clock } from '../../engine/ports.js';
import { fileFailed } from '../files/durable.js';
import { listenOn, makeSocketPlace, readLine } from '../files/private-socket.js';
import type { HandedTokens } from '../files/secret-handover.js';
import { recordOf, textAt } from '../json.js';
import type { TokenSource } from './ports.js';

export interface TokenServer {
  /** For the secrets that the runner is handed. */
  readonly handed: HandedTokens;
  close(): Promise<void>;
}

/** The window may have to ask a person; a runner that gets no answer waits no longer than this. */
const ANSWER_WITHIN_MS = 5 * 60_000;

/** Answers until it is closed. `source` may ask a person. @throws MigrationError `file-failed` where no socket can be made. */
export async function serveTokens(source: TokenSource): Promise<TokenServer> {
  const place = await makeSocketPlace();
  const key = randomBytes(32).toString('hex');
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => undefined);
    void answer(socket, key, source);
  });
  try {
    await listenOn(server, place.path);
  } catch (error) {
    await place.remove();
    throw fileFailed(error, place.path, 'listen');
  }
  return {
    handed: { path: place.path, key },
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await place.remove().catch(() => undefined);
    },
  };
}

async function answer(socket: Socket, key: string, source: TokenSource): Promise<void> {
  try {
    const asked: unknown = JSON.parse(await readLine(socket));
    const scope = textAt(asked, 'scope');
    if (!isSame(textAt(asked, 'key') ?? '', key) || scope === undefined) {
      socket.destroy();
      return;
    }
    const token = await source.token(scope, { renew: recordOf(asked)['renew'] === true });
    socket.end(`${JSON.stringify({ token })}\n`);
  } catch (error) {
    const reason = MigrationError.is(error) ? error.facts['reason'] : undefined;
    socket.end(`${JSON.stringify({ refused: typeof reason === 'string' ? reason : 'not-signed-in' })}\n`);
  }
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/**
 * Tokens from the window that started this process.
 * Its `token` throws MigrationError `azure-sign-in-needed`: `window-gone` where nobody answers, else what the window said.
 */
export function handedTokens({ path, key }: HandedTokens, clock: Clock): TokenSource {
  return {
    async token(scope, options) {
      const over = new AbortController();
      const socket = connect(path);
      let line: string | undefined;
      try {
        socket.write(`${JSON.stringify({ key, scope, renew: options?.renew === true })}\n`);
        line = await Promise.race([readLine(socket), clock.sleep(ANSWER_WITHIN_MS, over.signal).then(() => undefined)]);
      } catch {
        // Told below: the system's words would only name the socket.
      } finally {
        over.abort();
        socket.destroy();
      }
      const said: unknown = line === undefined ? {} : JSON.parse(line);
      const token = textAt(said, 'token');
      if (token !== undefined) return token;
      throw new MigrationError('azure-sign-in-needed', { reason: textAt(said, 'refused') ?? 'window-gone' });
    },
  };
}
