/** How a plan is carried out elsewhere, in words: its settings, their limits, what is wrong with them. */
import type { Handoff } from '../core/model/handoff.js';
import { isSparkTransform } from '../core/plan/carried-out.js';
import {
  HANDOFF_FIELDS,
  HANDOFF_PROBLEMS,
  type HandoffField,
  type HandoffFieldId,
} from '../core/plan/handoff-fields.js';
import type { Plan } from '../core/model/plan.js';
import { formatCountOf } from './sizes.js';

interface FieldWords {
  readonly label: string;
  /** What it is for, and what it may be. */
  readonly explanation: string;
}

const FIELDS: Readonly<Record<HandoffFieldId, FieldWords>> = {
  workspaceUrl: {
    label: 'Databricks workspace',
    explanation:
      'Its address, such as https://adb-1234567890123456.7.azuredatabricks.net. Empty: the files are written for you to deploy, and nothing is started from here.',
  },
  secretScope: {
    label: 'Secret scope',
    explanation:
      'Of the workspace: holds the connection strings under source-uri and target-uri. Up to 128 letters, digits and _ @ . -',
  },
  mode: {
    label: 'Copy mode',
    explanation:
      'Raw moves every document byte for byte. Transform goes through DataFrames of the MongoDB connector, which change types: ObjectId to text, UUIDs, fields of mixed types.',
  },
  nodeType: { label: 'Machine of the cluster', explanation: 'A size of Azure that the workspace offers.' },
  workers: {
    label: 'Workers of the cluster',
    explanation:
      'As many as bring the data through in a night, and no more than the throughput of the target keeps busy. From 1 to 1,000.',
  },
  runtime: { label: 'Databricks Runtime', explanation: 'With Spark 3.5, for which the job was proven.' },
  subscriptionId: {
    label: 'Subscription',
    explanation: 'The id of the subscription of Azure, such as 00000000-0000-0000-0000-000000000000.',
  },
  resourceGroup: {
    label: 'Resource group',
    explanation:
      'It has to be there: what is made lies in it. Up to 90 letters, digits and _ ( ) . -, no dot at the end.',
  },
  location: { label: 'Region', explanation: 'As Azure spells it, such as westeurope. Best the region of the target.' },
  factory: {
    label: 'Data factory',
    explanation:
      'Made where it is not there. 3 to 63 letters, digits and hyphens, a name that no factory on earth has.',
  },
  storageAccount: {
    label: 'Storage account',
    explanation:
      'Markers of finished ranges lie there. 3 to 24 small letters and digits, a name that no account on earth has.',
  },
  storageContainer: { label: 'Blob container', explanation: '3 to 63 small letters, digits and hyphens.' },
  integrationRuntime: {
    label: 'Self-hosted integration runtime',
    explanation: 'Of the factory, on a machine that reaches the source; empty where Azure reaches the source itself.',
  },
  service: {
    label: 'Migration service',
    explanation: 'Made where it is not there. Up to 62 letters, digits, _ and -, a letter first.',
  },
  project: { label: 'Project', explanation: 'Up to 57 letters, digits, _ and -.' },
  subnetId: {
    label: 'Subnet of the service',
    explanation:
      'The resource id of a subnet from which source and target are reached: /subscriptions/…/subnets/…. The service for RU accounts lives in it.',
  },
  replication: {
    label: 'Changes during the copy',
    explanation:
      'One-time copies what is there at the start: writes to the source stop meanwhile. Continuous follows changes until the cut-over; RU targets only.',
  },
  targetResourceId: {
    label: 'Resource of the target',
    explanation: 'The resource id of the account or cluster that is written to: /subscriptions/…. vCore needs it.',
  },
  fromDump: {
    label: 'Source is a dump in a blob container',
    explanation:
      'For versions of MongoDB that the service does not read itself. The address of the container, with its signature, is asked for when it runs.',
  },
  port: {
    label: 'Port of the relay',
    explanation: 'Where Studio 3T finds the target on this machine. From 1,024 to 65,535.',
  },
};

export function handoffFieldLabel(id: HandoffFieldId): string {
  return FIELDS[id].label;
}

