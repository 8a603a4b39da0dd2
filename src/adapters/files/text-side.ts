/** A folder of text files in the place of a cluster: what verification compares the other side with. */
import { stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { basename, join } from 'node:path';
import { MigrationError } from '../../core/model/error.js';
import type { ClusterFacts, ClusterInventory, CollectionFacts } from '../../core/model/facts.js';
import { formatNamespace, isSelected, type Namespace, type NamespaceSelection } from '../../core/model/namespace.js';
import { travelOf, type ClusterReference, type Plan, type TextFormat } from '../../core/model/plan.js';
import { bytes, milliseconds } from '../../core/model/units.js';
import type { ClusterSession, RawBatch } from '../../engine/ports.js';
import {
  checkTextFile,
  countTextFile,
  findTextFile,
  listTextFiles,
  readJsonFile,
  textFileFailed,
} from './text-files.js';

/** What a run has of a side that is a folder: as much of a connected cluster as it needs. */
export interface TextFilesSide {
  readonly folder: string;
  readonly facts: ClusterFacts;
  readonly session: ClusterSession;
  readonly ru?: undefined;
  readonly secrets: readonly string[];
  close(): Promise<void>;
}

/** Where a plan's files lie; `runPath` is the run's own folder. */
export function textFolderOf(plan: Pick<Plan, 'text'>, runPath: string): string {
  return travelOf(plan).files?.folder ?? join(runPath, 'files');
}

/** A plan's word for a side that is a folder. */
export function filesReference(folder: string): ClusterReference {
  return { name: `files in ${basename(folder)}`, uri: pathToFileURL(folder).href };
}

/** Documents of 16 MB in messages of 48 MB, as every server has it: files refuse nothing. */
const MOST_BYTES = 16 * 1024 * 1024;

/** A folder takes everything: the rules of MongoDB drop nothing. */
export const FILES_FACTS: ClusterFacts = {
  kind: 'mongodb',
  kindEvidence: 'none',
  topology: 'standalone',
  version: '8.0.0',
  versionArray: [8, 0, 0],
  maxWireVersion: 25,
  hosts: [],
  tls: false,
  driver: 'current',
  maxBsonObjectSize: bytes(MOST_BYTES),
  maxMessageSizeBytes: bytes(3 * MOST_BYTES),
  maxWriteBatchSize: 100_000,
  latencyMs: milliseconds(0),
  enterprise: false,
};

export function openTextFiles(folder: string, format: TextFormat): TextFilesSide {
  return {
    folder,
    facts: FILES_FACTS,
    session: new TextFilesSession(folder, format),
    secrets: [],
    close: () => Promise.resolve(),
  };
}

/** Bytes of BSON in one reply to whoever reads. */
const REPLY_BYTES = 1024 * 1024;
/** Server codes: the command is not known; the namespace is not there. */
const COMMAND_NOT_FOUND = 59;

class TextFilesSession implements ClusterSession {
  readonly facts = FILES_FACTS;
  /** Counting reads the whole file: once for each state of it. */
  readonly #counts = new Map<string, number>();

  constructor(
    private readonly folder: string,
    private readonly format: TextFormat,
  ) {}

  async command(db: string, command: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
    if (command['ping'] !== undefined) return { ok: 1 };
    if (typeof command['count'] === 'string') return { ok: 1, n: await this.#count({ db, coll: command['count'] }) };
    if (command['listCollections'] !== undefined) return cursorOf(await this.#collections(db, command['filter']));
    if (typeof command['listIndexes'] === 'string') return cursorOf([{ v: 2, key: { _id: 1 }, name: '_id_' }]);
    throw refused(Object.keys(command)[0] ?? 'command');
  }

  async *findRaw(
    ns: Namespace,
    find: Parameters<ClusterSession['findRaw']>[1],
    signal?: AbortSignal,
  ): AsyncIterable<RawBatch> {
    const { filter, sort, projection, min, max, hint } = find;
    // A file has no order but its own: whoever asks for a part of it has to read it whole.
    const asked = filter ?? sort ?? projection ?? min ?? max ?? hint;
    if (this.format !== 'json' || asked !== undefined) throw refused('find');
    let batch: Buffer[] = [];
    let size = 0;
    let left = find.limit ?? Number.POSITIVE_INFINITY;
    for await (const document of readJsonFile(await findTextFile(this.folder, ns, this.format), signal)) {
      batch.push(document);
      size += document.length;
      left -= 1;
      if (left <= 0) break;
      if (size < REPLY_BYTES) continue;
      yield { documents: batch };
      batch = [];
      size = 0;
    }
    if (batch.length > 0) yield { documents: batch };
  }

  replaceRaw(): Promise<void> {
    return Promise.reject(refused('update'));
  }

  insertRaw(): Promise<never> {
    return Promise.reject(refused('insert'));
  }

  async #count(ns: Namespace): Promise<number> {
    const path = await findTextFile(this.folder, ns, this.format);
    const { size, mtimeMs } = await stat(path).catch((error: unknown) => {
      throw textFileFailed(error, path, 'unreadable');
    });
    const key = JSON.stringify([path, size, mtimeMs]);
    const known = this.#counts.get(key);
    if (known !== undefined) return known;
    const count = await countTextFile(path, this.format);
    this.#counts.set(key, count);
    return count;
  }

  async #collections(db: string, filter: unknown): Promise<Record<string, unknown>[]> {
    const wanted = (filter as { name?: unknown } | undefined)?.name;
    const files = await listTextFiles(this.folder, this.format);
    return files
      .filter(({ ns }) => ns.db === db && (wanted === undefined || ns.coll === wanted))
      .map(({ ns }) => ({ name: ns.coll, type: 'collection', options: {}, info: { readOnly: false } }));
  }
}

function cursorOf(firstBatch: readonly Record<string, unknown>[]): Record<string, unknown> {
  return { ok: 1, cursor: { id: 0, firstBatch } };
}

function refused(command: string): MigrationError {
  return new MigrationError('command-failed', {
    command,
    serverCode: COMMAND_NOT_FOUND,
    message: 'files cannot do that',
  });
}

/**
 * What the files of a folder hold, as an analysis of a cluster says it: reads every file to its end.
 * @throws MigrationError `bad-file` with path and line.
 */
export async function readTextInventory(
  folder: string,
  format: TextFormat,
  options: { readonly selection: NamespaceSelection; readonly readAt: string; readonly signal?: AbortSignal },
): Promise<ClusterInventory> {
  const files = (await listTextFiles(folder, format)).filter(({ ns }) => isSelected(options.selection, ns));
  if (files.length === 0) throw new MigrationError('bad-file', { path: folder, reason: 'no-files' });
  const collections: CollectionFacts[] = [];
  for (const { ns, path } of files) {
    const { documents, bsonBytes } = await checkTextFile(path, format, options.signal);
    collections.push({
      ns,
      type: 'collection',
      documents,
      logicalBytes: bytes(bsonBytes),
      storageBytes: bytes(bsonBytes),
      indexBytes: bytes(0),
      averageBytes: bytes(documents === 0 ? 0 : Math.round(bsonBytes / documents)),
      indexes: [],
      options: {},
    });
  }
  return { cluster: FILES_FACTS, collections, failed: [], skipped: [], readAt: options.readAt };
}

/** Only the namespaces that have a file. */
export async function withFiles(
  inventory: ClusterInventory,
  folder: string,
  format: TextFormat,
): Promise<ClusterInventory> {
  const there = new Set((await listTextFiles(folder, format)).map(({ ns }) => formatNamespace(ns)));
  const collections = inventory.collections.filter((c) => c.type === 'collection' && there.has(formatNamespace(c.ns)));
  if (collections.length === 0) throw new MigrationError('bad-file', { path: folder, reason: 'no-files' });
  return { ...inventory, collections };
}
