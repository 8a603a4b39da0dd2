import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MigrationError } from '../../core/model/error.js';
import { formatNamespace } from '../../core/model/namespace.js';
import type { PlannedCollection } from '../../core/model/plan.js';
import type { NativeCopyJob, NativeTools, ToolExit } from '../../engine/native-ports.js';
import type { Clock } from '../../engine/ports.js';
import { displayCommand, dumpArguments, restoreArguments, type ToolConnection } from './command-lines.js';
import type { ToolName } from './location.js';
import type { ToolEvent } from './output-parser.js';
import { planPasses, type Pass } from './passes.js';
import { sweepStaleConfigs, writePrivateConfig } from './private-config.js';
import { runPiped, type ToolOutcome } from './run-tool.js';
import { toolUri } from './tool-uri.js';

export interface NativeToolsOptions {
  /** Paths of proven binaries. */
  readonly tools: { readonly mongodump: string; readonly mongorestore: string };
  /** The source's connection string with its password; goes to the private file and nowhere else. */
  readonly sourceUri: string;
  /** The target's connection string for a relay port, with its password. */
  readonly restoreUri: (relayPort: number) => string;
  readonly sourceTls?: Pick<ToolConnection, 'tlsCAFile' | 'tlsCertificateKeyFile'>;
  /** Private folder for the short-lived password files: `<root>/<run>/<name>`, so that those of the other runs are known. */
  readonly secretsFolder: string;
  /** Told when a secret file is there and after it is gone. What a crash leaves before it was told of is swept by its name at the next start. */
  readonly onSecretFile: (path: string, present: boolean) => Promise<void>;
  readonly clock: Clock;
}

interface Secret {
  readonly configFile?: string;
  readonly literals: readonly string[];
  remove(): Promise<void>;
}

/** The real `mongodump | mongorestore`, one pair after another: each pair works on several collections at a time by itself. */
export function createNativeTools(options: NativeToolsOptions): NativeTools {
  return { dumpAndRestore: (job) => dumpAndRestore(options, job) };
}

async function dumpAndRestore(options: NativeToolsOptions, job: NativeCopyJob): Promise<readonly ToolExit[]> {
  const { passes, refused } = planPasses(job.collections.map(selected), job.present);
  const impossible = refused.find((r) => r.why !== 'view');
  if (impossible) {
    throw new MigrationError('bad-plan', { reason: impossible.why, ns: formatNamespace(impossible.collection.target) });
  }
  const source = toolUri(options.sourceUri);
  const target = toolUri(options.restoreUri(job.relayPort));
  await sweepLeftSecrets(options.secretsFolder);
  const kept: Secret[] = [];
  const exits: ToolExit[] = [];
  try {
    const dumpSecret = await keepSecret(options, source.password);
    kept.push(dumpSecret);
    const restoreSecret = await keepSecret(options, target.password);
    kept.push(restoreSecret);
    for (const pass of passes) {
      job.signal.throwIfAborted();
      const pair = await runPass(options, job, pass, {
        source: connection(source.uri, dumpSecret, options.sourceTls),
        target: connection(target.uri, restoreSecret),
        secrets: [...dumpSecret.literals, ...restoreSecret.literals],
      });
      for (const exit of pair) await job.onExit(exit);
      exits.push(...pair);
      // A pair that failed leaves the run to be gone on with later; more of the same would only hide where it broke.
      if (pair.some((e) => e.exitCode !== 0)) break;
    }
  } finally {
    await removeAll(kept);
  }
  return exits;
}

async function runPass(
  options: NativeToolsOptions,
  job: NativeCopyJob,
  pass: Pass,
  sides: { source: ToolConnection; target: ToolConnection; secrets: readonly string[] },
): Promise<readonly ToolExit[]> {
  const { plan } = job;
  const { tuning } = plan;
  const dump = {
    tool: 'mongodump' as const,
    path: options.tools.mongodump,
    argv: dumpArguments({
      connection: sides.source,
      pass,
      readPreference: plan.readPreference,
      parallelCollections: tuning.parallelCollections,
    }),
  };
  const restore = {
    tool: 'mongorestore' as const,
    path: options.tools.mongorestore,
    argv: restoreArguments({
      connection: sides.target,
      pass,
      tuning: tuningFor(job, pass),
      bypassDocumentValidation: plan.targetKind === 'mongodb',
    }),
  };
  job.onCommand(`${displayCommand('mongodump', dump.argv)} | ${displayCommand('mongorestore', restore.argv)}`);
  const { from, to } = await runPiped(dump, restore, {
    clock: options.clock,
    secrets: sides.secrets,
    signal: job.signal,
    onEvent: (event, tool) => job.onLine({ tool, kind: event.kind, text: textOf(event) }),
  });
  return [exitOf('mongodump', from), exitOf('mongorestore', to)];
}

/** A capped collection keeps documents in the order of their insertion, so they must come one batch after another. */
function tuningFor(
  job: NativeCopyJob,
  pass: Pass,
): { batchSize: number; insertionWorkers: number; parallelCollections: number } {
  const names = new Set(
    (pass.kind === 'database' ? pass.collections : [pass.collection]).map((c) => formatNamespace(c.target)),
  );
  const capped = job.collections.some((c) => c.options.capped !== undefined && names.has(formatNamespace(c.target)));
  const { batchSize, insertionWorkers, parallelCollections } = job.plan.tuning;
  return { batchSize, parallelCollections, insertionWorkers: capped ? 1 : insertionWorkers };
}

function selected(planned: PlannedCollection) {
  const type = planned.options.timeseries ? ('timeseries' as const) : ('collection' as const);
  return { source: planned.source, target: planned.target, type };
}

function connection(uri: string, secret: Secret, tls: NativeToolsOptions['sourceTls'] = {}): ToolConnection {
  return { uri, ...(secret.configFile === undefined ? {} : { configFile: secret.configFile }), ...tls };
}

async function keepSecret(options: NativeToolsOptions, password: string | undefined): Promise<Secret> {
  if (password === undefined) return { literals: [], remove: () => Promise.resolve() };
  const file = await writePrivateConfig(options.secretsFolder, password);
  try {
    await options.onSecretFile(file.path, true);
  } catch (error) {
    await file.remove();
    throw error;
  }
  return {
    configFile: file.path,
    literals: [password],
    async remove() {
      await file.remove();
      await options.onSecretFile(file.path, false);
    },
  };
}

/** Removes every one, then fails with the first failure. */
async function removeAll(secrets: readonly Secret[]): Promise<void> {
  const ended = await Promise.allSettled(secrets.map((secret) => secret.remove()));
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
}

/** Password files of processes that died, of this run and of the others beside it. What cannot be read there is another user's, or no run. */
async function sweepLeftSecrets(folder: string): Promise<void> {
  const root = dirname(dirname(folder));
  const runs = await readdir(root).catch(() => []);
  for (const run of runs) await sweepStaleConfigs(join(root, run, basename(folder))).catch(() => 0);
}

function exitOf(tool: ToolName, outcome: ToolOutcome): ToolExit {
  if (outcome.kind === 'not-started') return { tool, exitCode: null, signal: null, failed: outcome.code };
  const failed = outcome.summary.failed;
  return { tool, exitCode: outcome.exitCode, signal: outcome.signal, ...(failed === undefined ? {} : { failed }) };
}

function textOf(event: ToolEvent): string {
  const { kind, at, ...rest } = event;
  void kind;
  void at;
  if ('text' in rest) return rest.text;
  return Object.entries(rest)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ');
}