export function handoffFieldExplanation(id: HandoffFieldId): string {
  return FIELDS[id].explanation;
}

const CHOICES: Readonly<Record<string, string>> = {
  raw: 'Raw: byte for byte',
  transform: 'Transform: through DataFrames, which change types',
  'one-time': 'One-time: writes stop meanwhile',
  continuous: 'Continuous: changes are followed until the cut-over',
  yes: 'Yes',
  no: 'No',
};

export function handoffChoiceLabel(choice: string): string {
  return CHOICES[choice] ?? choice;
}

/** What is wrong with what was said; empty where nothing is. */
export function handoffProblemSentence({ id, value, problem }: HandoffField): string {
  if (problem === undefined) return '';
  switch (problem) {
    case 'missing':
      return `${FIELDS[id].label} is not said, and only you know it.`;
    case 'malformed':
      return `"${value}" cannot be used. ${FIELDS[id].explanation}`;
    case 'continuous-needs-ru':
      return 'Changes are followed for an RU target only: the public interface of the service for vCore copies once.';
    case 'dump-has-no-changes':
      return 'A dump holds what was there when it was made: from one, the copy is one-time.';
    case 'dump-needs-ru':
      return 'A dump is read for an RU target only, by the classic service.';
  }
}

/** The same of an error's facts. */
export function incompleteHandoffSentences(facts: Readonly<Record<string, unknown>>): readonly string[] {
  const texts = (name: string): readonly string[] => {
    const value = facts[name];
    return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
  };
  const [values, problems] = [texts('values'), texts('problems')];
  return texts('fields').flatMap((name, i) => {
    const id = HANDOFF_FIELDS.find((known) => known === name);
    const problem = HANDOFF_PROBLEMS.find((known) => known === problems[i]);
    if (id === undefined || problem === undefined) return [];
    return [handoffProblemSentence({ id, value: values[i] ?? '', origin: 'user', problem })];
  });
}

const NONE_KEPT =
  'It keeps no document that the target refuses, and tells errors by their number at most: the run does not complete then, and verifying it names the documents that are missing.';

/** What there is to know of a hand-off before it is chosen: what this product does itself, and what nobody documents. `isTransform`: by Spark, through DataFrames. */
export function handoffNotes(
  kind: Handoff['kind'],
  targetKind: Plan['targetKind'],
  isTransform = false,
): readonly string[] {
  switch (kind) {
    case 'spark-databricks':
      return [
        ...(isTransform
          ? [
              'The job reads each collection as a DataFrame and writes what the function in src/transform_task.py makes of it. A job that is started from here has the function as it is shipped, which changes nothing. For one of your own write the files of the plan, change the function, and deploy the bundle yourself.',
              'Whatever is chosen below, a document of the target with the same _id is replaced, only the numbers of documents are compared, so that the run ends with a finding at best, and the source is read by the read preference of its connection string. Nothing paces the writes; a document that the target refuses fails the job; a job that was stopped begins again.',
            ]
          : [
              'The job runs in your workspace, in ranges of _id: what is refused is sent again, what is refused for good becomes a dead letter, and a job that was stopped goes on.',
            ]),
        'The connection strings lie in the secret scope: the start asks whether it is to put them there (run --put-secrets). They are in none of the files.',
      ];
    case 'data-factory':
      return [
        'Pipelines copy ranges of _id and leave a marker for each, so that a rerun skips what is done; a range that fails is cut smaller until single documents remain, which become dead letters.',
        ...(targetKind === 'cosmos-vcore'
          ? ["No page of Microsoft's names a connector that writes to vCore: try a small collection first."]
          : []),
      ];
    case 'dms':
      return targetKind === 'cosmos-ru'
        ? ['The classic service is used: it is never let delete anything on the target.', NONE_KEPT]
        : [
            'The service for vCore copies once, as far as its public interface says: writes to the source stop meanwhile.',
            NONE_KEPT,
          ];
    case 'studio-3t':
      return [
        'You start and watch the copy in Studio 3T; it writes to a relay on this machine, which sends again what is refused, and everything is verified afterwards.',
      ];
  }
}

