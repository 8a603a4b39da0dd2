/** What the shell works with, by the adapters' own signatures: types only, the code is handed in by the composition root. */
import type * as planFiles from '../adapters/files/plan-file.js';
import type * as runFolders from '../adapters/files/run-folder.js';
import type * as connections from '../adapters/mongo/connect.js';
import type * as connectionStrings from '../adapters/mongo/connection-string.js';
import type * as inventories from '../adapters/mongo/inventory.js';
import type * as listings from '../adapters/mongo/listing.js';
import type * as charges from '../adapters/mongo/measure-charge.js';
import type * as toolLocations from '../adapters/tools/locate-tool.js';

export type ConnectedCluster = connections.ConnectedCluster;
export type ConnectionString = connectionStrings.ConnectionString;
export type RunFolder = runFolders.RunFolder;

export interface HostAdapters {
  readonly connect: typeof connections.connect;
  readonly parseConnectionString: typeof connectionStrings.parseConnectionString;
  readonly listDatabases: typeof listings.listDatabases;
  readonly readInventory: typeof inventories.readInventory;
  readonly measureInsertCharge: typeof charges.measureInsertCharge;
  readonly readPlanFile: typeof planFiles.readPlanFile;
  readonly writePlanFile: typeof planFiles.writePlanFile;
  readonly createRun: typeof runFolders.createRun;
  readonly findRun: typeof runFolders.findRun;
  readonly listRuns: typeof runFolders.listRuns;
  readonly summariseRun: typeof runFolders.summariseRun;
  readonly defaultRunsRoot: typeof runFolders.defaultRunsRoot;
  readonly locateTools: typeof toolLocations.locateTools;
}
