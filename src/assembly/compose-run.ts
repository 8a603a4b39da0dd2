/** Puts a run together from the real parts. Shared by every process that carries out runs. */
import { join } from 'node:path';
import { deadLetterIds } from '../adapters/files/dead-letter-reader.js';
import type { OpenRun } from '../adapters/files/open-run.js';
import type { ConnectedCluster } from '../adapters/mongo/connect.js';
import { RawCopySource } from '../adapters/mongo/raw-copy-source.js';
import { RawCopyTarget } from '../adapters/mongo/raw-copy-target.js';
import { relayTarget, throughRelay } from '../adapters/mongo/relay-target.js';
import { createNativeTools } from '../adapters/tools/native-tools.js';
import { MigrationError } from '../core/model/error.js';
import type { ConflictPolicy, CopyCeilings } from '../core/model/plan.js';
import type { Namespace } from '../core/model/namespace.js';
import { directRun } from '../engine/direct-run.js';
import type { Verdict } from '../engine/journal/record.js';
import { nativeRun } from '../engine/native-run.js';
import { copyPacers } from '../engine/pace/pacers.js';
import { copySourceOnSide, copyTargetOnSide, onSide, ruOnSide } from '../engine/sided-session.js';
import type { DirectRunContext, NativeRunContext, RunContext, RunEvent } from '../engine/run-context.js';
import type { Clock } from '../engine/ports.js';
import type { DuplicatePolicy } from '../relay/policy.js';
import { startRelay, type Relay } from '../relay/relay.js';
import { tlsOf, withTls, type TlsFiles } from './relay-connection.js';
import { ruReadPacer } from './ru-read-pacer.js';

export interface RunParts {
  readonly run: OpenRun;
  readonly source: ConnectedCluster;
  readonly target: ConnectedCluster;
  /** The certificates that the two were connected to with: the tools and the relay use the same. */
  readonly files: { readonly source: TlsFiles; readonly target: TlsFiles };
  /** Paths of proven binaries; absent where no tool takes part. */
  readonly tools?: { readonly mongodump: string; readonly mongorestore: string };
  /** Documents of a collection that the target may refuse in a row before the run is stopped; 0 for any number. */
  readonly mostRefused?: number;
  /** Limits of a direct copy; see {@link ComposedRun.limit}. */
  readonly ceilings?: CopyCeilings;
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
    ...(target.ru ? { targetPacer: ruReadPacer(plan, target.ru, { clock, signal }) } : {}),
    signal,
    onEvent,
  };
  return plan.method === 'direct-copy' ? composeDirectRun(parts, context) : composeNativeRun(parts, context);
}

function composeDirectRun(
  { source, target, mostRefused, ceilings = {}, clock, signal }: RunParts,
  context: RunContext,
): ComposedRun {
  const pacers = copyPacers({ clock, ru: target.ru, roundTripMs: target.facts.latencyMs, signal, ceilings });
  const direct: DirectRunContext = {
    ...context,
    copySource: copySourceOnSide(new RawCopySource(source.session)),
    copyTarget: copyTargetOnSide(new RawCopyTarget(target)),
    pacers,
    throughput: target.ru,
    random: Math.random,
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
  const { run, source, target, files, clock } = parts;
  const { plan, journal, deadLetters, folder } = run;
  const where = await relayTarget(target.session, withTls(target), tlsOf(files.target));
  let relay: Relay | undefined;
  const native: NativeRunContext = {
    ...context,
    relay: {
      start: async ({ onConflict, onHopeless }) => {
        relay = await startRelay({
          target: where,
          clock,
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
    tools: parts.tools
      ? createNativeTools({
          tools: parts.tools,
          sourceUri: source.connectionString.reveal(),
          sourceTls: tlsOf(files.source),
          restoreUri: (port) => throughRelay(withTls(target), port).reveal(),
          secretsFolder: join(folder.path, 'secrets'),
          onSecretFile: (path, present) => journal.append({ type: 'secret-file', path, present }),
          clock,
        })
      : { dumpAndRestore: () => Promise.reject(new MigrationError('tool-missing', { tool: 'mongodump' })) },
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