/** Label and value of everything that a plan says of where it is carried out. */
export function handoffLines(handoff: Handoff | undefined): readonly (readonly [label: string, value: string])[] {
  switch (handoff?.kind) {
    case undefined:
      return [];
    case 'spark-databricks': {
      const { workspaceUrl, secretScope, mode, cluster } = handoff;
      const { workers, nodeType, runtime } = cluster;
      return [
        ['workspace', workspaceUrl ?? 'left open: written as files for you to deploy'],
        ['secret scope', secretScope],
        ['copy mode', handoffChoiceLabel(mode)],
        ['cluster', `${workers} × ${nodeType}, Databricks Runtime ${runtime}`],
      ];
    }
    case 'data-factory': {
      const { azure, factory, storage, integrationRuntime } = handoff;
      return [
        placeLine(azure),
        ['data factory', factory],
        ['markers', `${storage.account}/${storage.container}`],
        ['reads the source', integrationRuntime === undefined ? 'from Azure' : `by ${integrationRuntime}`],
      ];
    }
    case 'dms': {
      const { azure, service, project, replication, fromDump } = handoff;
      return [
        placeLine(azure),
        ['migration service', `${service}, project ${project}`],
        ['changes', handoffChoiceLabel(replication)],
        ...(fromDump ? ([['source', 'a dump in a blob container']] as const) : []),
      ];
    }
    case 'studio-3t':
      return [['relay', `127.0.0.1:${handoff.port}, where Studio 3T writes to`]];
  }
}

/** Who keeps the pace, where that is not this machine. */
export function handoffPace(handoff: Handoff, { targetKind, tuning }: Pick<Plan, 'targetKind' | 'tuning'>): string {
  const isMetered = targetKind === 'cosmos-ru';
  if (isSparkTransform(handoff))
    return isMetered
      ? 'not kept by request units: the job writes as fast as it can'
      : 'not kept: the job writes as fast as it can';
  switch (handoff.kind) {
    case 'spark-databricks':
      return isMetered ? 'kept by the job, whose tasks divide the throughput of the target' : 'kept by the job';
    case 'data-factory':
      return isMetered
        ? 'as many ranges side by side as the throughput of the target allows'
        : 'ranges side by side, as fast as the service copies them';
    case 'dms':
      return targetKind === 'cosmos-ru'
        ? `kept by the service, ${formatCountOf(tuning.parallelCollections, 'collection')} at a time at most`
        : 'kept by the service';
    case 'studio-3t':
      return `kept by the relay on port ${handoff.port} of this machine, however fast documents are sent to it`;
  }
}

/** What a run does elsewhere, in order, from when the target is prepared to when it is verified. */
export function handoffSteps(handoff: Handoff | undefined, targetKind: Plan['targetKind']): readonly string[] {
  switch (handoff?.kind) {
    case undefined:
      return [];
    case 'spark-databricks':
      return handoff.workspaceUrl === undefined
        ? ['Writes the Databricks bundle for you to deploy.']
        : [
            'Puts the job into the workspace; it has the connection strings from the secret scope.',
            'Starts the job and follows it.',
          ];
    case 'data-factory':
      return [
        'Cuts the collections into ranges of _id.',
        `Deploys the pipelines to the data factory ${handoff.factory}, after a look at what that changes.`,
        'Starts them and follows them; what a pipeline could not copy is cut smaller and tried again.',
      ];
    case 'dms':
      return targetKind === 'cosmos-ru'
        ? [
            `Makes the service ${handoff.service} and its project where they are not there.`,
            'Has the service check both connections and the migration, and starts it.',
            handoff.replication === 'continuous'
              ? 'Follows it until you say that nothing is written any more: it then cuts over.'
              : 'Follows it to its end.',
          ]
        : [
            `Makes the service ${handoff.service} where it is not there.`,
            'Starts the migration and follows it to its end.',
          ];
    case 'studio-3t':
      return [
        `Starts the throttle relay on 127.0.0.1:${handoff.port}, and writes the connections and the steps for Studio 3T.`,
        'Waits until you say that Studio 3T has copied everything.',
      ];
  }
}

function placeLine(azure: {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly location: string;
}) {
  return ['in Azure', `${azure.resourceGroup}, ${azure.location} (subscription ${azure.subscriptionId})`] as const;
}
