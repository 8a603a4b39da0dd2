import { MigrationError } from '../../core/model/error.js';
import type { SparkHandoff } from '../../core/model/handoff.js';
import { formatNamespace } from '../../core/model/namespace.js';
import type { Plan } from '../../core/model/plan.js';
import type { ArtefactNote, Artefacts } from '../artefacts.js';
import { BUNDLE_FILES } from './bundle-files.js';
import { refuseVariables, sparkJob } from './job.js';
import { leftToOthers, planJson } from './plan-json.js';
import { sparkSizing } from './sizing.js';
import { toYaml } from './yaml.js';

const TRANSFORM_ONLY = new Set(['src/transform_task.py', 'src/mongo_to_cosmos/transform.py']);
/** What of the sizing the mode `transform` does not go by. */
const RAW_NOTES = new Set(['spark-slots', 'spark-cores-assumed', 'spark-ranges', 'spark-batches']);
const RAW_ONLY = new Set(['src/plan_task.py', 'src/copy_task.py', 'src/verify_task.py']);

/** The plan's settings for Spark. @throws MigrationError `bad-plan` where it has none. */
export function sparkHandoffOf(plan: Pick<Plan, 'handoff'>): SparkHandoff {
  if (plan.handoff?.kind === 'spark-databricks') return plan.handoff;
  throw new MigrationError('bad-plan', { reason: 'handoff-missing', method: 'spark-databricks' });
}

/**
 * A Databricks Asset Bundle that carries the plan out: `databricks.yml`, the job, its notebooks with the code that they import, and the plan as `src/plan.json`.
 * What is deployed is this, unchanged. Names of collections are in the JSON alone. `notes` explain the figures and name what the job does not bring.
 * @throws MigrationError `bad-plan` where the plan has no settings for Spark, or some that a bundle cannot hold.
 */
export function sparkArtefacts(plan: Plan): Artefacts {
  const handoff = sparkHandoffOf(plan);
  const sizing = sparkSizing(plan, handoff);
  const job = sparkJob(plan, handoff, (name) => `../src/${name}.py`);
  const isTransform = handoff.mode === 'transform';
  const unneeded = isTransform ? RAW_ONLY : TRANSFORM_ONLY;
  const code = Object.entries(BUNDLE_FILES)
    .filter(([path]) => !unneeded.has(path))
    .map(([path, text]) => ({ path, text }));
  return {
    files: [
      { path: 'databricks.yml', text: toYaml(bundleOf(plan, handoff)) },
      { path: 'resources/migrate.job.yml', text: toYaml({ resources: { jobs: { migrate: { ...job } } } }) },
      { path: 'src/plan.json', text: planJson(plan, handoff, sizing) },
      ...code,
    ],
    notes: [
      ...sizing.notes.filter(({ id }) => !isTransform || !RAW_NOTES.has(id)),
      { id: 'spark-secrets', params: { scope: handoff.secretScope } },
      ...(isTransform ? [{ id: 'spark-transform-changes-types', params: {} }] : []),
      ...(handoff.workspaceUrl === undefined ? [{ id: 'spark-workspace-open', params: {} }] : []),
      ...left(plan),
    ],
  };
}

function bundleOf(plan: Plan, { workspaceUrl }: SparkHandoff) {
  refuseVariables({ workspaceUrl: workspaceUrl ?? '' });
  return {
    bundle: { name: `migration-${plan.id}` },
    include: ['resources/*.job.yml'],
    targets: {
      migration: {
        default: true,
        ...(workspaceUrl === undefined ? {} : { workspace: { host: workspaceUrl } }),
      },
    },
  };
}

function left(plan: Plan): ArtefactNote[] {
  return plan.collections.flatMap((collection) => {
    const why = leftToOthers(collection);
    return why === undefined ? [] : [{ id: 'spark-left-out', params: { ns: formatNamespace(collection.source), why } }];
  });
}
