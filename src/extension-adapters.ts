/** The other half of composition root 1: the adapters, loaded apart (`dist/adapters.cjs`), so that activation never loads the driver. */
import { createArmClient } from './adapters/azure/arm-client.js';
import {
  discoverAccounts,
  findConnectionString,
  listSubscriptions,
  readAccount,
  readThroughput,
} from './adapters/azure/discover-accounts.js';
import { serveTokens } from './adapters/azure/token-handover.js';
import { writeArtefacts } from './adapters/files/artefact-folder.js';
import { listDeadLetters, readDeadLetterEntries } from './adapters/files/dead-letter-reader.js';
import { parsePlan, readPlanFile, writePlanFile } from './adapters/files/plan-file.js';
import { createRun, defaultRunsRoot, findRun, listRuns, summariseRun } from './adapters/files/run-folder.js';
import { openRunList } from './adapters/files/run-list.js';
import { serveSecrets } from './adapters/files/secret-handover.js';
import { limitRun, proceedRun, steerRun } from './adapters/files/steer-run.js';
import { connect } from './adapters/mongo/connect.js';
import { parseConnectionString } from './adapters/mongo/connection-string.js';
import { readDatabaseSizes } from './adapters/mongo/database-sizes.js';
import { readCollections, readInventory } from './adapters/mongo/inventory.js';
import { listCollections, listDatabases } from './adapters/mongo/listing.js';
import { measureInsertCharge } from './adapters/mongo/measure-charge.js';
import { systemClock } from './adapters/system-clock.js';
import { locateTools } from './adapters/tools/locate-tool.js';
import { readPrices } from './adapters/files/price-file.js';
import { assessSource, readsOf } from './assembly/assess-source.js';
import { chargeSamples } from './assembly/charge-samples.js';
import { readLeftovers } from './assembly/read-leftovers.js';
import { tryDirectCopy } from './assembly/copy-trial.js';
import { readTargetThroughput } from './assembly/target-throughput.js';
import { handoffFiles } from './assembly/handoff-artefacts.js';
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
  parsePlan,
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
  handoffFiles,
  writeArtefacts,
  serveTokens,
  chargeSamples,
  listDeadLetters,
  readDeadLetterEntries,
  openRunList,
  serveSecrets,
  readLeftovers,
  steerRun,
  limitRun,
  proceedRun,
  assessSource,
  readsOf,
  readPrices,
  createArmClient,
  listSubscriptions,
  discoverAccounts,
  findConnectionString,
  readAccount,
  readThroughput,
  clock: systemClock,
};
