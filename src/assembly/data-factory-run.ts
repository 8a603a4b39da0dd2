/** A run that Azure Data Factory carries out, put together from the real parts. */
import { join } from 'node:path';
import { DataFactoryCopy } from '../adapters/azure/data-factory-copy.js';
import { ledgerFile } from '../adapters/azure/ledger-file.js';
import type { ArmClient } from '../adapters/azure/ports.js';
import type { ProviderConsent } from '../adapters/azure/providers.js';
import type { OpenRun } from '../adapters/files/open-run.js';
import type { ConnectedCluster } from '../adapters/mongo/connect.js';
import { RawCopySource } from '../adapters/mongo/raw-copy-source.js';
import { copySourceOnSide, onSide } from '../engine/sided-session.js';
import type { Clock } from '../engine/ports.js';
import type { RemoteCopy } from '../engine/remote-ports.js';

export interface DataFactoryRunParts extends ProviderConsent {
  readonly run: OpenRun;
  readonly source: ConnectedCluster;
  readonly target: ConnectedCluster;
  readonly arm: ArmClient;
  readonly clock: Clock;
  /** For tests: the largest range, in bytes. */
  readonly rangeBytes?: number;
}

/** What has Data Factory copy, for the `remote` of a `RemoteRunContext`. */
export function dataFactoryCopy(parts: DataFactoryRunParts): RemoteCopy {
  const { run, source, target, arm, clock, askFirst, registerProviders, rangeBytes } = parts;
  const connectionStrings = { source: source.connectionString.reveal(), target: target.connectionString.reveal() };
  return new DataFactoryCopy({
    arm,
    source: onSide(source.session, 'source'),
    copySource: copySourceOnSide(new RawCopySource(source.session)),
    target: onSide(target.session, 'target'),
    store: ledgerFile(join(run.folder.path, 'data-factory', 'ranges.json')),
    job: run.folder.runId,
    clock,
    connectionStrings,
    secrets: [...Object.values(connectionStrings), ...source.session.parts.secrets, ...target.session.parts.secrets],
    ...(askFirst === undefined ? {} : { askFirst }),
    ...(registerProviders === undefined ? {} : { registerProviders }),
    ...(rangeBytes === undefined ? {} : { rangeBytes }),
  });
}
