/** `start-failure.json` in a run's folder: why the latest process that was to work on the run could not. Gone as soon as one can. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MigrationError, type ErrorFacts } from '../../core/model/error.js';
import { writeFileAtomic } from './durable.js';
import type { RunFolder } from './run-folder.js';

export interface StartFailure {
  /** Epoch milliseconds. */
  readonly at: number;
  /** `error:<code>`, as in a verdict. */
  readonly id: string;
  readonly params: Readonly<Record<string, string | number | boolean>>;
}

export function startFailurePath({ path }: Pick<RunFolder, 'path'>): string {
  return join(path, 'start-failure.json');
}

/** `clean` takes the secrets out of the texts. Whoever started the process sees its own words too: a file that cannot be written changes nothing. */
export async function noteStartFailure(
  folder: Pick<RunFolder, 'path'>,
  error: unknown,
  { at, clean }: { at: number; clean: (text: string) => string },
): Promise<void> {
  const { code, facts } = MigrationError.is(error) ? error : { code: 'internal', facts: { reason: nameOf(error) } };
  const failure: StartFailure = { at, id: `error:${code}`, params: plainFacts(facts, clean) };
  await writeFileAtomic(startFailurePath(folder), JSON.stringify(failure)).catch(() => undefined);
}

export async function clearStartFailure(folder: Pick<RunFolder, 'path'>): Promise<void> {
  await rm(startFailurePath(folder), { force: true });
}

/** Undefined where there was none, and for anything that is not ours. */
export async function readStartFailure(folder: Pick<RunFolder, 'path'>): Promise<StartFailure | undefined> {
  const text = await readFile(startFailurePath(folder), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isStartFailure(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isStartFailure(value: unknown): value is StartFailure {
  if (typeof value !== 'object' || value === null) return false;
  const { at, id, params } = value as Readonly<Record<string, unknown>>;
  return (
    typeof at === 'number' &&
    typeof id === 'string' &&
    typeof params === 'object' &&
    params !== null &&
    Object.values(params).every((param) => ['string', 'number', 'boolean'].includes(typeof param))
  );
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}

function plainFacts(facts: ErrorFacts, clean: (text: string) => string): StartFailure['params'] {
  return Object.fromEntries(
    Object.entries(facts).flatMap(([name, value]) => {
      if (value === undefined) return [];
      const plain = typeof value === 'object' ? value.join(', ') : value;
      return [[name, typeof plain === 'string' ? clean(plain) : plain]];
    }),
  );
}
