/** Makes a run's report from what is on disk, and writes it beside the journal. Part of the composition root. */
import { readJournalFile } from '../adapters/files/journal-file.js';
import { listDeadLetters } from '../adapters/files/dead-letter-reader.js';
import { writeFileAtomic } from '../adapters/files/durable.js';
import { readPlanFile } from '../adapters/files/plan-file.js';
import { summariseRun, type RunFolder } from '../adapters/files/run-folder.js';
import { buildReport, type RunReport } from '../engine/journal/report.js';
import { reduceJournal } from '../engine/journal/reduce.js';
import { reportHtml } from '../words/report-html.js';
import { reportMarkdown } from '../words/report-markdown.js';

/** The report as of now, of a run in any state. @throws MigrationError `journal-damaged`, `file-failed`, `bad-plan`. */
export async function readRunReport(folder: RunFolder): Promise<RunReport> {
  const plan = await readPlanFile(folder.planPath);
  const { records } = await readJournalFile(folder.journalPath);
  const { state } = await summariseRun(folder);
  const letters = await listDeadLetters(folder.deadLettersPath);
  return buildReport(plan, reduceJournal(records), {
    state,
    deadLetters: Object.fromEntries(letters.map(({ ns, documents }) => [ns, documents])),
    deadLetterReasons: Object.fromEntries(letters.map(({ ns, reasons }) => [ns, reasons])),
  });
}

/** Writes `report.json`, `report.md` and `report.html` into the run's folder. @throws as {@link readRunReport}. */
export async function writeReports(folder: RunFolder): Promise<RunReport> {
  const report = await readRunReport(folder);
  await writeFileAtomic(folder.reportPath('json'), `${JSON.stringify(report, undefined, 2)}\n`);
  await writeFileAtomic(folder.reportPath('md'), reportMarkdown(report));
  await writeFileAtomic(folder.reportPath('html'), reportHtml(report));
  return report;
}
