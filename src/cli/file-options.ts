/** How a plan is told that documents travel as text, and where the files are. */
import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { MigrationError } from '../core/model/error.js';
import type { MethodId } from '../core/model/method.js';
import type { TextFormat, TextTravel } from '../core/model/plan.js';

export interface FileOptions {
  readonly method?: MethodId;
  readonly format?: TextFormat;
  readonly fields?: readonly string[];
  readonly toFiles?: string;
  readonly fromFiles?: string;
  readonly rename?: readonly string[];
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

export function addFileOptions(command: Command): Command {
  return command
    .option('--to-files <dir>', 'export-import: export into files in this folder and check them; needs no target')
    .option(
      '--from-files <dir>',
      'export-import: import files of this folder (both options: through files, which are kept)',
    )
    .addOption(new Option('--format <format>', 'export-import: CSV loses types and more').choices(['json', 'csv']))
    .option('--fields <db.coll=a,b>', 'CSV: the fields of a collection; without it those of a sample', collect);
}

/** Undefined where nothing is said of text. @throws MigrationError `bad-option`. */
export function travelFrom(options: FileOptions, cwd: string): TextTravel | undefined {
  const { method, format = 'json', toFiles, fromFiles } = options;
  const isSaid = [options.format, options.fields, toFiles, fromFiles].some((value) => value !== undefined);
  if (isSaid && method !== undefined && method !== 'export-import') {
    const option = toFiles !== undefined ? '--to-files' : fromFiles !== undefined ? '--from-files' : '--format';
    throw new MigrationError('bad-option', { option, reason: 'export-import-only', method });
  }
  if (!isSaid) return undefined;
  if (options.fields !== undefined && format !== 'csv') {
    throw new MigrationError('bad-option', { option: '--fields', reason: 'csv-only' });
  }
  const folders = [toFiles, fromFiles].flatMap((folder) => (folder === undefined ? [] : [resolve(cwd, folder)]));
  const [folder, other] = folders;
  if (folder === undefined) return { format };
  if (other !== undefined && other !== folder) {
    throw new MigrationError('bad-option', { option: '--from-files', reason: 'two-folders' });
  }
  const use = toFiles === undefined ? 'import' : fromFiles === undefined ? 'export' : 'both';
  if (use === 'export' && options.rename !== undefined) {
    throw new MigrationError('bad-option', { option: '--rename', reason: 'not-into-files' });
  }
  return { format, files: { use, folder } };
}

/** `db.coll=a,b` by namespace. @throws MigrationError `bad-option`. */
export function fieldsFrom(fields: readonly string[] = []): ReadonlyMap<string, readonly string[]> {
  return new Map(
    fields.map((text) => {
      const [name = '', list = ''] = [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)];
      const names = list.split(',').map((field) => field.trim());
      if (!text.includes('=') || !name.includes('.') || names.includes('')) {
        throw new MigrationError('bad-option', { option: '--fields', reason: 'not-fields', value: text });
      }
      return [name, names];
    }),
  );
}
