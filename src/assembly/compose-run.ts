/** Puts a run together from the real parts. Shared by every process that carries out runs. */
import { join } from 'node:path';
import { writeArtefacts } from '../adapters/files/artefact-folder.js';
import { deadLetterIds } from '../adapters/files/dead-letter-reader.js';
import type { OpenRun } from '../adapters/files/open-run.js';
import type { ConnectedCluster } from '../adapters/mongo/connect.js';
import { RawCopySource } from '../adapters/mongo/raw-copy-source.js';
import { RawCopyTarget } from '../adapters/mongo/raw-copy-target.js';
import { relayTarget, throughRelay } from '../adapters/mongo/relay-target.js';
import { textFolderOf, type TextFilesSide } from '../adapters/files/text-side.js';
import type { ToolName } from '../adapters/tools/location.js';
import { createNativeTools } from '../adapters/tools/native-tools.js';
import { createPersonTools } from '../adapters/tools/person-tools.js';
import { createTextTools } from '../adapters/tools/text-tools.js';
import type { ToolSidesOptions } from '../adapters/tools/tool-sides.js';
import { MigrationError } from '../core/model/error.js';
import type { Awaited } from '../core/model/handoff.js';
import type { ConflictPolicy, CopyCeilings } from '../core/model/plan.js';
import type { Namespace } from '../core/model/namespace.js';
import { directRun } from '../engine/direct-run.js';
import type { Verdict } from '../engine/journal/record.js';
import { exportRun } from '../engine/export-run.js';
import type { NativeTools } from '../engine/native-ports.js';
import { nativeRun } from '../engine/native-run.js';
import type { Surveys } from '../engine/copy/survey.js';
import { copyPacers } from '../engine/pace/pacers.js';
import { PersonsWord } from '../engine/persons-word.js';
import { copySourceOnSide, copyTargetOnSide, onSide, ruOnSide } from '../engine/sided-session.js';
import type { DirectRunContext, NativeRunContext, RunContext, RunEvent } from '../engine/run-context.js';
import type { Clock } from '../engine/ports.js';
import type { DuplicatePolicy } from '../relay/policy.js';
import { startRelay, type Relay } from '../relay/relay.js';
import { STUDIO_3T_FOLDER } from '../handoff/studio-3t/folder.js';
import { composeRemoteRun } from './compose-remote-run.js';
import { handoffArtefacts } from './handoff-artefacts.js';
import { tlsOf, withTls, type TlsFiles } from './relay-connection.js';
import type { RemoteAccess } from './remote-access.js';
import { ruReadPacer } from './ru-read-pacer.js';

/** A cluster, or the folder of text files that stands in for one. */
export type RunSide = ConnectedCluster | TextFilesSide;

/** Paths of proven binaries. */
export type ToolPaths = Readonly<Partial<Record<ToolName, string>>>;

export interface RunParts {
  readonly run: OpenRun;
  readonly source: RunSide;
  readonly target: RunSide;
  /** The certificates that the two were connected to with: the tools and the relay use the same. */
  readonly files: { readonly source: TlsFiles; readonly target: TlsFiles };
  /** Paths of proven binaries; absent where no tool takes part. */
  readonly tools?: ToolPaths;
  /** Compare everything, also what earlier attempts have proven. */
  readonly verifyAll?: boolean;
  /** Documents of a collection that the target may refuse in a row before the run is stopped; 0 for any number. */
  readonly mostRefused?: number;
  /** Limits of a direct copy; see {@link ComposedRun.limit}. */
  readonly ceilings?: CopyCeilings;
  /** Of a direct copy, begun already. */
  readonly surveys?: Surveys;
  /** Where another system carries the plan out. */
  readonly access?: RemoteAccess;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
}

