/** A run that another system carries out, put together from the real parts. */
import { createDmsCopy } from '../adapters/azure/dms-copy.js';
import type { ArmClient } from '../adapters/azure/ports.js';
import type { ProviderConsent } from '../adapters/azure/providers.js';
import { DatabricksClient } from '../adapters/databricks/databricks-client.js';
import { databricksCopy } from '../adapters/databricks/databricks-copy.js';
import type { OpenRun } from '../adapters/files/open-run.js';
import type { ConnectedCluster } from '../adapters/mongo/connect.js';
import { MigrationError } from '../core/model/error.js';
import type { Awaited, Handoff } from '../core/model/handoff.js';
import { PersonsWord } from '../engine/persons-word.js';
import type { Clock } from '../engine/ports.js';
import type { RemoteCopy } from '../engine/remote-ports.js';
import { remoteRun } from '../engine/remote-run.js';
import type { RunContext } from '../engine/run-context.js';
import { onSide } from '../engine/sided-session.js';
import type { Verdict } from '../engine/journal/record.js';
import { dataFactoryCopy } from './data-factory-run.js';
import { armClientOf, type RemoteAccess } from './remote-access.js';

export interface RemoteRunParts {
  readonly run: OpenRun;
  readonly source: ConnectedCluster;
  readonly target: ConnectedCluster;
  readonly access: RemoteAccess;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface RemoteRun {
  run(): Promise<Verdict>;
  proceed(what: Awaited): void;
  cancel(): Promise<Verdict>;
}

/** @throws MigrationError `bad-plan` where the plan does not say where, `bad-option` for an endpoint that tokens are not sent to. */
export function composeRemoteRun(parts: RemoteRunParts, context: RunContext): RemoteRun {
  const { handoff } = parts.run.plan;
  if (!handoff) throw new MigrationError('bad-plan', { reason: 'handoff-missing', method: parts.run.plan.method });
  const word = new PersonsWord(parts.signal);
  const remote = remoteCopy(handoff, parts);
  const run = (signal: AbortSignal): Promise<Verdict> =>
    remoteRun({ ...context, signal, remote, proceed: (what) => word.until(what) });
  return {
    run: () => run(context.signal),
    proceed: (what) => word.proceed(what),
    cancel: () => run(AbortSignal.abort('cancelled')),
  };
}

function remoteCopy(handoff: Handoff, parts: RemoteRunParts): RemoteCopy {
  const { run, source, target, access, clock } = parts;
  const consent = consentOf(access);
  switch (handoff.kind) {
    case 'spark-databricks':
      return sparkCopy(handoff.workspaceUrl, parts);
    case 'data-factory':
      return dataFactoryCopy({
        ...{ run, source, target, clock, arm: armClient(parts) },
        ...consent,
      });
    case 'dms': {
      const dump = handoff.fromDump === true ? dumpOf(access) : undefined;
      const ends = { source: dump ?? source.connectionString.reveal(), target: target.connectionString.reveal() };
      return createDmsCopy({ arm: armClient(parts), clock, ends, target: target.session, ...consent });
    }
    case 'studio-3t':
      throw new MigrationError('bad-plan', { reason: 'no-handoff', method: handoff.kind });
  }
}

function consentOf({ askFirst, registerProviders }: RemoteAccess): ProviderConsent {
  return { ...(askFirst ? { askFirst } : {}), ...(registerProviders ? { registerProviders } : {}) };
}

/**
 * Checked here, since the service would only say that it cannot connect. A loopback address may be http: a test's. Its form: learn.microsoft.com/azure/dms/tutorial-mongodb-cosmos-db, "Specify source details".
 * @throws MigrationError `secret-unavailable` (`dump-url`, `dump-url-malformed`).
 */
export function dumpOf({ dumpUrl }: Pick<RemoteAccess, 'dumpUrl'>): string {
  if (dumpUrl === undefined) throw new MigrationError('secret-unavailable', { reason: 'dump-url' });
  const url = URL.canParse(dumpUrl) ? new URL(dumpUrl) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && url.hostname === '127.0.0.1');
  const isContainer = isSafe && /^\/[^/]+\/?$/.test(url.pathname) && url.searchParams.has('sig');
  if (!isContainer) throw new MigrationError('secret-unavailable', { reason: 'dump-url-malformed' });
  return dumpUrl;
}

/** @throws MigrationError `bad-plan` (`workspace-missing`): then there are only files to deploy by hand. */
function sparkCopy(workspaceUrl: string | undefined, parts: RemoteRunParts): RemoteCopy {
  const { source, target, access, clock } = parts;
  if (workspaceUrl === undefined) throw new MigrationError('bad-plan', { reason: 'workspace-missing' });
  const ends = { sourceUri: source.connectionString.reveal(), targetUri: target.connectionString.reveal() };
  const secrets = secretsOf(parts);
  return databricksCopy({
    client: new DatabricksClient({ workspaceUrl, tokens: access.databricksTokens, clock, secrets }),
    target: onSide(target.session, 'target'),
    clock,
    secrets,
    ...(access.putSecrets ? { putSecrets: ends } : {}),
  });
}

function armClient(parts: RemoteRunParts): ArmClient {
  return armClientOf(parts.access, { clock: parts.clock, secrets: secretsOf(parts) });
}

function secretsOf({ source, target, access }: RemoteRunParts): readonly string[] {
  const strings = [source, target].map(({ connectionString }) => connectionString.reveal());
  return [...strings, ...source.secrets, ...target.secrets, ...access.secrets];
}
