import { window, type LogLevel, type LogOutputChannel, type ViewColumn } from 'vscode';
import { redact } from '../core/model/redact.js';

/** Literals that must never be shown, as they become known while working. */
export class KnownSecrets {
  readonly #secrets = new Set<string>();

  add(secrets: readonly string[]): void {
    for (const secret of secrets) if (secret !== '') this.#secrets.add(secret);
  }

  redact(text: string): string {
    return redact(text, [...this.#secrets]);
  }
}

/** The log that people see. Whatever is written to it is redacted here, so that no caller can forget it. */
export class RedactingLog implements LogOutputChannel {
  readonly #channel: LogOutputChannel;
  readonly #secrets: KnownSecrets;

  constructor(name: string, secrets: KnownSecrets) {
    this.#channel = window.createOutputChannel(name, { log: true });
    this.#secrets = secrets;
  }

  get name(): string {
    return this.#channel.name;
  }

  get logLevel(): LogLevel {
    return this.#channel.logLevel;
  }

  get onDidChangeLogLevel(): LogOutputChannel['onDidChangeLogLevel'] {
    return this.#channel.onDidChangeLogLevel;
  }

  trace(message: string, ...args: readonly unknown[]): void {
    this.#channel.trace(this.#clean(message, args));
  }

  debug(message: string, ...args: readonly unknown[]): void {
    this.#channel.debug(this.#clean(message, args));
  }

  info(message: string, ...args: readonly unknown[]): void {
    this.#channel.info(this.#clean(message, args));
  }

  warn(message: string, ...args: readonly unknown[]): void {
    this.#channel.warn(this.#clean(message, args));
  }

  error(error: string | Error, ...args: readonly unknown[]): void {
    this.#channel.error(this.#clean(typeof error === 'string' ? error : describe(error), args));
  }

  append(value: string): void {
    this.#channel.append(this.#secrets.redact(value));
  }

  appendLine(value: string): void {
    this.#channel.appendLine(this.#secrets.redact(value));
  }

  replace(value: string): void {
    this.#channel.replace(this.#secrets.redact(value));
  }

  clear(): void {
    this.#channel.clear();
  }

  show(columnOrPreserveFocus?: ViewColumn | boolean, preserveFocus?: boolean): void {
    this.#channel.show(typeof columnOrPreserveFocus === 'boolean' ? columnOrPreserveFocus : preserveFocus);
  }

  hide(): void {
    this.#channel.hide();
  }

  dispose(): void {
    this.#channel.dispose();
  }

  #clean(message: string, args: readonly unknown[]): string {
    return this.#secrets.redact([message, ...args.map(describe)].join(' '));
  }
}

/** An error with its causes, which is what helps somebody who reads a log. */
function describe(value: unknown): string {
  if (!(value instanceof Error)) return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  const facts = 'facts' in value ? ` ${JSON.stringify(value.facts)}` : '';
  const cause = value.cause === undefined ? '' : `\ncaused by ${describe(value.cause)}`;
  return `${value.stack ?? value.message}${facts}${cause}`;
}
