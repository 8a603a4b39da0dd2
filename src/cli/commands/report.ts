import { resolve } from 'node:path';
import { MigrationError } from '../../core/model/error.js';
import { reportHtml } from '../../words/report-html.js';
import { reportMarkdown } from '../../words/report-markdown.js';
import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { runsRoot } from '../runs-folder.js';

export interface ReportOptions {
  readonly format: 'md' | 'html' | 'json';
  readonly out?: string;
  readonly runsFolder?: string;
}

/** Makes the report from the run's plan and journal as they are now, also of a run that was cut off. */
export async function report(
  which: string,
  options: Readonly<Record<string, unknown>> & ReportOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { adapters, output, cwd } = context;
  const folder = await adapters.findRun(runsRoot(options, context), which);
  const summary = await adapters.summariseRun(folder);
  if (summary.status === undefined) {
    throw new MigrationError('bad-option', {
      option: 'RUN',
      reason: summary.problem ?? 'run-not-started',
      run: folder.runId,
    });
  }
  const made = await adapters.readRunReport(folder);
  const format = output.json ? 'json' : options.format;
  const text =
    format === 'html'
      ? reportHtml(made)
      : format === 'md'
        ? reportMarkdown(made)
        : `${JSON.stringify(made, undefined, 2)}\n`;
  if (options.out !== undefined) {
    const path = resolve(cwd, options.out);
    await adapters.writeTextFile(path, output.clean(text));
    output.note(`Written to ${path}`);
  } else if (output.json) output.data(made);
  else output.raw(text);
  return EXIT.success;
}
