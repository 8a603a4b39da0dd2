/** A local socket that only this user can reach: in a folder of its own on Unix, under a random name on Windows. */
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileFailed, PRIVATE_FOLDER } from './durable.js';

export interface SocketPlace {
  readonly path: string;
  remove(): Promise<void>;
}

/** What is said over it is far shorter; whatever sends more is none of ours. */
const LONGEST_LINE = 64 * 1024;

/** @throws MigrationError `file-failed` where no folder can be made. */
export async function makeSocketPlace(): Promise<SocketPlace> {
  const name = randomBytes(16).toString('hex');
  if (process.platform === 'win32') {
    return { path: `\\\\.\\pipe\\mcm-${name}`, remove: () => Promise.resolve() };
  }
  try {
    // A short name: a socket's path may have 104 bytes on macOS (sys/un.h).
    const folder = await mkdtemp(join(tmpdir(), 'mcm-'));
    await chmod(folder, PRIVATE_FOLDER);
    return { path: join(folder, name), remove: () => rm(folder, { recursive: true, force: true }) };
  } catch (error) {
    throw fileFailed(error, tmpdir(), 'make-folder');
  }
}

export function listenOn(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      // Nothing that the server meets from now on may end the process.
      server.on('error', () => undefined);
      resolve();
    });
  });
}

/** The first line. Rejects where the other side closes before its end. */
export function readLine(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (part: string) => {
      text += part;
      const end = text.indexOf('\n');
      if (end >= 0) resolve(text.slice(0, end));
      else if (text.length > LONGEST_LINE) reject(new Error('too long'));
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed')));
  });
}
