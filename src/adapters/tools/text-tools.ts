/** The real `mongoexport` and `mongoimport`: one pair, or one tool after the other with a file between them, for each collection, several collections at a time. */
import { chmod, open, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MigrationError } from '../../core/model/error.js';
import { formatNamespace } from '../../core/model/namespace.js';
import { travelOf, type PlannedCollection, type TextFormat } from '../../core/model/plan.js';
import { mapBounded } from '../../engine/bounded.js';
import type { NativeCopyJob, NativeTools, ToolExit } from '../../engine/native-ports.js';
import { syncFolder, systemCode } from '../files/durable.js';
import {
  checkTextFile,
  countTextFile,
  findTextFile,
  textFileFailed,
  textFileName,
  type TextContent,
} from '../files/text-files.js';
import { displayCommand, exportArguments, importArguments, type ToolConnection } from './command-lines.js';
import type { ToolEvent } from './output-parser.js';
import { runPiped, runTool, type ToolCommand } from './run-tool.js';
import { exportRequest, importRequest } from './text-requests.js';
import { exitOf, textOf } from './tool-exits.js';
import { withToolSides, type ToolSides, type ToolSidesOptions } from './tool-sides.js';
import { makeFolders } from '../files/make-folders.js';

export interface TextToolsOptions extends ToolSidesOptions {
  /** Paths of proven binaries, of those that take part. */
  readonly tools: { readonly mongoexport?: string; readonly mongoimport?: string };
  /** Where files are written to or read from; the plan says whether there are any. */
  readonly folder: string;
}

/** Data of the user's: for nobody else. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

export function createTextTools(options: TextToolsOptions): NativeTools {
  return {
    check: (job) => check(options, job),
    copy: (job) => new TextCopy(options, job).run(),
  };
}

/** Files that are to be imported are read to their end; for files that are to be written there must be room. */
async function check(
  { folder }: TextToolsOptions,
  { plan, collections, textFiles = {}, signal }: Parameters<NonNullable<NativeTools['check']>>[0],
): Promise<void> {
  const { format, files } = travelOf(plan);
  if (files === undefined) return;
  if (files.use === 'import') {
    for (const { source } of collections)
      await checkTextFile(await findTextFile(folder, source, format), format, signal);
    return;
  }
  await makeFolder(folder);
  const open: PlannedCollection[] = [];
  for (const planned of collections) {
    const path = join(folder, textFileName(planned.source, format));
    const known = textFiles[formatNamespace(planned.source)];
    if (await standsWhole(path, known)) continue;
    await checkPart(path, known);
    open.push(planned);
  }
  if (format === 'json') await checkRoom(folder, open);
}

type KnownFile = NonNullable<NativeCopyJob['textFiles']>[string];

/** Whether this run has written the file to its end. @throws MigrationError `bad-file` (`exists`) for one that is not this run's. */
async function standsWhole(path: string, known: KnownFile | undefined): Promise<boolean> {
  const size = await sizeOf(path);
  if (size === undefined) return false;
  if (known?.path !== path) throw new MigrationError('bad-file', { path, reason: 'exists' });
  return known.phase === 'done' && known.bytes === size;
}

/** What is written until it is whole. */
const partOf = (path: string): string => `${path}.part`;

/** An earlier attempt of this run may have left a part behind. @throws MigrationError `bad-file` (`exists`) for one that is not this run's. */
async function checkPart(path: string, known: KnownFile | undefined): Promise<void> {
  const part = partOf(path);
  if (known?.path !== path && (await sizeOf(part)) !== undefined)
    throw new MigrationError('bad-file', { path: part, reason: 'exists' });
}

async function makeFolder(folder: string): Promise<void> {
  try {
    if (makeFolders(folder)) await chmod(folder, FOLDER_MODE);
  } catch (error) {
    throw textFileFailed(error, folder, 'unwritable');
  }
}

