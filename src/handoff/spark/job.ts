/** The Databricks job: one definition for the bundle's YAML and for the Jobs API. */
import { MigrationError } from '../../core/model/error.js';
import type { SparkHandoff } from '../../core/model/handoff.js';
import type { Plan } from '../../core/model/plan.js';

/** The newest PyMongo that still reads servers from 3.6 on (its changelog: 4.11 asks for 4.0); pinned, since the job was tested with it. */
const PYMONGO = 'pymongo==4.10.1';
/** The newest connector for Scala 2.12 that was tested; the runtime must be one of Spark 3.5. */
const CONNECTOR = 'org.mongodb.spark:mongo-spark-connector_2.12:10.5.0';
/** A copy that failed goes on where it was; so do Spark's own repeats of a task. */
const JOB_RETRIES = 2;
const RETRY_AFTER_MS = 60_000;
const TASK_FAILURES = '8';
const CLUSTER = 'migration';
/**
 * Replies of 3 MB come and go: memory that is given back to the system each time is cleared page by page when it is asked for again, a tenth of a task's processor time.
 * Bytes; the first is the most that glibc takes (man7.org, mallopt(3)), the second holds all replies and inserts of a task.
 */
const KEEP_MEMORY = { MALLOC_MMAP_THRESHOLD_: String(32 * 1024 ** 2), MALLOC_TRIM_THRESHOLD_: String(256 * 1024 ** 2) };

export interface SparkTask {
  readonly task_key: string;
  readonly depends_on?: readonly { readonly task_key: string }[];
  readonly job_cluster_key: string;
  readonly notebook_task: { readonly notebook_path: string };
  readonly libraries: readonly (
    { readonly pypi: { readonly package: string } } | { readonly maven: { readonly coordinates: string } }
  )[];
  readonly max_retries: number;
  readonly min_retry_interval_millis: number;
}

export interface SparkJob {
  readonly name: string;
  readonly max_concurrent_runs: number;
  readonly parameters: readonly { readonly name: string; readonly default: string }[];
  readonly job_clusters: readonly {
    readonly job_cluster_key: string;
    readonly new_cluster: {
      readonly spark_version: string;
      readonly node_type_id: string;
      readonly num_workers: number;
      readonly data_security_mode: string;
      readonly spark_conf: Readonly<Record<string, string>>;
      readonly spark_env_vars?: Readonly<Record<string, string>>;
    };
  }[];
  readonly tasks: readonly SparkTask[];
}

/**
 * The job's settings. `notebook` gives a notebook's path, from its name.
 * @throws MigrationError `bad-plan` where a name holds `${`, which a bundle would put something else in for.
 */
export function sparkJob(
  plan: Pick<Plan, 'id' | 'verification'>,
  { cluster, mode }: Pick<SparkHandoff, 'cluster' | 'mode'>,
  notebook: (name: string) => string,
): SparkJob {
  refuseVariables({ nodeType: cluster.nodeType, runtime: cluster.runtime });
  const libraries = [
    { pypi: { package: PYMONGO } },
    ...(mode === 'transform' ? [{ maven: { coordinates: CONNECTOR } }] : []),
  ];
  const task = (key: string, file: string, after?: string): SparkTask => ({
    task_key: key,
    ...(after === undefined ? {} : { depends_on: [{ task_key: after }] }),
    job_cluster_key: CLUSTER,
    notebook_task: { notebook_path: notebook(file) },
    libraries,
    max_retries: JOB_RETRIES,
    min_retry_interval_millis: RETRY_AFTER_MS,
  });
  return {
    name: `Migration ${plan.id}`,
    // Two at once would only be in each other's way.
    max_concurrent_runs: 1,
    parameters: [{ name: 'run', default: plan.id }],
    job_clusters: [
      {
        job_cluster_key: CLUSTER,
        new_cluster: {
          spark_version: cluster.runtime,
          node_type_id: cluster.nodeType,
          num_workers: cluster.workers,
          // Libraries of the JVM and `sparkContext` are to be had on a dedicated cluster alone.
          data_security_mode: 'SINGLE_USER',
          spark_conf: {
            'spark.speculation': 'false',
            'spark.task.maxFailures': TASK_FAILURES,
          },
          ...(mode === 'transform' ? {} : { spark_env_vars: KEEP_MEMORY }),
        },
      },
    ],
    tasks:
      mode === 'transform'
        ? [task('transform', 'transform_task')]
        : [
            task('plan', 'plan_task'),
            task('copy', 'copy_task', 'plan'),
            ...(plan.verification.depth === 'full' ? [task('verify', 'verify_task', 'copy')] : []),
          ],
  };
}

/** Names by the field of the hand-off. @throws MigrationError `bad-plan` where one holds `${`, which a bundle would put something else in for. */
export function refuseVariables(names: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(names)) {
    if (value.includes('${')) throw new MigrationError('bad-plan', { reason: 'bundle-variable', name, value });
  }
}
