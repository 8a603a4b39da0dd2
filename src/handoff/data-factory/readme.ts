/** What the folder says of itself to whoever deploys it by hand. */
import { formatNamespace } from '../../core/model/namespace.js';
import type { Plan } from '../../core/model/plan.js';
import type { DataFactoryHandoff } from '../../core/model/handoff.js';
import type { FactoryNames } from './names.js';
import { DOCUMENTS_PER_COPY, type CopyPace } from '../../core/tune/copy-activities.js';
import { BLOB_FOLDER } from './pipelines.js';

/** Collections that are named; of more the file `ranges.json` tells. */
const MOST_NAMED = 50;

interface Described {
  readonly handoff: DataFactoryHandoff;
  readonly names: FactoryNames;
  readonly pace: CopyPace;
  readonly job: string;
  readonly templates: readonly { readonly name: string }[];
  readonly chunks: readonly { readonly ranges: readonly unknown[] }[];
}

export function readme(plan: Plan, design: Described): string {
  const { handoff, names, pace, job, templates } = design;
  const { azure, storage, factory } = handoff;
  const ranges = design.chunks.reduce((sum, chunk) => sum + chunk.ranges.length, 0);
  const deployments = (step: 'what-if' | 'create'): string =>
    templates
      .map(({ name }) => {
        const parameters = name === 'factory' ? ' --parameters @factory.parameters.json' : '';
        return `az deployment group ${step} --subscription ${azure.subscriptionId} --resource-group ${azure.resourceGroup} --name ${name} --template-file ${name}.template.json${parameters}`;
      })
      .join('\n');
  return `# Migration by Azure Data Factory

Copies ${plan.collections.filter(({ options }) => !options.view).length} collections in ${ranges} ranges of \`_id\`, ${pace.parallelRanges} at a time, into \`${factory}\`'s target.
The target's collections, and unique indexes above all, must be there first: \`mongo-cosmos-migration run\` makes them, starts all this by itself, and verifies
afterwards. What follows is for doing it by hand.

## Before

1. Put both connection strings into a Key Vault that allows template deployment, and name the vault in \`factory.parameters.json\`. No file here holds a secret.
2. Set \`createFactory\` and \`createStorage\` to \`false\` for what exists already: it is then left as it is. An existing factory needs a system-assigned identity.
3. Give these rights, and no more:

   | who                    | right                                                                   | on what                                          |
   | ---------------------- | ----------------------------------------------------------------------- | ------------------------------------------------ |
   | whoever deploys        | Data Factory Contributor, which is also enough to run and to watch it   | the resource group                               |
   | whoever deploys        | Storage Account Contributor, where \`createStorage\` is true            | the resource group                               |
   | whoever deploys        | Role Based Access Control Administrator, where \`assignRole\` is true   | the container; the resource group where that is not made |
   | whoever deploys        | \`Microsoft.KeyVault/vaults/deploy/action\` (Contributor has it)        | the Key Vault                                    |
   | the factory's identity | Storage Blob Data Contributor; the deployment gives it, or with \`assignRole\` set to \`false\` somebody else | the container |
   | the source's user      | \`read\`                                                                | the databases that are copied                    |
   | the target's user      | to read and to write                                                    | the databases that are copied                    |

4. Source and target must let Data Factory in${handoff.integrationRuntime === undefined ? ' (firewalls: the addresses of its integration runtime)' : ': the source is read through the self-hosted integration runtime that the plan names'}.

## See what would change

Changes nothing. Before the factory is there, Azure foresees its pipelines only as far as it can without it.

\`\`\`
${deployments('what-if')}
\`\`\`

## Deploy, in this order

\`\`\`
${deployments('create')}
\`\`\`

## Run

\`\`\`
az datafactory pipeline create-run --subscription ${azure.subscriptionId} --resource-group ${azure.resourceGroup} --factory-name ${factory} --name ${names.all}
\`\`\`

A range that was copied leaves \`${storage.container}/${job}/${BLOB_FOLDER.done}/RANGE.json\`; one that was refused leaves \`${storage.container}/${job}/${BLOB_FOLDER.failed}/RANGE.json\` with the words of the
refusal, and the pipeline fails in the end. Run it again: finished ranges are skipped, documents are replaced by \`_id\`, so nothing comes twice.
Which documents of a refused range are at fault is found by \`mongo-cosmos-migration run\`, which halves such ranges down to single documents and keeps these as dead letters.

## Numbers

${pace.parallelRanges} ranges at once and batches of ${pace.writeBatchSize} documents come from the plan's throughput: RU/s x 0.9 / (RU per document x ${DOCUMENTS_PER_COPY} documents a second of one copy). The last
figure is judged, not measured: watch the target's normalised RU consumption, and change \`batchCount\` where it stays low or at 100 %.

## Collections

${collections(plan)}

## Not verified

${unverified(plan)}
`;
}

/** A name in backticks, whatever it holds; lines of a list must stay lines. */
function code(text: string): string {
  const shown = text.replace(/[\r\n]+/g, ' ');
  const fence = '`'.repeat(Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length)) + 1);
  return shown.includes('`') ? `${fence} ${shown} ${fence}` : `${fence}${shown}${fence}`;
}

function collections(plan: Plan): string {
  const lines = plan.collections.slice(0, MOST_NAMED).map(({ source, target, options }) => {
    const what = options.view
      ? 'a view: not copied, made on the target from its definition'
      : options.timeseries
        ? 'a time series: Data Factory cannot replace documents of one, copy it directly'
        : `into ${code(formatNamespace(target))}`;
    return `- ${code(formatNamespace(source))}: ${what}`;
  });
  const more = plan.collections.length - lines.length;
  return [...lines, ...(more > 0 ? [`- and ${more} more: see \`ranges.json\``] : [])].join('\n');
}

function unverified(plan: Plan): string {
  return [
    '- The Atlas connector is documented for Atlas. That it reads other servers newer than 4.2 is inferred: the page of the MongoDB connector sends their users to it.',
    ...(plan.targetKind === 'cosmos-vcore'
      ? [
          '- No page names a connector that writes to Cosmos DB for MongoDB vCore. The Atlas connector is used, and nothing here was tried on the real service.',
        ]
      : []),
    ...(plan.collections.some(({ shardKey }) => shardKey)
      ? [
          '- How the connector replaces documents of sharded collections, whose queries want the shard key, is not documented.',
        ]
      : []),
    '- Documents pass through the connector as BSON without a schema. The verification that follows compares every byte.',
  ].join('\n');
}
