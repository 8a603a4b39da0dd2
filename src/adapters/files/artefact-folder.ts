/** A hand-off's files in a folder of the user's: written together, and never over what is not ours. */
import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize, sep } from 'node:path';
import { MigrationError } from '../../core/model/error.js';
import type { Artefacts } from '../../handoff/artefacts.js';
import { fileFailed, makeFolder, systemCode, writeFileAtomic } from './durable.js';

/** What this program wrote there, by path, as SHA-256 of each text: what is otherwise belongs to somebody else. Two of a path while it is written over. */
const MANIFEST = '.handoff-files.json';
/** Artefacts hold no secret, and colleagues deploy them. */
const ARTEFACT_MODE = 0o644;

export interface WrittenArtefacts {
  /** Absolute paths, in the artefacts' order. */
  readonly files: readonly string[];
  /** Of an earlier hand-off into the folder that this one does not have; they are gone. */
  readonly removed: readonly string[];
}

/**
 * Writes all files or none: the folder is looked at first, and a file that is there with other content than this program left it with stops everything.
 * `clean` takes secrets out of a text; an artefact holds none, and this sees to it.
 * @throws MigrationError `bad-option` (`file-is-foreign`), `file-failed`.
 */
export async function writeArtefacts(
  folder: string,
  { files }: Artefacts,
  clean: (text: string) => string = (text) => text,
): Promise<WrittenArtefacts> {
  const ours = await readManifest(folder);
  const texts = files.map(({ path, text }) => ({ path: placeIn(folder, path), name: path, text: clean(text) }));
  for (const { path, name, text } of texts) {
    const present = await readText(path);
    if (present === undefined || present === text || ours.get(name)?.includes(hashOf(present))) continue;
    throw new MigrationError('bad-option', { option: '--out', reason: 'file-is-foreign', path });
  }
  const kept = new Set(texts.map(({ name }) => name));
  const stale: string[] = [];
  for (const [name, hashes] of ours) {
    if (kept.has(name) || !isPlace(name)) continue;
    const path = placeIn(folder, name);
    const present = await readText(path);
    if (present !== undefined && hashes.includes(hashOf(present))) stale.push(path);
  }
  makeFolder(folder);
  const now = new Map(texts.map(({ name, text }) => [name, [hashOf(text)]]));
  // Before the files, so that what an interrupted writing leaves behind is known for ours.
  await writeManifest(folder, [
    ...ours,
    ...[...now].map(([name, h]) => [name, [...(ours.get(name) ?? []), ...h]] as const),
  ]);
  for (const { path, text } of texts) {
    makeFolder(dirname(path));
    await writeFileAtomic(path, text, ARTEFACT_MODE);
  }
  for (const path of stale) await rm(path, { force: true });
  await writeManifest(folder, now);
  return { files: texts.map(({ path }) => path), removed: stale };
}

/** Within the folder, and nothing of another's beside it. */
function isPlace(path: string): boolean {
  const clean = normalize(path);
  return path !== '' && !isAbsolute(path) && clean !== '..' && !clean.startsWith(`..${sep}`);
}

function placeIn(folder: string, path: string): string {
  if (!isPlace(path)) throw new MigrationError('internal', { reason: 'artefact-outside', path });
  return join(folder, path);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw fileFailed(error, path, 'read');
  }
}

type Manifest = Iterable<readonly [name: string, hashes: readonly string[]]>;

async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const text = JSON.stringify(Object.fromEntries(manifest), undefined, 2);
  await writeFileAtomic(join(folder, MANIFEST), `${text}\n`, ARTEFACT_MODE);
}

/** A manifest that cannot be read knows of nothing: then every file that differs is somebody else's. */
async function readManifest(folder: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const text = await readText(join(folder, MANIFEST));
  if (text === undefined) return new Map();
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found !== 'object' || found === null) return new Map();
    return new Map(Object.entries(found).filter((entry): entry is [string, string[]] => Array.isArray(entry[1])));
  } catch {
    return new Map();
  }
}