export interface ComposedRun {
  readonly context: RunContext;
  /** Carries the plan out by its method. @throws MigrationError only where the journal itself cannot be written. */
  run(): Promise<Verdict>;
  /** RU/s by namespace written to so far, or by `db.` where its collections share them, as the target tells. */
  budgets(): ReadonlyMap<string, number>;
  /** Other ceilings from now on, in the place of all that there were. Absent where the method has none. */
  readonly limit?: (ceilings: CopyCeilings) => void;
  /** A person says that what the run waits for is done; nothing happens where it does not wait for that. Absent where it never waits. */
  readonly proceed?: (what: Awaited) => void;
  /** Cancels a run that rests after a pause, where something of it may stand elsewhere. @throws MigrationError only where the journal itself cannot be written. */
  readonly cancel?: () => Promise<Verdict>;
}

/** What a run needs, from connected clusters and an opened run. @throws MigrationError `target-not-ready`, `file-failed`. */
export async function composeRun(parts: RunParts): Promise<ComposedRun> {
  const { run, source, target, clock, signal, onEvent } = parts;
  const { plan, journal, deadLetters, folder } = run;
  const context: RunContext = {
    plan,
    source: onSide(source.session, 'source'),
    target: onSide(target.session, 'target'),
    ru: target.ru && ruOnSide(target.ru, 'target'),
    journal,
    deadLetters,
    deadLetterIds: (ns) => deadLetterIds(folder.deadLettersPath, ns),
    clock,
    ...(parts.verifyAll ? { verifyAll: true } : {}),
    ...(target.ru ? { targetPacer: ruReadPacer(plan, target.ru, { clock, signal }) } : {}),
    signal,
    onEvent,
  };
  if (plan.method === 'direct-copy') return composeDirectRun(parts, context);
  if (plan.handoff?.kind === 'studio-3t') return composeStudio3tRun(parts, context, plan.handoff.port);
  if (plan.handoff) return composeElsewhere(parts, context);
  return plan.method === 'export-import' ? composeTextRun(parts, context) : composeNativeRun(parts, context);
}

/** @throws MigrationError `bad-plan` for files where the method knows none. */
export function asCluster(side: RunSide): ConnectedCluster {
  if ('client' in side) return side;
  throw new MigrationError('bad-plan', { reason: 'files-need-export-import' });
}

function composeDirectRun(parts: RunParts, context: RunContext): ComposedRun {
  const { mostRefused, ceilings = {}, surveys, clock, signal } = parts;
  const [source, target] = [asCluster(parts.source), asCluster(parts.target)];
  const pacers = copyPacers({ clock, ru: target.ru, roundTripMs: target.facts.latencyMs, signal, ceilings });
  const direct: DirectRunContext = {
    ...context,
    copySource: copySourceOnSide(new RawCopySource(source.session)),
    copyTarget: copyTargetOnSide(new RawCopyTarget(target)),
    pacers,
    throughput: target.ru,
    random: Math.random,
    ...(surveys === undefined ? {} : { surveys }),
    ...(mostRefused === undefined ? {} : { mostRefused }),
  };
  return {
    context,
    run: () => directRun(direct),
    budgets: () => pacers.budgets(),
    limit: (next) => pacers.setCeilings(next),
  };
}

async function composeNativeRun(parts: RunParts, context: RunContext): Promise<ComposedRun> {
  const { mongodump, mongorestore } = parts.tools ?? {};
  const target = asCluster(parts.target);
  const tools =
    mongodump === undefined || mongorestore === undefined
      ? missing('mongodump')
      : createNativeTools({ ...toolSides(parts, target), tools: { mongodump, mongorestore } });
  return throughRelayRun(parts, target, { ...context, tools });
}

function composeElsewhere(parts: RunParts, context: RunContext): ComposedRun {
  const { run, access, clock, signal } = parts;
  if (!access) throw new MigrationError('internal', { reason: 'no-remote-access' });
  const [source, target] = [asCluster(parts.source), asCluster(parts.target)];
  const composed = composeRemoteRun({ run, source, target, access, clock, signal }, context);
  return { context, budgets: () => new Map(), ...composed };
}

