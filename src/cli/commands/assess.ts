import { extname, join, resolve } from 'node:path';
import type { Assessment } from '../../core/model/assessment.js';
import { assessmentContent } from '../../words/assessment-content.js';
import { ASSESSMENT_FORMATS, assessmentPieces, type AssessmentFormat } from '../../words/assessment-formats.js';
import { indexScript } from '../../words/index-script.js';
import { assessed, type AssessCommandOptions } from '../assessed.js';
import { PROGRAM, type CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { exitCodeOf } from '../fail-on.js';
import { reportLines } from '../report-text.js';

export interface AssessOutputOptions {
  readonly format?: AssessmentFormat | 'text';
  readonly out?: string;
  readonly indexScript?: string;
}

const DEPTH = { scan: 'sample', asks: false, tells: 'each' } as const;
const NAME = 'assessment';

/** Tells what will not work, what it takes, how long, what it costs and why, and writes it where it was wished. Writes nothing to the source. */
export async function assess(
  options: AssessCommandOptions & AssessOutputOptions,
  context: CommandContext,
): Promise<ExitCode> {
  await checkPlaces(options, context);
  const assessment = await assessed(options, context, DEPTH);
  if (assessment === 'listed') return EXIT.success;
  if (assessment === 'refused') return EXIT.stopped;
  const { output } = context;
  await writeFiles(assessment, options, context);
  if (options.out === undefined) {
    const format = options.format ?? 'text';
    if (format === 'text' || output.json) {
      output.say(...reportLines(assessmentContent(assessment, 'short'), output.people.columns, true), '', ...next());
    } else output.pieces(pieces(assessment, format, context));
  } else {
    const { headline, reasons } = assessmentContent(assessment, 'short');
    output.say(headline, ...reasons);
  }
  if (output.json) output.pieces(pieces(assessment, 'json', context));
  return exitCodeOf(assessment, options, output);
}

function next(): readonly string[] {
  return [
    `The whole report: ${PROGRAM} assess with the same options and --out report.html (or a folder, for all forms).`,
    `Next: ${PROGRAM} plan writes the plan to a file, to be looked at and then run.`,
  ];
}

function pieces(
  assessment: Assessment,
  format: AssessmentFormat,
  { output, version }: CommandContext,
): Iterable<string> {
  return assessmentPieces(assessment, { format, version, clean: (text) => output.clean(text) });
}

async function writeFiles(
  assessment: Assessment,
  { out, format, indexScript: script }: AssessOutputOptions,
  context: CommandContext,
): Promise<void> {
  const { adapters, cwd, output } = context;
  const write = async (path: string, text: Iterable<string>): Promise<void> => {
    await adapters.writeTextFile(path, text);
    output.note(`Written to ${path}`);
  };
  if (out !== undefined) {
    const path = resolve(cwd, out);
    const single = formOf(out, format);
    if (single === undefined) {
      adapters.makeFolder(path);
      for (const each of ASSESSMENT_FORMATS) {
        await write(join(path, `${NAME}.${each}`), pieces(assessment, each, context));
      }
    } else await write(path, pieces(assessment, single, context));
  }
  if (script === undefined) return;
  for (const { target, indexes } of assessment.targets) {
    const path = resolve(cwd, script);
    const name = assessment.targets.length === 1 ? path : withKind(path, target.kind);
    await write(name, output.clean(indexScript(indexes, target)));
  }
}

/** Before the source is asked for anything. @throws MigrationError `file-failed`. */
async function checkPlaces(
  { out, format, indexScript: script }: AssessOutputOptions,
  { adapters, cwd }: CommandContext,
): Promise<void> {
  if (script !== undefined) await adapters.checkWritableFile(resolve(cwd, script));
  if (out === undefined) return;
  if (formOf(out, format) === undefined) await adapters.checkWritableFolder(resolve(cwd, out));
  else await adapters.checkWritableFile(resolve(cwd, out));
}

/** Undefined where all forms are written into a folder. */
function formOf(out: string, format: AssessOutputOptions['format']): AssessmentFormat | undefined {
  return (format === 'text' ? undefined : format) ?? formatOf(out);
}

/** By the name's ending; a name without one of ours is a folder. */
function formatOf(out: string): AssessmentFormat | undefined {
  const ending = extname(out).slice(1).toLowerCase();
  return ASSESSMENT_FORMATS.find((format) => format === ending || (format === 'html' && ending === 'htm'));
}

/** `indexes.js` becomes `indexes.cosmos-ru.js`: each target has its own. */
function withKind(path: string, kind: string): string {
  const ending = extname(path);
  return `${path.slice(0, path.length - ending.length)}.${kind}${ending}`;
}
