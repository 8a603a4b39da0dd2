/** The other half of composition root 1: the adapters, bundled apart (`dist/adapters.cjs`), so that activation never loads the driver. */
import { listDeadLetters, readDeadLetterEntries } from './adapters/files/dead-letter-reader.js';
import { readPlanFile, writePlanFile } from './adapters/files/plan-file.js';
import { createRun, defaultRunsRoot, findRun, listRuns, summariseRun } from './adapters/files/run-folder.js';
import { openRunList } from './adapters/files/run-list.js';
import { serveSecrets } from './adapters/files/secret-handover.js';
import { limitRun, steerRun } from './adapters/files/steer-run.js';
import { connect } from './adapters/mongo/connect.js';
import { parseConnectionString } from './adapters/mongo/connection-string.js';
import { readDatabaseSizes } from './adapters/mongo/database-sizes.js';
import { readCollections, readInventory } from './adapters/mongo/inventory.js';
import { listCollections, listDatabases } from './adapters/mongo/listing.js';
import { measureInsertCharge } from './adapters/mongo/measure-charge.js';
import { systemClock } from './adapters/system-clock.js';
import { locateTools } from './adapters/tools/locate-tool.js';
import { chargeSamples } from './assembly/charge-samples.js';
import { tryDirectCopy } from './assembly/copy-trial.js';
import { readTargetThroughput } from './assembly/target-throughput.js';
import { copyCommandLines, describeCopy } from './assembly/describe-copy.js';
import type { HostAdapters } from './host/adapters.js';

export const adapters: HostAdapters = {
  connect,
  parseConnectionString,
  listDatabases,
  listCollections,
  readDatabaseSizes,
  readCollections,
  readInventory,
  measureInsertCharge,
  tryDirectCopy,
  readTargetThroughput,
  readPlanFile,
  writePlanFile,
  createRun,
  findRun,
  listRuns,
  summariseRun,
  defaultRunsRoot,
  locateTools,
  describeCopy,
  copyCommandLines,
  chargeSamples,
  listDeadLetters,
  readDeadLetterEntries,
  openRunList,
  serveSecrets,
  steerRun,
  limitRun,
  clock: systemClock,
};
