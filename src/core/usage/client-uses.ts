import type { ClientUse } from '../model/usage.js';
import { isDocument } from './plain-values.js';

/** As this product names itself to servers, so that it does not count itself among the clients. */
export const OWN_APPLICATION = 'mongo-cosmos-migration';

/** Servers speak to each other by drivers of their own: `NetworkInterfaceTL-ReplNetwork`, for one. */
const INTERNAL_DRIVERS = /^(NetworkInterfaceTL|MongoDB Internal Client)/;
/** Agents of Ops Manager, Cloud Manager and Atlas that watch the server. */
const AGENTS = /^MongoDB (Automation Agent|Monitoring Module|CPS Module|Backup Agent)/;

/** True unless the name is ours, or that of an agent that watches the server; clients without a name may be anything. */
export function isApplication(name: unknown): boolean {
  return typeof name !== 'string' || (!name.startsWith(OWN_APPLICATION) && !AGENTS.test(name));
}

/** Bytes that a server takes of an application's name (MongoDB Handshake, as below); a driver's name and version are shorter. */
const LONGEST_TEXT = 128;
const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value.slice(0, LONGEST_TEXT) : undefined;

/** Counts connections by what drivers say of themselves. `https://github.com/mongodb/specifications`, "MongoDB Handshake". */
export class ClientTally {
  readonly #uses = new Map<string, { -readonly [K in keyof ClientUse]: ClientUse[K] }>();

  /** @returns whether it was one of an application's. */
  add(metadata: unknown): boolean {
    if (!isDocument(metadata) || !isDocument(metadata['driver'])) return false;
    const driver = text(metadata['driver']['name']);
    const version = text(metadata['driver']['version']) ?? '';
    const named = isDocument(metadata['application']) ? text(metadata['application']['name']) : undefined;
    if (driver === undefined || INTERNAL_DRIVERS.test(driver)) return false;
    if (!isApplication(named)) return false;
    const key = `${driver}\0${version}\0${named ?? ''}`;
    const known = this.#uses.get(key);
    if (known) known.connections += 1;
    else
      this.#uses.set(key, { driver, version, connections: 1, ...(named === undefined ? {} : { application: named }) });
    return true;
  }

  get uses(): readonly ClientUse[] {
    return [...this.#uses.values()].sort((a, b) => b.connections - a.connections);
  }
}
