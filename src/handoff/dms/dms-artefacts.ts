import type { DmsHandoff } from '../../core/model/handoff.js';
import type { Plan, PlannedCollection } from '../../core/model/plan.js';
import type { ArtefactNote, Artefacts } from '../artefacts.js';
import { clusterMigrations, jobsOf } from './cluster-migration.js';
import { dmsPlan } from './fit.js';
import { armTemplate, DMS_API, literal, serviceTemplate, type ArmTemplate } from './service-templates.js';
import { migrationSettings } from './task-bodies.js';

/**
 * Everything that carries a plan out by Azure Database Migration Service: templates for the service and for the migration, and how to deploy them.
 * Connection strings are secure parameters of the templates; there is none in the text.
 * @throws MigrationError `bad-plan` as {@link dmsPlan}.
 */
export function dmsArtefacts(plan: Plan): Artefacts {
  const collections = plan.collections.filter((c) => !c.options.view);
  const dms = dmsPlan(plan, collections);
  const { kind, handoff } = dms;
  const migration =
    dms.kind === 'cosmos-ru' ? taskTemplate(plan, handoff, collections) : clusterTemplate(dms.handoff, collections);
  return {
    files: [
      { path: 'service.template.json', text: json(serviceTemplate(handoff, kind)) },
      { path: 'migration.template.json', text: json(migration) },
      { path: 'README.md', text: readme(plan, handoff) },
    ],
    notes: notesOf(plan, handoff),
  };
}

const SECURE = { type: 'securestring' } as const;
const ENDS = {
  source: "[parameters('sourceConnectionString')]",
  target: "[parameters('targetConnectionString')]",
};

function taskTemplate(plan: Plan, handoff: DmsHandoff, collections: readonly PlannedCollection[]): ArmTemplate {
  const name = `${handoff.service}/${handoff.project}/migrate`;
  return armTemplate({ sourceConnectionString: SECURE, targetConnectionString: SECURE }, [
    {
      type: 'Microsoft.DataMigration/services/projects/tasks',
      apiVersion: DMS_API,
      name: literal(name),
      properties: { taskType: 'Migrate.MongoDb', input: escaped(migrationSettings(plan, handoff, collections, ENDS)) },
    },
  ]);
}

