/** Bodies as the REST reference of Databricks has them (docs.databricks.com/api): a field that is missing, misspelt or of another type is refused. */

import type { IncomingMessage } from 'node:http';

export type Fields = Readonly<Record<string, unknown>>;

export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Azure Databricks in Microsoft Entra ID, as its own SDK has it; written down here once more on purpose. */
export const AUDIENCE = '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d/.default';

type Kind = 'string' | 'number' | 'boolean' | 'object' | 'list';

/** Every field, by the type of its value; `?` at the end of a name: may be left out. */
export function checkFields(fields: Fields, known: Readonly<Record<string, Kind>>, where = 'the request'): void {
  for (const [name, value] of Object.entries(fields)) {
    const kind = known[name] ?? known[`${name}?`];
    const actual = Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value;
    if (kind === undefined) refuse(`${where} has a field ${name} that is not known`);
    if (actual !== kind) refuse(`${where}: ${name} is a ${actual} and has to be a ${kind}`);
  }
  for (const name of Object.keys(known)) {
    if (!name.endsWith('?') && !(name in fields)) refuse(`${where} lacks ${name}`);
  }
}

function refuse(message: string): never {
  throw new Refused(400, 'INVALID_PARAMETER_VALUE', message);
}

const listOf = (value: unknown): readonly Fields[] => value as readonly Fields[];

/** Settings of a job. */
export function checkJob(job: Fields): void {
  checkFields(job, {
    name: 'string',
    max_concurrent_runs: 'number',
    parameters: 'list',
    job_clusters: 'list',
    tasks: 'list',
  });
  for (const one of listOf(job['parameters'])) checkFields(one, { name: 'string', default: 'string' }, 'parameters');
  const clusters = new Set<unknown>();
  for (const one of listOf(job['job_clusters'])) {
    checkFields(one, { job_cluster_key: 'string', new_cluster: 'object' }, 'job_clusters');
    clusters.add(one['job_cluster_key']);
    const cluster = one['new_cluster'] as Fields;
    checkFields(
      cluster,
      {
        spark_version: 'string',
        node_type_id: 'string',
        num_workers: 'number',
        data_security_mode: 'string',
        spark_conf: 'object',
        'spark_env_vars?': 'object',
      },
      'new_cluster',
    );
    if (!['SINGLE_USER', 'USER_ISOLATION', 'NONE'].includes(String(cluster['data_security_mode'])))
      refuse('data_security_mode');
    for (const name of ['spark_conf', 'spark_env_vars'])
      if (Object.values((cluster[name] ?? {}) as Fields).some((value) => typeof value !== 'string')) refuse(name);
  }
  const keys = new Set(listOf(job['tasks']).map((task) => task['task_key']));
  if (keys.size !== listOf(job['tasks']).length) refuse('task keys are not unique');
  for (const task of listOf(job['tasks'])) checkTask(task, keys, clusters);
}

function checkTask(task: Fields, keys: ReadonlySet<unknown>, clusters: ReadonlySet<unknown>): void {
  const where = `task ${String(task['task_key'])}`;
  checkFields(
    task,
    {
      task_key: 'string',
      'depends_on?': 'list',
      job_cluster_key: 'string',
      notebook_task: 'object',
      libraries: 'list',
      max_retries: 'number',
      min_retry_interval_millis: 'number',
    },
    where,
  );
  if (!clusters.has(task['job_cluster_key'])) refuse(`${where}: no such cluster`);
  for (const on of listOf(task['depends_on'] ?? [])) {
    checkFields(on, { task_key: 'string' }, where);
    if (!keys.has(on['task_key'])) refuse(`${where} depends on nothing`);
  }
  checkFields(task['notebook_task'] as Fields, { notebook_path: 'string' }, where);
  for (const library of listOf(task['libraries'])) {
    checkFields(library, { 'pypi?': 'object', 'maven?': 'object' }, where);
    if (library['pypi']) checkFields(library['pypi'] as Fields, { package: 'string' }, where);
    if (library['maven']) checkFields(library['maven'] as Fields, { coordinates: 'string' }, where);
  }
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}