/** Canonical JSON names the type of every number and date: it is never shorter than BSON to speak of, and up to three times as long. @throws MigrationError `bad-file` (`no-room`). */
async function checkRoom(folder: string, collections: readonly PlannedCollection[]): Promise<void> {
  const needed = collections.reduce((sum, { logicalBytes }) => sum + logicalBytes, 0);
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= needed) return;
  const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MiB`;
  throw new MigrationError('bad-file', {
    path: folder,
    reason: 'no-room',
    freeText: mebibytes(free),
    neededText: mebibytes(needed),
  });
}

class TextCopy {
  readonly #exits: ToolExit[] = [];
  #broken = false;

  constructor(
    private readonly options: TextToolsOptions,
    private readonly job: NativeCopyJob,
  ) {}

  async run(): Promise<readonly ToolExit[]> {
    const { job, options } = this;
    const { parallelCollections } = job.plan.tuning;
    await withToolSides(options, job.relayPort, async (sides) => {
      await mapBounded(job.collections, parallelCollections, (planned) => this.#collection(planned, sides), job.signal);
    });
    return this.#exits;
  }

  async #collection(planned: PlannedCollection, sides: ToolSides): Promise<void> {
    // A tool that failed leaves the run to be gone on with later; more of the same would only hide where it broke.
    if (this.#broken) return;
    this.job.signal.throwIfAborted();
    const { format, files } = travelOf(this.job.plan);
    if (files === undefined) await this.#piped(planned, sides);
    else if (files.use === 'import') await this.#import(planned, sides, await this.#fileOf(planned, format));
    else {
      const file = await this.#export(planned, sides, format);
      if (file !== undefined && files.use === 'both') await this.#import(planned, sides, file);
    }
  }

  async #fileOf(planned: PlannedCollection, format: TextFormat): Promise<string> {
    return findTextFile(this.options.folder, planned.source, format);
  }

  async #piped(planned: PlannedCollection, sides: ToolSides): Promise<void> {
    const from = this.#exportCommand(planned, sides.source);
    const to = this.#importCommand(planned, sides.target);
    this.job.onCommand(`${displayCommand(from.tool, from.argv)} | ${displayCommand(to.tool, to.argv)}`);
    const ended = await runPiped(from, to, this.#runOptions(sides));
    await this.#ended(exitOf(from.tool, ended.from), exitOf(to.tool, ended.to));
  }

  async #import(planned: PlannedCollection, sides: ToolSides, path: string): Promise<void> {
    const { format } = travelOf(this.job.plan);
    const content = await checkTextFile(path, format, this.job.signal);
    const command = this.#importCommand(planned, sides.target, path, content);
    this.job.onCommand(displayCommand(command.tool, command.argv));
    await this.#ended(exitOf(command.tool, await runTool(command, this.#runOptions(sides))));
  }

  /** Returns the file, written now or by an earlier attempt; undefined where the tool failed. Under its name it is whole. */
  async #export(planned: PlannedCollection, sides: ToolSides, format: TextFormat): Promise<string | undefined> {
    const { job } = this;
    const ns = formatNamespace(planned.source);
    const path = join(this.options.folder, textFileName(planned.source, format));
    const known = job.textFiles?.[ns];
    if (await standsWhole(path, known)) return path;
    await checkPart(path, known);
    await job.onTextFile?.({ ns, phase: 'intent', path });
    const part = partOf(path);
    await makeEmpty(part);
    try {
      const command = this.#exportCommand(planned, sides.source, part);
      job.onCommand(displayCommand(command.tool, command.argv));
      const outcome = await runTool(command, {
        ...this.#runOptions(sides, (event) => {
          if (event.kind === 'document-progress') job.onFileProgress?.(planned.target, event.documents, 0);
        }),
      });
      await this.#ended(exitOf(command.tool, outcome));
      if (outcome.kind !== 'ended' || outcome.exitCode !== 0) return undefined;
      const documents = await countedAsSaid(part, format, outcome.summary.total?.documents, job.signal);
      // It took a while: somebody else may have written a file of that name.
      await standsWhole(path, known);
      const bytes = await putInPlace(part, path);
      await job.onTextFile?.({ ns, phase: 'done', path, documents, bytes });
      job.onFileProgress?.(planned.target, documents, bytes);
      return path;
    } finally {
      await rm(part, { force: true });
    }
  }

  async #ended(...exits: readonly ToolExit[]): Promise<void> {
    if (exits.some(({ exitCode }) => exitCode !== 0)) this.#broken = true;
    this.#exits.push(...exits);
    for (const exit of exits) await this.job.onExit(exit);
  }

  #exportCommand(planned: PlannedCollection, connection: ToolConnection, file?: string): ToolCommand {
    const argv = exportArguments(exportRequest(this.job.plan, planned, connection, file));
    return { tool: 'mongoexport', path: demanded(this.options.tools, 'mongoexport'), argv };
  }

  #importCommand(
    planned: PlannedCollection,
    connection: ToolConnection,
    file?: string,
    content?: TextContent,
  ): ToolCommand {
    const argv = importArguments(importRequest(this.job.plan, planned, connection, file, content));
    return { tool: 'mongoimport', path: demanded(this.options.tools, 'mongoimport'), argv };
  }

  #runOptions(sides: ToolSides, onEvent?: (event: ToolEvent) => void): Parameters<typeof runTool>[1] {
    const { job } = this;
    return {
      clock: this.options.clock,
      secrets: sides.secrets,
      signal: job.signal,
      onEvent: (event, tool) => {
        job.onLine({ tool, kind: event.kind, text: textOf(event) });
        onEvent?.(event);
      },
    };
  }
}

function demanded(tools: TextToolsOptions['tools'], name: 'mongoexport' | 'mongoimport'): string {
  const path = tools[name];
  if (path === undefined) throw new MigrationError('tool-missing', { tool: name });
  return path;
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw textFileFailed(error, path, 'unreadable');
  }
}

/** The tool keeps the mode of a file that is there. */
async function makeEmpty(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
    await (await open(path, 'wx', FILE_MODE)).close();
  } catch (error) {
    throw textFileFailed(error, path, 'unwritable');
  }
}

/** The file holds as many documents as the tool says that it has written, and the last one ends. @throws MigrationError `bad-file`. */
async function countedAsSaid(
  path: string,
  format: TextFormat,
  said: number | undefined,
  signal: AbortSignal,
): Promise<number> {
  const found = await countTextFile(path, format, signal);
  if (said === found) return found;
  throw new MigrationError('bad-file', { path, reason: 'count-differs', said: said ?? 'no number of', found });
}

/** On disk, then under its name. Returns its size. @throws MigrationError `bad-file`. */
async function putInPlace(part: string, path: string): Promise<number> {
  try {
    const handle = await open(part, 'r+');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    const { size } = await stat(part);
    await rename(part, path);
    await syncFolder(dirname(path));
    return size;
  } catch (error) {
    throw textFileFailed(error, path, 'unwritable');
  }
}
