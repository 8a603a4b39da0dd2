/** Which namespaces take part: `--include`, `--exclude`, `--rename`. */
import type { Command } from 'commander';
import { MigrationError } from '../core/model/error.js';
import { formatNamespace, parseNamespace, type NamespaceSelection } from '../core/model/namespace.js';

/** For options that may be given several times. */
export function collect(value: string, earlier: readonly string[] | undefined): readonly string[] {
  return [...(earlier ?? []), value];
}

export function addSelectionOptions(command: Command): Command {
  return command
    .option('--include <pattern>', 'only these: db, db.coll or db.* (repeatable)', collect)
    .option('--exclude <pattern>', 'not these (repeatable)', collect);
}

export function addRenameOption(command: Command): Command {
  return command.option('--rename <from=to>', 'other name on the target: db.coll=db.coll (repeatable)', collect);
}

export interface SelectionOptions {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly rename?: readonly string[];
}

/** @throws MigrationError `bad-namespace`, `bad-option`. */
export function selectionFrom(options: SelectionOptions): NamespaceSelection {
  return {
    include: (options.include ?? []).map((pattern) => checkPattern('--include', pattern)),
    exclude: (options.exclude ?? []).map((pattern) => checkPattern('--exclude', pattern)),
    rename: (options.rename ?? []).map((text) => {
      const [from, to] = splitAssignment('--rename', text);
      return { from: formatNamespace(parseNamespace(from)), to: formatNamespace(parseNamespace(to)) };
    }),
  };
}

function checkPattern(option: string, pattern: string): string {
  if (pattern.trim() === '' || pattern.startsWith('.') || pattern.endsWith('.') || pattern.includes('\0')) {
    throw new MigrationError('bad-namespace', { namespace: pattern, option });
  }
  return pattern;
}

/** `left=right`, split at the first `=`. @throws MigrationError `bad-option`. */
export function splitAssignment(option: string, text: string): [string, string] {
  const at = text.indexOf('=');
  if (at <= 0 || at === text.length - 1) {
    throw new MigrationError('bad-option', { option, reason: 'wants-assignment', value: text });
  }
  return [text.slice(0, at), text.slice(at + 1)];
}
