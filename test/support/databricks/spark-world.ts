/** Runs by Spark, each with a modelled workspace and a database of its own, between two real servers. */
import { MongoClient } from 'mongodb';
import type { NamespaceSelection } from '../../../src/core/model/namespace.js';
import type { Plan } from '../../../src/core/model/plan.js';
import type { JournalRecord } from '../../../src/engine/journal/record.js';
import { connectTo } from '../migrate.js';
import { startMongod, type RunningMongod } from '../mongod.js';
import { makeTempFolder, type TempFolder } from '../temp.js';
import { SCOPE, sparkPlan, sparkRun, type SparkRan, type SparkRun } from './spark-run.js';
import { startWorkspace, type Workspace } from './workspace.js';

export const DOCUMENTS = 30;
export const COLL = 'orders';

export class SparkWorld implements AsyncDisposable {
  #count = 0;

  private constructor(
    readonly source: RunningMongod,
    readonly target: RunningMongod,
    readonly from: MongoClient,
    readonly to: MongoClient,
    readonly folder: TempFolder,
  ) {}

  static async start(name: string): Promise<SparkWorld> {
    const [source, target, folder] = await Promise.all([startMongod(), startMongod(), makeTempFolder(name)]);
    // Sets up Python before any time is taken.
    await (await startWorkspace({ master: 'threads' })).close();
    return new SparkWorld(
      source,
      target,
      await MongoClient.connect(source.uri),
      await MongoClient.connect(target.uri),
      folder,
    );
  }

  async begin(): Promise<SparkCase> {
    this.#count += 1;
    const db = `case-${this.#count}`;
    const documents = Array.from({ length: DOCUMENTS }, (_, i) => ({ _id: i as never, text: `t${i}` }));
    await this.from.db(db).collection(COLL).insertMany(documents);
    const workspace = await startWorkspace({ master: 'threads' });
    return new SparkCase(this, db, workspace, await this.plan({ include: [`${db}.*`] }));
  }

  /** Of what is on the source now. */
  async plan(selection: Partial<NamespaceSelection>): Promise<Plan> {
    const [source, target] = await Promise.all([connectTo(this.source.uri), connectTo(this.target.uri)]);
    try {
      return await sparkPlan(source, target, { selection });
    } finally {
      await Promise.all([source.close(), target.close()]);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.from.close(), this.to.close()]);
    await Promise.all([this.source.stop(), this.target.stop(), this.folder.remove()]);
  }
}

export class SparkCase implements AsyncDisposable {
  readonly records: JournalRecord[] = [];

  constructor(
    private readonly world: SparkWorld,
    readonly db: string,
    readonly workspace: Workspace,
    readonly plan: Plan,
  ) {}

  run(more: Partial<SparkRun> = {}): Promise<SparkRan> {
    const { workspace, plan, records, db, world } = this;
    return sparkRun({
      ...{ plan, workspace, records, sourceUri: world.source.uri, targetUri: world.target.uri },
      folder: `${world.folder.path}/${db}`,
      putsSecrets: true,
      ...more,
    });
  }

  /** The name of the job's memory, as the journal has it. */
  jobsMemory(): string {
    const found = this.records.find((record) => record.type === 'remote' && record.what === 'databricks-state');
    return found?.type === 'remote' ? (found.id ?? '') : '';
  }

  /** Ends the process in the tests' way: nothing that it asks from now on arrives. */
  cutOff(): 'hang-up' {
    this.workspace.hooks = { onCall: () => 'hang-up' };
    return 'hang-up';
  }

  /** What is left of it in the workspace and on the target. */
  async left(): Promise<unknown> {
    const { workspace, world } = this;
    const { databases } = await world.to.db().admin().listDatabases();
    return {
      jobs: workspace.jobs(),
      files: workspace.files().filter((path) => path.includes('/mongo-cosmos-migration/')),
      scopes: [...workspace.scopes].map(([scope, keys]) => [scope, [...keys.keys()].sort()]),
      memory: databases.map(({ name }) => name).filter((name) => name.startsWith('mcm_')),
    };
  }

  /** What is told of a run, and what became of it, whatever it went through. */
  async outcome({ verdict, status }: SparkRan): Promise<unknown> {
    const { workspace, db, world } = this;
    const { acknowledged = 0, alreadyThere = 0 } = status.collections[`${db}.${COLL}`]?.copy ?? {};
    return {
      verdict,
      arrived: await world.to.db(db).collection(COLL).countDocuments(),
      told: { acknowledged, alreadyThere },
      mostAtOnce: { jobs: workspace.most.jobs, runs: workspace.most.runs },
      jobsMade: workspace.most.madeJobs,
      runs: workspace.runs().map(({ lifeCycle, result }) => result ?? lifeCycle),
      left: await this.left(),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.workspace.close();
  }
}

export const NOTHING_LEFT = {
  jobs: [],
  files: [],
  // The secrets stay until their owner deletes them (docs/spark.md).
  scopes: [[SCOPE, ['source-uri', 'target-uri']]],
  memory: [],
};

/** The outcome of a run that went well, however often it was cut off. */
export const WELL = {
  verdict: { state: 'completed', reasons: [] },
  arrived: DOCUMENTS,
  told: { acknowledged: DOCUMENTS, alreadyThere: 0 },
  mostAtOnce: { jobs: 1, runs: 1 },
  jobsMade: 1,
  runs: ['SUCCESS'],
  left: NOTHING_LEFT,
};
