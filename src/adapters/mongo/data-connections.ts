/** Connections of the copy's own to one cluster, and the memory that their replies are read into. */
import type { MongoClient } from 'mongodb';
import { DataConnection } from './data-connection.js';
import { ReplyMemory } from './reply-memory.js';

export class DataConnections {
  readonly #idle = new Map<string, DataConnection[]>();
  readonly #memory = new ReplyMemory();
  /** Once it is known that this cluster has to be spoken to by the driver alone, nobody asks again. */
  #possible: boolean;
  #closed = false;

  /** `clientFor`: the client whose commands of a read preference all go to one server. */
  constructor(
    private readonly clientFor: (readPreference: string) => Promise<MongoClient>,
    possible: boolean,
  ) {
    this.#possible = possible;
  }

  /** A connection that nobody else has until it is given back; undefined where the driver's own have to do. @throws as {@link DataConnection.open}. */
  async borrow(readPreference: string, signal: AbortSignal): Promise<DataConnection | undefined> {
    if (!this.#possible) return undefined;
    const idle = this.#idle.get(readPreference) ?? [];
    for (let found = idle.pop(); found; found = idle.pop()) if (found.isOpen) return found;
    const opened = await DataConnection.open(
      await this.clientFor(readPreference),
      readPreference,
      this.#memory,
      signal,
    );
    if (!opened) this.#possible = false;
    // Nobody would close it any more, and the process would not end.
    if (this.#closed) opened?.close();
    return opened;
  }

  giveBack(readPreference: string, connection: DataConnection): void {
    if (!connection.isOpen) return;
    if (this.#closed) return connection.close();
    const idle = this.#idle.get(readPreference);
    if (idle) idle.push(connection);
    else this.#idle.set(readPreference, [connection]);
  }

  /** Those that are lent are closed when they come back. */
  close(): void {
    this.#closed = true;
    for (const connection of [...this.#idle.values()].flat()) connection.close();
    this.#idle.clear();
  }
}