/** A person copies with Studio 3T through the relay, and says when that is done. */
async function composeStudio3tRun(parts: RunParts, context: RunContext, port: number): Promise<ComposedRun> {
  const { run, source: from, target: to, signal, onEvent } = parts;
  const [source, target] = [asCluster(from), asCluster(to)];
  const word = new PersonsWord(signal);
  const handOver = async (): Promise<void> => {
    const clusters = { source: source.connectionString, target: withTls(target) };
    const artefacts = handoffArtefacts(run.plan, clusters);
    await writeArtefacts(join(run.folder.path, STUDIO_3T_FOLDER), artefacts).catch((error: unknown) => {
      // Notes that the person has made in the files of an earlier attempt are theirs; what was in them holds still.
      if (!MigrationError.is(error, 'bad-option')) throw error;
    });
  };
  const tools = createPersonTools({
    port,
    handOver,
    awaits: 'studio-3t-done',
    until: (what) => word.until(what),
    onAwaits: (what) => onEvent({ kind: 'awaits', what }),
  });
  const composed = await throughRelayRun(parts, target, { ...context, tools }, port);
  return { ...composed, proceed: (what) => word.proceed(what) };
}

async function composeTextRun(parts: RunParts, context: RunContext): Promise<ComposedRun> {
  const { run, source, target, tools: paths } = parts;
  const folder = textFolderOf(run.plan, run.folder.path);
  const tools =
    paths === undefined
      ? missing('mongoexport')
      : createTextTools({ ...toolSides(parts, target), tools: paths, folder });
  if (!('client' in target)) {
    const exporting = { ...context, tools, proves: 'files-written' } as const;
    return { context: exporting, run: () => exportRun(exporting), budgets: () => new Map() };
  }
  const proves = 'client' in source ? {} : { proves: 'files-on-target' as const };
  return throughRelayRun(parts, target, { ...context, ...proves, tools });
}

function missing(tool: ToolName): NativeTools {
  return { copy: () => Promise.reject(new MigrationError('tool-missing', { tool })) };
}

function toolSides({ run, source, files, clock }: RunParts, target: RunSide): ToolSidesOptions {
  const { journal, folder } = run;
  return {
    ...('client' in source ? { sourceUri: source.connectionString.reveal() } : {}),
    sourceTls: tlsOf(files.source),
    restoreUri: (port) => throughRelay(withTls(asCluster(target)), port).reveal(),
    secretsFolder: join(folder.path, 'secrets'),
    onSecretFile: (path, present) => journal.append({ type: 'secret-file', path, present }),
    clock,
  };
}

async function throughRelayRun(
  parts: RunParts,
  target: ConnectedCluster,
  context: RunContext & { readonly tools: NativeTools },
  port = 0,
): Promise<ComposedRun> {
  const { run, files, clock } = parts;
  const { plan, deadLetters } = run;
  const where = await relayTarget(target.session, withTls(target), tlsOf(files.target));
  let relay: Relay | undefined;
  const native: NativeRunContext = {
    ...context,
    relay: {
      start: async ({ onConflict, onHopeless }) => {
        relay = await startRelay({
          target: where,
          clock,
          port,
          budgets: target.ru ? 'discover' : 'unpaced',
          duplicates: duplicatePolicy(plan.conflictPolicy, onConflict),
          deadLetters,
          hopeless: {
            onFound: onHopeless,
            ...(parts.mostRefused === undefined ? {} : { after: parts.mostRefused }),
          },
        });
        return relay;
      },
    },
  };
  return { context, run: () => nativeRun(native), budgets: () => budgetsOf(relay) };
}

function duplicatePolicy(policy: ConflictPolicy, onConflict: (ns: Namespace, id: Uint8Array) => void): DuplicatePolicy {
  return policy === 'fail' ? { kind: 'fail', onConflict } : { kind: policy };
}

export function budgetsOf(relay: Relay | undefined): ReadonlyMap<string, number> {
  return new Map(
    (relay?.budgets() ?? []).flatMap(({ name, pacer }) =>
      pacer.provisioned === undefined ? [] : [[name, pacer.provisioned]],
    ),
  );
}
