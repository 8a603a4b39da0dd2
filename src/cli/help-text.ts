/** What `--help` says besides the options: examples to copy, and how passwords are given. */
import { PROGRAM } from './context.js';

const SOURCE = "--source 'mongodb://reader@db.example.net/?authSource=admin'";
const TARGET = "--target 'mongodb://acct@acct.mongo.cosmos.azure.com:10255/?tls=true'";

const examples = (...lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}\n`;

/** By command; the empty name is the program itself. */
export const EXAMPLES: Readonly<Record<string, string>> = {
  '': `
A migration in six steps:
  export MCM_SOURCE_URI='mongodb://reader:...@db.example.net/?authSource=admin'
  export MCM_TARGET_URI='mongodb://acct:...@acct.mongo.cosmos.azure.com:10255/?tls=true'
  ${PROGRAM} analyze                       what is there, and how big
  ${PROGRAM} assess --out assessment/      what will not work, how long, what it costs
  ${PROGRAM} advise --throughput 10000     which way of moving it, and why
  ${PROGRAM} plan --throughput 10000       writes plan.migration.json: look at it
  ${PROGRAM} run plan.migration.json       copies, verifies, writes the report
  ${PROGRAM} report latest                 the proof
`,
  accounts: `${examples(`${PROGRAM} accounts`, `${PROGRAM} accounts --subscription 'Production' --json`)}
Signs in by AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, else as whoever is signed in with az login.
`,
  probe: examples(`${PROGRAM} probe ${SOURCE}`, `${PROGRAM} probe ${TARGET} --target-password-file key.txt`),
  analyze: examples(
    `${PROGRAM} analyze ${SOURCE}`,
    `${PROGRAM} analyze ${SOURCE} --include shop --exclude 'shop.tmp*' --json > sizes.json`,
  ),
  assess: `${examples(
    `${PROGRAM} assess ${SOURCE}`,
    `${PROGRAM} assess --scan full --out assessment/ --index-script indexes.js`,
    `${PROGRAM} assess --earlier assessment/assessment.json --out report.html`,
    `${PROGRAM} assess --target-kind cosmos-ru --format sarif --out assessment.sarif --fail-on blocker`,
  )}
Without a target both services are looked at, side by side. Nothing is written to the source; the commands that are
sent to it are told first (--list-reads tells them and ends), and a scan of all documents is asked for.
`,
  size: examples(
    `${PROGRAM} size ${SOURCE} --wanted-hours 4`,
    `${PROGRAM} size ${SOURCE} --target-kind cosmos-vcore --prices my-prices.json --json > sizes.json`,
  ),
  advise: examples(
    `${PROGRAM} advise ${SOURCE} ${TARGET} --throughput 10000`,
    `${PROGRAM} advise ${SOURCE} --target-kind cosmos-vcore`,
    `${PROGRAM} advise ${SOURCE} ${TARGET} --trial`,
  ),
  plan: examples(
    `${PROGRAM} plan --throughput 4000 --collection-throughput shop.orders=20000 --shard-key shop.orders=customerId`,
    `${PROGRAM} plan --include shop --rename shop.orders=store.orders --out shop.migration.json`,
    `${PROGRAM} plan --method direct-copy --filter 'shop.orders={"open":true}' --rename-field shop.orders:cust=customer`,
  ),
  handoff: examples(`${PROGRAM} handoff plan.migration.json --out handoff/`),
  run: `${examples(
    `${PROGRAM} run plan.migration.json --dry-run`,
    `${PROGRAM} run plan.migration.json`,
    `${PROGRAM} run --resume latest`,
    `${PROGRAM} run --retry-dead-letters latest`,
    `${PROGRAM} run --retry-dead-letters latest --only shop.orders --letter 64b0c0ffee64b0c0ffee64b0`,
  )}
Ctrl-C once stops cleanly: everything that was copied counts, and --resume goes on. On a terminal the key p pauses and c
cancels; with --attended (or on a terminal) a paused run waits for r in the same process, without it the process ends. With --json every event is one
line of JSON on stdout, the last one has the verdict.
`,
  verify: `${examples(`${PROGRAM} verify latest`, `${PROGRAM} verify plan.migration.json --yes`)}
Writes nothing. It also proves what another tool has copied: make a plan, copy, verify.
`,
  report: examples(`${PROGRAM} report`, `${PROGRAM} report 20260314 --format html --out report.html`),
  relay: `${examples(
    `${PROGRAM} relay ${TARGET} --port 27117`,
    `mongorestore --uri 'mongodb://acct@127.0.0.1:27117/?directConnection=true&tls=false' --archive=dump.archive`,
  )}
Give the printed address to mongorestore, mongoimport, Studio 3T or a script of yours, with the same user and password
as the target's own: logging in passes through. TLS towards the target is made by the relay. When the target is out of
request units the relay waits and sends the refused documents again; the tool never sees it. Ctrl-C ends the relay and
prints what arrived.
`,
  runs: `${examples(`${PROGRAM} runs`, `${PROGRAM} runs show latest`, `${PROGRAM} runs pause latest`, `${PROGRAM} runs cancel 20260314`, `${PROGRAM} runs clean-up latest`)}
Pause, resume and cancel are asked of the process that works on the run. Where none does, cancel closes the run in its
journal, and going on is ${PROGRAM} run --resume. What a cancelled run has copied stays on the target.
Clean-up takes away what a run by Data Factory or DMS has made in Azure: it tells by name what goes and what stays, and
asks first.
`,
  tools: examples(`${PROGRAM} tools`, `MCM_MONGODUMP=/opt/tools/bin/mongodump ${PROGRAM} tools --no-install`),
};

export const SECRETS_HELP = `Passwords are never given on the command line, where every process can read them. For each side, in this order:
  --source-password-env NAME      an environment variable with the password
  --source-password-file FILE     a file with it
  MCM_SOURCE_URI, MCM_TARGET_URI  whole connection strings, password included
  a question, where there is a terminal
`;
