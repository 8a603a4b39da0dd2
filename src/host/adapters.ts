/** What the shell works with, by the adapters' own signatures: types only, the code is handed in by the composition root. */
import type * as deadLetters from '../adapters/files/dead-letter-reader.js';
import type * as planFiles from '../adapters/files/plan-file.js';
import type * as runFolders from '../adapters/files/run-folder.js';
import type * as runLists from '../adapters/files/run-list.js';
import type * as handovers from '../adapters/files/secret-handover.js';
import type * as steering from '../adapters/files/steer-run.js';
import type * as connections from '../adapters/mongo/connect.js';
import type * as connectionStrings from '../adapters/mongo/connection-string.js';
import type * as databaseSizes from '../adapters/mongo/database-sizes.js';
import type * as inventories from '../adapters/mongo/inventory.js';
import type * as listings from '../adapters/mongo/listing.js';
import type * as charges from '../adapters/mongo/measure-charge.js';
import type * as chargeSampling from '../assembly/charge-samples.js';
import type * as copyTrials from '../assembly/copy-trial.js';
import type * as throughputs from '../assembly/target-throughput.js';
import type * as copyDescriptions from '../assembly/describe-copy.js';
import type { Clock } from '../engine/ports.js';
import type * as toolLocations from '../adapters/tools/locate-tool.js';

export type ConnectedCluster = connections.ConnectedCluster;
export type ConnectionString = connectionStrings.ConnectionString;
export type RunFolder = runFolders.RunFolder;
export type RunList = runLists.RunList;
export type HandedSecrets = handovers.HandedSecrets;

export interface HostAdapters {
  readonly connect: typeof connections.connect;
  readonly parseConnectionString: typeof connectionStrings.parseConnectionString;
  readonly listDatabases: typeof listings.listDatabases;
  readonly listCollections: typeof listings.listCollections;
  readonly readDatabaseSizes: typeof databaseSizes.readDatabaseSizes;
  readonly readCollections: typeof inventories.readCollections;
  readonly readInventory: typeof inventories.readInventory;
  readonly measureInsertCharge: typeof charges.measureInsertCharge;
  readonly tryDirectCopy: typeof copyTrials.tryDirectCopy;
  readonly readTargetThroughput: typeof throughputs.readTargetThroughput;
  readonly readPlanFile: typeof planFiles.readPlanFile;
  readonly writePlanFile: typeof planFiles.writePlanFile;
  readonly createRun: typeof runFolders.createRun;
  readonly findRun: typeof runFolders.findRun;
  readonly listRuns: typeof runFolders.listRuns;
  readonly summariseRun: typeof runFolders.summariseRun;
  readonly defaultRunsRoot: typeof runFolders.defaultRunsRoot;
  readonly locateTools: typeof toolLocations.locateTools;
  readonly listDeadLetters: typeof deadLetters.listDeadLetters;
  readonly openRunList: typeof runLists.openRunList;
  readonly serveSecrets: typeof handovers.serveSecrets;
  readonly readDeadLetterEntries: typeof deadLetters.readDeadLetterEntries;
  readonly steerRun: typeof steering.steerRun;
  readonly limitRun: typeof steering.limitRun;
  readonly describeCopy: typeof copyDescriptions.describeCopy;
  readonly copyCommandLines: typeof copyDescriptions.copyCommandLines;
  readonly chargeSamples: typeof chargeSampling.chargeSamples;
  readonly clock: Clock;
}
