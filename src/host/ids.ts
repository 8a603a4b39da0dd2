/** The one place where a command, view, setting or context key is spelled. package.json is checked against it. */

const PREFIX = 'mongoCosmosMigration';

export const COMMANDS = {
  addSource: `${PREFIX}.addSource`,
  addTarget: `${PREFIX}.addTarget`,
  discoverTargets: `${PREFIX}.discoverTargets`,
  editCluster: `${PREFIX}.editCluster`,
  removeCluster: `${PREFIX}.removeCluster`,
  testCluster: `${PREFIX}.testCluster`,
  showAccount: `${PREFIX}.showAccount`,
  refresh: `${PREFIX}.refresh`,
  retryNode: `${PREFIX}.retryNode`,
  analyzeSize: `${PREFIX}.analyzeSize`,
  assess: `${PREFIX}.assess`,
  openAssessment: `${PREFIX}.openAssessment`,
  saveAssessment: `${PREFIX}.saveAssessment`,
  recommend: `${PREFIX}.recommend`,
  migrateCollection: `${PREFIX}.migrateCollection`,
  migrateDatabase: `${PREFIX}.migrateDatabase`,
  migrateCluster: `${PREFIX}.migrateCluster`,
  openWizard: `${PREFIX}.openWizard`,
  migrateWithQuickPicks: `${PREFIX}.migrateWithQuickPicks`,
  openPlanInWizard: `${PREFIX}.openPlanInWizard`,
  copyCommandLines: `${PREFIX}.copyCommandLines`,
  runPlan: `${PREFIX}.runPlan`,
  writeHandoff: `${PREFIX}.writeHandoff`,
  openRunPage: `${PREFIX}.openRunPage`,
  pauseRun: `${PREFIX}.pauseRun`,
  resumeRun: `${PREFIX}.resumeRun`,
  limitRun: `${PREFIX}.limitRun`,
  proceedRun: `${PREFIX}.proceedRun`,
  openSteps: `${PREFIX}.openSteps`,
  cancelRun: `${PREFIX}.cancelRun`,
  verifyRun: `${PREFIX}.verifyRun`,
  openReport: `${PREFIX}.openReport`,
  reportActions: `${PREFIX}.reportActions`,
  openDeadLetters: `${PREFIX}.openDeadLetters`,
  retryDeadLetters: `${PREFIX}.retryDeadLetters`,
  cleanUpRun: `${PREFIX}.cleanUpRun`,
  showTerminal: `${PREFIX}.showTerminal`,
  startRelay: `${PREFIX}.startRelay`,
  databricksTokens: `${PREFIX}.databricksTokens`,
  setUpTools: `${PREFIX}.setUpTools`,
  showLog: `${PREFIX}.showLog`,
} as const;
export type CommandId = (typeof COMMANDS)[keyof typeof COMMANDS];

export const VIEW_CONTAINER = PREFIX;
export const VIEWS = {
  clusters: `${PREFIX}.clusters`,
  migrations: `${PREFIX}.migrations`,
} as const;

/** `viewType` of the webview panels; serializers are registered for them. */
export const PANELS = {
  wizard: `${PREFIX}.wizard`,
  runPage: `${PREFIX}.runPage`,
  report: `${PREFIX}.report`,
  assessment: `${PREFIX}.assessment`,
} as const;

export const SETTINGS_SECTION = PREFIX;
/** Keys under {@link SETTINGS_SECTION}. */
export const SETTINGS = {
  connections: 'connections',
  toolMongodump: 'tools.mongodump',
  toolMongorestore: 'tools.mongorestore',
  toolMongoexport: 'tools.mongoexport',
  toolMongoimport: 'tools.mongoimport',
  nativeToolsUpToGb: 'thresholds.nativeToolsUpToGb',
  servicesUpToGb: 'thresholds.servicesUpToGb',
  analysisParallelism: 'analysis.parallelism',
  insertionWorkers: 'tuning.insertionWorkers',
  runsFolder: 'runsFolder',
  pricesFile: 'prices.file',
  regions: 'cost.regions',
  notifications: 'notifications',
  azureEndpoint: 'azure.endpoint',
  azureSignIn: 'azure.signIn',
} as const;

/** Keys set with `setContext`; every `when` in package.json uses these, `viewItem`, or VS Code's own. */
export const CONTEXT_KEYS = {
  /** The extension runs, so the others tell the truth. */
  ready: `${PREFIX}.ready`,
  hasSource: `${PREFIX}.hasSource`,
  hasTarget: `${PREFIX}.hasTarget`,
  hasRuns: `${PREFIX}.hasRuns`,
} as const;
