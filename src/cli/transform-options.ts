/** What a direct copy changes on the way: `--filter`, `--drop-field`, `--rename-field`, `--set-field`, `--fill-field`, `--copy-field`. */
import type { Command } from 'commander';
import { MigrationError } from '../core/model/error.js';
import { formatNamespace, parseNamespace } from '../core/model/namespace.js';
import type { CollectionTransform, FieldSetting, ReadConcern } from '../core/model/plan.js';
import { checkFields } from '../core/plan/transform-checks.js';
import { compileTransform } from '../engine/copy/compile-transform.js';
import { collect, splitAssignment } from './selection-options.js';

export const READ_CONCERNS: readonly ReadConcern[] = ['local', 'available', 'majority'];

export interface TransformOptions {
  readonly filter?: readonly string[];
  readonly dropField?: readonly string[];
  readonly renameField?: readonly string[];
  readonly setField?: readonly string[];
  readonly fillField?: readonly string[];
  readonly copyField?: readonly string[];
}

export function addTransformOptions(command: Command): Command {
  return command
    .option(
      '--filter <ns=query>',
      'direct copy: only documents that match, e.g. \'shop.orders={"open":true}\' (repeatable)',
      collect,
    )
    .option('--drop-field <ns:field>', 'direct copy: leave a top-level field behind (repeatable)', collect)
    .option('--rename-field <ns:field=name>', 'direct copy: another name for a top-level field (repeatable)', collect)
    .option(
      '--set-field <ns:field=json>',
      'direct copy: set a top-level field, e.g. \'shop.orders:region="eu"\' (repeatable)',
      collect,
    )
    .option('--fill-field <ns:field=json>', 'direct copy: the same, only where it is missing (repeatable)', collect)
    .option(
      '--copy-field <ns:field=other>',
      'direct copy: set a field to the value of another one, or of _id (repeatable)',
      collect,
    );
}

type Draft = {
  filter?: Readonly<Record<string, unknown>>;
  drop: string[];
  rename: { from: string; to: string }[];
  set: FieldSetting[];
};

/** By namespace on the source. @throws MigrationError `bad-option`, `bad-namespace`; `bad-plan` for fields that cannot be changed so. */
export function transformsFrom(options: TransformOptions): Readonly<Record<string, CollectionTransform>> {
  const drafts = new Map<string, Draft>();
  const draftOf = (namespace: string): Draft => {
    const name = formatNamespace(parseNamespace(namespace));
    const draft = drafts.get(name) ?? { drop: [], rename: [], set: [] };
    drafts.set(name, draft);
    return draft;
  };
  for (const text of options.filter ?? []) {
    const [namespace, query] = splitAssignment('--filter', text);
    const draft = draftOf(namespace);
    if (draft.filter) throw new MigrationError('bad-option', { option: '--filter', reason: 'given-twice', namespace });
    draft.filter = queryFrom(query);
  }
  for (const text of options.dropField ?? []) {
    const [namespace, field] = splitField('--drop-field', text, text, 'db.coll:field');
    draftOf(namespace).drop.push(field);
  }
  for (const [namespace, from, to] of assignments('--rename-field', options.renameField))
    draftOf(namespace).rename.push({ from, to });
  for (const [namespace, field, text] of assignments('--set-field', options.setField))
    draftOf(namespace).set.push({ field, when: 'always', value: jsonFrom('--set-field', text) });
  for (const [namespace, field, text] of assignments('--fill-field', options.fillField))
    draftOf(namespace).set.push({ field, when: 'missing', value: jsonFrom('--fill-field', text) });
  for (const [namespace, field, copyOf] of assignments('--copy-field', options.copyField))
    draftOf(namespace).set.push({ field, when: 'always', copyOf });
  return Object.fromEntries([...drafts].map(([name, draft]) => [name, checked(name, draft)]));
}

function checked(name: string, { filter, drop, rename, set }: Draft): CollectionTransform {
  const transform: CollectionTransform = {
    ...(filter ? { filter } : {}),
    ...(drop.length > 0 ? { drop } : {}),
    ...(rename.length > 0 ? { rename } : {}),
    ...(set.length > 0 ? { set } : {}),
  };
  checkFields(transform, name);
  compileTransform({ source: parseNamespace(name), transform });
  return transform;
}

function assignments(option: string, texts: readonly string[] | undefined): [string, string, string][] {
  return (texts ?? []).map((text) => {
    const [left, right] = splitAssignment(option, text);
    return [...splitField(option, left, text, 'db.coll:field=...'), right];
  });
}

/** At the last colon: names of collections may have one. */
function splitField(option: string, left: string, value: string, form: string): [namespace: string, field: string] {
  const at = left.lastIndexOf(':');
  if (at <= 0 || at === left.length - 1) {
    throw new MigrationError('bad-option', { option, reason: 'wants-field-of-collection', form, value });
  }
  return [left.slice(0, at), left.slice(at + 1)];
}

function jsonFrom(option: string, value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    throw new MigrationError('bad-option', { option, reason: 'wants-json', value });
  }
}

function queryFrom(value: string): Readonly<Record<string, unknown>> {
  const query = jsonFrom('--filter', value);
  if (typeof query !== 'object' || query === null || Array.isArray(query))
    throw new MigrationError('bad-option', { option: '--filter', reason: 'wants-query', value });
  return query as Readonly<Record<string, unknown>>;
}
