/** Lines of a server's log, one by one: what the operations in them use, and which drivers have connected. */
import type { Namespace } from '../model/namespace.js';
import { ClientTally, isApplication } from './client-uses.js';
import { readCommand } from './command-shape.js';
import { isDocument } from './plain-values.js';
import { parseShellDocument } from './shell-text.js';
import { UsageTally } from './usage-tally.js';

/** Parts of the lines that are of interest; any other needs no parsing. Since 4.4: https://www.mongodb.com/docs/manual/reference/log-messages/ */
const STRUCTURED = ['"Slow query"', '"client metadata"'];
/** Up to 4.2: `2019-01-01T00:00:00.000+0000 I  COMMAND  [conn1] command shop.orders appName: "a" command: find { ... } ...`. */
const PLAIN = /^\d{4}-\d\d-\d\dT\S+ +[A-Z]\d? +(\S+) +\[([^\]]*)\] (.*)$/s;
const PLAIN_OPERATION = /^(?:command|update|remove|query) (\S+) /;
const PLAIN_APPLICATION = / appName: "((?:[^"\\]|\\.)*)"/;
const PLAIN_COMMAND = / command: (?:\w+ )?(?=\{)/;
const PLAIN_CLIENT = /^received client metadata from \S+ \S+: (?=\{)/;

export class LogTally {
  readonly tally = new UsageTally('log');
  readonly clients = new ClientTally();
  #lines = 0;
  #operations = 0;
  #unreadable = 0;

  get lines(): number {
    return this.#lines;
  }

  /** Operations whose shape was read. */
  get operations(): number {
    return this.#operations;
  }

  /** Lines of no known form, or cut off. */
  get unreadable(): number {
    return this.#unreadable;
  }

  /** Never throws, whatever stands in the line. */
  add(line: string): void {
    if (line.trim() === '') return;
    this.#lines += 1;
    const read = line.startsWith('{') ? this.#structured(line) : this.#plain(line);
    if (!read) this.#unreadable += 1;
  }

  /** A line too long to be looked at. */
  addUnreadable(): void {
    this.#lines += 1;
    this.#unreadable += 1;
  }

  #structured(line: string): boolean {
    if (!STRUCTURED.some((part) => line.includes(part))) return line.trimEnd().endsWith('}');
    let entry: unknown;
    try {
      entry = JSON.parse(line);
    } catch {
      return false;
    }
    const attributes = isDocument(entry) ? entry['attr'] : undefined;
    if (!isDocument(entry) || !isDocument(attributes)) return false;
    if (entry['msg'] === 'client metadata') this.clients.add(attributes['doc']);
    else if (entry['msg'] === 'Slow query' && isApplication(attributes['appName'])) {
      this.#operation(attributes['command'], attributes['ns']);
    }
    return true;
  }

  #plain(line: string): boolean {
    const [, component, , message] = PLAIN.exec(line) ?? [];
    if (message === undefined) return false;
    if (component === 'NETWORK') {
      const client = PLAIN_CLIENT.exec(message);
      if (client) this.clients.add(parseShellDocument(message, client[0].length));
      return true;
    }
    const [, ns] = (component === 'COMMAND' || component === 'WRITE' ? PLAIN_OPERATION.exec(message) : null) ?? [];
    const command = ns === undefined ? null : PLAIN_COMMAND.exec(message);
    if (!command || !isApplication(PLAIN_APPLICATION.exec(message)?.[1])) return true;
    const document = parseShellDocument(message, command.index + command[0].length);
    if (!document) return false;
    this.#operation(document, ns);
    return true;
  }

  #operation(command: unknown, named: unknown): void {
    const ns = namespaceOf(named);
    if (!ns) return;
    const collection = ns.coll.startsWith('$cmd') ? {} : { ns };
    if (readCommand(command, { db: ns.db, ...collection, statementsApart: true }, this.tally)) this.#operations += 1;
  }
}

function namespaceOf(text: unknown): Namespace | undefined {
  if (typeof text !== 'string') return undefined;
  const dot = text.indexOf('.');
  return dot <= 0 ? undefined : { db: text.slice(0, dot), coll: text.slice(dot + 1) };
}
