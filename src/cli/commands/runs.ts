import type { CommandContext, RunSummary } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { runsRoot } from '../runs-folder.js';
import { table, type Column } from '../table.js';
import { formatCount } from '../../words/sizes.js';

const COLUMNS: readonly Column[] = [
  { title: 'run' },
  { title: 'state' },
  { title: 'why' },
  { title: 'copied', align: 'right' },
  { title: 'last change' },
  { title: 'from' },
  { title: 'to' },
];

/** Lists the runs of this machine with what is true of each now, newest first. */
export async function runs(options: { readonly runsFolder?: string }, context: CommandContext): Promise<ExitCode> {
  const { output, adapters } = context;
  const root = runsRoot(options, context);
  const found = await adapters.listRuns(root);
  const described = await Promise.all(found.map((summary) => describe(summary, context)));
  if (described.length === 0) output.say(`No runs yet in ${root}`);
  else {
    const rows = described.map((r) => [
      r.run,
      stateText(r),
      r.why?.replaceAll('-', ' ') ?? '',
      formatCount(r.copied),
      when(r.updatedAt),
      r.source,
      r.target,
    ]);
    output.say(...table(COLUMNS, rows));
  }
  output.data({ root, runs: described });
  return EXIT.success;
}

interface DescribedRun {
  readonly run: string;
  readonly state: RunSummary['state'];
  readonly why?: string;
  readonly pid?: number;
  readonly problem?: string;
  readonly copied: number;
  readonly updatedAt: string;
  readonly source: string;
  readonly target: string;
  readonly path: string;
}

function stateText(run: DescribedRun): string {
  if (run.problem !== undefined) return `unreadable (${run.problem})`;
  return run.pid === undefined ? run.state : `${run.state} (process ${run.pid})`;
}

async function describe(summary: RunSummary, context: CommandContext): Promise<DescribedRun> {
  const { folder, state, status, process, problem } = summary;
  const plan = await context.adapters.readPlanFile(folder.planPath).catch(() => undefined);
  const copied = Object.values(status?.collections ?? {}).reduce((sum, c) => sum + c.copy.acknowledged, 0);
  return {
    run: folder.runId,
    state,
    copied,
    updatedAt: status?.updatedAt ?? '',
    source: plan?.source.name ?? '',
    target: plan?.target.name ?? '',
    path: folder.path,
    ...(status?.why === undefined ? {} : { why: status.why }),
    ...(process === undefined ? {} : { pid: process.pid }),
    ...(problem === undefined ? {} : { problem }),
  };
}

function when(iso: string): string {
  return iso === '' ? '' : `${iso.slice(0, 19).replace('T', ' ')} UTC`;
}
