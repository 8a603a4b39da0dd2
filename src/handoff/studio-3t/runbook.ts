/** The steps for the person who copies with Studio 3T, and what lies in the folder. */
import { formatNamespace, sameNamespace } from '../../core/model/namespace.js';
import type { Plan, PlannedCollection } from '../../core/model/plan.js';
import { codeSpan, escapeProse } from '../../core/plan/markdown-text.js';
import { planSubject } from '../../core/plan/plan-title.js';

const DUPLICATES: Readonly<Record<Plan['conflictPolicy'], string>> = {
  fail: 'a document that is on the target with other content stops the run, as the plan says',
  skip: 'a document that is on the target with other content is left as it is there, as the plan says',
  overwrite: 'a document that is on the target with other content is replaced, as the plan says',
  'dead-letter': 'a document that is on the target with other content becomes a dead letter, as the plan says',
};

export interface RunbookFacts {
  readonly port: number;
  /** Users that the connections name; the passwords are typed. */
  readonly users: { readonly source: string | undefined; readonly target: string | undefined };
  readonly files: { readonly source: string; readonly target: string };
}

export function runbookText(plan: Plan, facts: RunbookFacts): string {
  const { port, files } = facts;
  const data = plan.collections.filter((c) => !c.options.view);
  const views = plan.collections.length - data.length;
  return lines(
    `# Copy ${escapeProse(planSubject(plan))} with Studio 3T`,
    '',
    `From ${escapeProse(plan.source.name)} to ${escapeProse(plan.target.name)}. Studio 3T copies; the run prepares the target before, keeps the`,
    'pace of the target meanwhile, and afterwards builds the indexes and compares every document of both sides.',
    '',
    '## 1. Start the run, and leave it running',
    '',
    'Start the migration in VS Code, or `mongo-cosmos-migration run PLAN` in a terminal. It creates the collections with their unique indexes and',
    `shard keys, and then says that it waits for you. From then on its throttle relay listens on \`127.0.0.1:${port}\`, on the machine that the run`,
    'works on, and nowhere else: Studio 3T has to run on the same machine, or reach that port through a tunnel of yours.',
    '',
    '## 2. Make the two connections',
    '',
    `Once for each of ${codeSpan(files.source)} and ${codeSpan(files.target)}: copy the line in it, choose **Connect** in Studio 3T, then **New Connection**,`,
    'paste the line (versions that ask by a button: **From URI**), and go on to its settings.',
    '',
    ...bullets(
      `Authentication: ${passwordStep(facts)} The files hold no password.`,
      `Source, on the Server tab: check **Read-Only Lock**. Nothing of this may write there.${tlsStep(plan)}`,
      'Target: it is the relay on this machine, so there is no TLS, no replica set and no SSH tunnel to set. The relay makes TLS to the target, and the login passes through it.',
      'Save both. They stay good for the next run of this plan: the port is written in it.',
    ),
    '',
    'The parts that begin with `3t.` name and colour the connections. They are for Studio 3T alone: give these lines to no driver and no other tool.',
    '',
    '## 3. Copy the documents',
    '',
    'Copy each collection of the table from the source connection into the collection of the target connection that stands beside it. All of them exist',
    'already. What you are asked meanwhile:',
    '',
    ...bullets(
      '**Documents only.** Leave indexes out wherever Studio 3T offers to copy them: the run builds those that the target takes.',
      '**Do not drop, replace or clear** a collection of the target: its shard key, throughput and unique indexes would be gone.',
      `Documents that are there already are no harm: with equal content they count as copied, and ${DUPLICATES[plan.conflictPolicy]}.`,
      'A target that is too slow shows as waiting, not as an error: what it throttles the relay sends again.',
      'A document that the target refuses for good becomes a dead letter of the run, kept whole; Studio 3T is told that it was taken.',
    ),
    '',
    ...tableLines(data),
    ...(views === 0 ? [] : ['', `Views are made by the run: ${views}. They have no documents to copy.`]),
    '',
    '## 4. Say that it is done',
    '',
    'When every copy has ended in the Operations pane of Studio 3T, and not before: press **Studio 3T Is Done** on the run page in VS Code, or `d` in the',
    'terminal of the run, or `mongo-cosmos-migration runs proceed RUN` in another one. The relay ends then.',
    '',
    'The run counts what the target has acknowledged, whatever Studio 3T says of itself. It builds the other indexes, compares the bytes of every document',
    'on both sides, and says *completed* only if all agree. Where documents are missing it says how many of which collection: resume it, copy those',
    'collections again through the same connection, and say again that it is done.',
    '',
    '## What is not known',
    '',
    'Studio 3T has no documented command line, link or task file, so these steps are yours. The words of its menus for copying differ between versions, and no',
    'public document says how many documents it sends at once or whether it keeps every type; the comparison at the end finds what it changed.',
  );
}

export function readmeText(plan: Plan, { port, files }: RunbookFacts): string {
  return lines(
    `# Hand-off to Studio 3T: ${escapeProse(planSubject(plan))}`,
    '',
    `Made from the plan of ${escapeProse(plan.createdAt)} (${plan.id}). No file here holds a password.`,
    '',
    '| file | what it is |',
    '| --- | --- |',
    '| `RUNBOOK.md` | the steps, one after another: begin here |',
    `| \`${files.source}\` | the connection to the source, as Studio 3T takes it |`,
    `| \`${files.target}\` | the connection to the target, which leads to the throttle relay on \`127.0.0.1:${port}\` |`,
    '| `indexes.js` | shard keys and indexes of the target, for mongosh |',
    '',
    '`mongo-cosmos-migration run PLAN` makes collections and indexes itself, so that `indexes.js` is for reading then. Without a run: load its part',
    '`before-data`, start `mongo-cosmos-migration relay --port ' +
      `${port}\`, copy as the runbook says, load the other parts, and compare with`,
    '`mongo-cosmos-migration verify PLAN`.',
  );
}

function passwordStep({ users: { source, target } }: RunbookFacts): string {
  const named = [...new Set([source, target])].filter((user) => user !== undefined);
  if (named.length === 0) return 'the connections name no user; set one where the server wants it.';
  return `type the password of each user (${named.map(codeSpan).join(', ')}), which is the one that the cluster itself takes.`;
}

function tlsStep({ source }: Plan): string {
  return source.tlsCAFile === undefined && source.tlsCertificateKeyFile === undefined
    ? ''
    : ' On the SSL tab give the certificate files that the plan names; a connection string does not carry them.';
}

function tableLines(collections: readonly PlannedCollection[]): string[] {
  return [
    '| on the source | on the target | documents, about |',
    '| --- | --- | ---: |',
    ...collections.map(({ source, target, documents }) => {
      const name = codeSpan(formatNamespace(source));
      return `| ${name} | ${sameNamespace(source, target) ? 'the same' : codeSpan(formatNamespace(target))} | ${documents} |`;
    }),
  ];
}

const bullets = (...texts: readonly string[]): string[] => texts.map((text) => `- ${text}`);
const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`;