function clusterTemplate(
  handoff: DmsHandoff & { readonly targetResourceId: string },
  collections: readonly PlannedCollection[],
): ArmTemplate {
  const target = handoff.targetResourceId;
  const { subscriptionId, resourceGroup } = handoff.azure;
  const migrationService = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.DataMigration/migrationServices/${handoff.service}`;
  const bodies = clusterMigrations(collections, { targetResourceId: target, migrationService }, ENDS);
  return armTemplate(
    { sourceConnectionString: SECURE, targetConnectionString: SECURE },
    bodies.map((body, index) => ({
      type: 'Microsoft.DataMigration/databaseMigrations',
      apiVersion: DMS_API,
      scope: target,
      name: `${handoff.project}-${index + 1}`,
      ...(escaped(body) as object),
    })),
  );
}

/** Names in a template that begin with `[` would be read as expressions. Ours are where connection strings belong: a collection that is called like one gets no secret for its name. */
function escaped(value: unknown): unknown {
  if (typeof value === 'string') return literal(value);
  if (Array.isArray(value)) return value.map(escaped);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) =>
      key === 'connectionString' && typeof inner === 'string' ? [key, inner] : [literal(key), escaped(inner)],
    ),
  );
}

function notesOf(plan: Plan, handoff: DmsHandoff): readonly ArtefactNote[] {
  const views = plan.collections.filter((c) => c.options.view).length;
  const jobs = jobsOf(plan.collections.length - views);
  return [
    ...(views > 0 ? [{ id: 'dms-views-later', params: { views } }] : []),
    ...(plan.targetKind === 'cosmos-ru' && handoff.subnetId === undefined ? [{ id: 'dms-subnet', params: {} }] : []),
    ...(plan.targetKind === 'cosmos-vcore' ? [{ id: 'dms-vcore-offline', params: {} }] : []),
    ...(plan.targetKind === 'cosmos-vcore' && jobs > 1 ? [{ id: 'dms-jobs', params: { jobs } }] : []),
    ...(handoff.fromDump ? [{ id: 'dms-from-dump', params: {} }] : []),
  ];
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function readme(plan: Plan, handoff: DmsHandoff): string {
  const { azure } = handoff;
  const ru = plan.targetKind === 'cosmos-ru';
  const collections = plan.collections.filter((c) => !c.options.view).length;
  const jobs = ru ? 1 : jobsOf(collections);
  const group = `--subscription ${quoted(azure.subscriptionId)} --resource-group ${quoted(azure.resourceGroup)}`;
  const source = handoff.fromDump
    ? 'The source is a dump in a blob container: upload what `mongodump --out` writes, so that the container holds `DATABASE/COLLECTION.bson`, and give its address with a SAS signature (read and list), `https://ACCOUNT.blob.core.windows.net/CONTAINER?SIGNATURE`, as `sourceConnectionString`. No file may be packed (`--gzip`, `--archive`).'
    : 'The source is read by the service itself: it has to reach it, over the network that it lives in.';
  const follow = ru
    ? `az rest --method get --url ${quoted(`/subscriptions/${azure.subscriptionId}/resourceGroups/${azure.resourceGroup}/providers/Microsoft.DataMigration/services/${handoff.service}/projects/${handoff.project}/tasks/migrate?api-version=${DMS_API}&$expand=output`)}`
    : `az rest --method get --url ${quoted(`${handoff.targetResourceId ?? ''}/providers/Microsoft.DataMigration/databaseMigrations/${handoff.project}-1?api-version=${DMS_API}`)}`;
  const cutOver =
    ru && handoff.replication === 'continuous'
      ? [
          '## Cut over',
          '',
          'Stop writing to the source, wait until `eventsPending` is 0, then:',
          '',
          '```',
          follow
            .replace('--method get', '--method post')
            .replace('/migrate?', '/migrate/command?')
            .replace('&$expand=output', '') + ` --body '{"commandType":"finish","input":{"immediate":false}}'`,
          '```',
          '',
        ]
      : [];
  return [
    '# Migration by Azure Database Migration Service',
    '',
    `${collections} collections, from \`${plan.source.name}\` to \`${plan.target.name}\`. ${source}`,
    '',
    '## Rights',
    '',
    'No more than these:',
    '',
    ...rights(handoff, ru),
    '',
    '## Deploy',
    '',
    'Collections and unique indexes are made before the documents come: start with `mongo-cosmos-migration run`, which does that, or make them yourself.',
    ru
      ? 'The service may never drop a collection of the target: `canDelete` is false for each.'
      : 'The migration is offline: nobody may write to the source until it has ended.',
    '',
    '```',
    `az provider register --namespace Microsoft.DataMigration --subscription ${quoted(azure.subscriptionId)} --wait`,
    `az deployment group what-if ${group} --template-file service.template.json`,
    `az deployment group create ${group} --template-file service.template.json`,
    `az deployment group create ${group} --template-file migration.template.json`,
    '```',
    '',
    'The last command asks for the two connection strings and does not show them. Do not write them into a file or onto the command line.',
    '',
    '## Follow',
    '',
    '```',
    follow,
    '```',
    '',
    ...(jobs > 1
      ? [
          `There are ${jobs} jobs, each of at most 25 collections, named \`${handoff.project}-1\` to \`${handoff.project}-${jobs}\`. The template starts them all at once; \`mongo-cosmos-migration run\` starts one after another.`,
          '',
        ]
      : []),
    ...cutOver,
    '## Afterwards',
    '',
    'The service has not compared the documents. Compare them: `mongo-cosmos-migration verify`. Then delete the service, which costs as long as it is there.',
    '',
  ].join('\n');
}

/** A table of who needs what, as docs/azure.md has it. */
function rights({ azure, subnetId, fromDump, replication }: DmsHandoff, ru: boolean): readonly string[] {
  const group = `the resource group \`${azure.resourceGroup}\``;
  const rows = [
    ['deploy, follow, cancel and delete', 'Contributor', group],
    ...(ru
      ? [
          [
            'put the service into its subnet',
            '`Microsoft.Network/virtualNetworks/subnets/join/action`',
            subnet(subnetId),
          ],
        ]
      : [
          [
            'make the migration, a resource of the cluster',
            'Contributor',
            'the target cluster, where it is in another group',
          ],
        ]),
    ['register the resource provider, once', '`*/register/action` (Contributor has it)', 'the subscription'],
    fromDump
      ? ['the address of the dump', 'a SAS signature that may read and list', 'the blob container']
      : ["the source's user", '`read`', 'the databases that are copied'],
    [
      "the target's user",
      ru ? "the account's read-write key" : 'to read and to write',
      'the databases that are copied',
    ],
  ];
  return [
    '| what for | right | on what |',
    '| --- | --- | --- |',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
    ...(replication === 'continuous'
      ? ['', "Which rights on the source it takes to follow its changes Microsoft's tutorial does not say."]
      : []),
  ];
}

function subnet(id: string | undefined): string {
  return id === undefined ? 'its subnet' : `\`${id}\``;
}

/** For a POSIX shell, whatever is in it. */
function quoted(text: string): string {
  return /^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
