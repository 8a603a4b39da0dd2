/** What the commands work with. Only the composition root fills these in; commands import the adapters' types, never their code. */
import type * as assessmentFiles from '../adapters/files/assessment-file.js';
import type * as deadLetters from '../adapters/files/dead-letter-reader.js';
import type * as durable from '../adapters/files/durable.js';
import type * as liveSnapshots from '../adapters/files/live-snapshot.js';
import type * as openRuns from '../adapters/files/open-run.js';
import type * as planFiles from '../adapters/files/plan-file.js';
import type * as priceFiles from '../adapters/files/price-file.js';
import type * as runControls from '../adapters/files/run-control.js';
import type * as runLists from '../adapters/files/run-list.js';
import type { HandedSecrets } from '../adapters/files/secret-handover.js';
import type * as writables from '../adapters/files/writable.js';
import type * as startFailures from '../adapters/files/start-failure.js';
import type * as steering from '../adapters/files/steer-run.js';
import type * as textSides from '../adapters/files/text-side.js';
import type * as runFolders from '../adapters/files/run-folder.js';
import type * as connections from '../adapters/mongo/connect.js';
import type * as connectionStrings from '../adapters/mongo/connection-string.js';
import type * as inventories from '../adapters/mongo/inventory.js';
import type * as fieldSamples from '../adapters/mongo/sample-fields.js';
import type * as charges from '../adapters/mongo/measure-charge.js';
import type * as toolLocations from '../adapters/tools/locate-tool.js';
import type * as retries from '../engine/retry-dead-letters.js';
import type { Clock } from '../engine/ports.js';
import type * as verification from '../engine/verify/verify-run.js';
import type * as sourceReadings from '../assembly/assess-source.js';
import type * as copyTrials from '../assembly/copy-trial.js';
import type * as throughputs from '../assembly/target-throughput.js';
import type * as earlySurveys from '../assembly/begin-surveys.js';
import type * as composition from '../assembly/compose-run.js';
import type * as copyDescriptions from '../assembly/describe-copy.js';
import type { Interruption } from './interruption.js';
import type { Keys } from './keys.js';
import type { Output } from './output.js';
import type { Prompts } from './prompts.js';
import type * as artefactFolders from '../adapters/files/artefact-folder.js';
import type * as accountFinding from '../assembly/find-accounts.js';
import type * as cleanUps from '../assembly/clean-up-run.js';
import type * as leftovers from '../assembly/read-leftovers.js';
import type * as remotes from '../assembly/remote-access.js';
import type * as handoffs from '../assembly/handoff-artefacts.js';
import type * as runReports from '../assembly/run-reports.js';
import type * as standaloneRelays from '../assembly/standalone-relay.js';

export type ConnectedCluster = connections.ConnectedCluster;
export type ConnectionString = connectionStrings.ConnectionString;
export type RunFolder = runFolders.RunFolder;
export type ListedRun = runLists.ListedRun;
export type RunSummary = runFolders.RunSummary;

/** The adapters, each by its own signature. */
export interface Adapters {
  readonly connect: typeof connections.connect;
  readonly parseConnectionString: typeof connectionStrings.parseConnectionString;
  readonly readInventory: typeof inventories.readInventory;
  readonly measureInsertCharge: typeof charges.measureInsertCharge;
  readonly tryDirectCopy: typeof copyTrials.tryDirectCopy;
  readonly readTargetThroughput: typeof throughputs.readTargetThroughput;
  readonly readForAssessment: typeof sourceReadings.readForAssessment;
  readonly readsOf: typeof sourceReadings.readsOf;
  readonly readPrices: typeof priceFiles.readPrices;
  readonly readAssessmentFile: typeof assessmentFiles.readAssessmentFile;
  readonly readPlanFile: typeof planFiles.readPlanFile;
  readonly writePlanFile: typeof planFiles.writePlanFile;
  readonly createRun: typeof runFolders.createRun;
  readonly openRun: typeof openRuns.openRun;
  readonly findRun: typeof runFolders.findRun;
  readonly listRuns: typeof runFolders.listRuns;
  readonly summariseRun: typeof runFolders.summariseRun;
  readonly defaultRunsRoot: typeof runFolders.defaultRunsRoot;
  readonly listDeadLetters: typeof deadLetters.listDeadLetters;
  readonly readDeadLetterEntries: typeof deadLetters.readDeadLetterEntries;
  readonly deadLetterIds: typeof deadLetters.deadLetterIds;
  readonly checkWritableFile: typeof writables.checkWritableFile;
  readonly checkWritableFolder: typeof writables.checkWritableFolder;
  readonly makeFolder: typeof durable.makeFolder;
  readonly writeTextFile: typeof durable.writeFileAtomic;
  readonly locateTools: typeof toolLocations.locateTools;
  readonly openTextFiles: typeof textSides.openTextFiles;
  readonly readTextInventory: typeof textSides.readTextInventory;
  readonly withFiles: typeof textSides.withFiles;
  readonly filesReference: typeof textSides.filesReference;
  readonly sampleFields: typeof fieldSamples.sampleFields;
  readonly beginEarlySurveys: typeof earlySurveys.beginEarlySurveys;
  readonly composeRun: typeof composition.composeRun;
  readonly describeCopy: typeof copyDescriptions.describeCopy;
  readonly retryDeadLetters: typeof retries.retryDeadLetters;
  readonly startLiveWriter: typeof liveSnapshots.startLiveWriter;
  readonly readLiveFile: typeof liveSnapshots.readLiveFile;
  readonly openRunList: typeof runLists.openRunList;
  readonly watchControl: typeof runControls.watchControl;
  readonly steerRun: typeof steering.steerRun;
  readonly limitRun: typeof steering.limitRun;
  readonly proceedRun: typeof steering.proceedRun;
  readonly readLeftovers: typeof leftovers.readLeftovers;
  readonly cleanUpRun: typeof cleanUps.cleanUpRun;
  readonly remoteAccess: typeof remotes.remoteAccess;
  readonly findAccounts: typeof accountFinding.findAccounts;
  readonly handoffFiles: typeof handoffs.handoffFiles;
  readonly writeArtefacts: typeof artefactFolders.writeArtefacts;
  readonly noteStartFailure: typeof startFailures.noteStartFailure;
  readonly verifyRun: typeof verification.verifyRun;
  readonly readRunReport: typeof runReports.readRunReport;
  readonly writeReports: typeof runReports.writeReports;
  readonly startStandaloneRelay: typeof standaloneRelays.startStandaloneRelay;
  readonly relayAddress: typeof standaloneRelays.relayAddress;
}

export interface CommandContext {
  readonly adapters: Adapters;
  readonly output: Output;
  readonly prompts: Prompts;
  readonly keys: Keys;
  /** Connection strings that the window which started this process hands over; absent where it was started by hand. */
  readonly handedOver?: () => Promise<HandedSecrets>;
  readonly interruption: Interruption;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Of this program. */
  readonly version: string;
}

/** The name under which a user calls this program. */
export const PROGRAM = 'mongo-cosmos-migration';
