import { resolve } from 'node:path';
import { handoffNoteSentence } from '../../words/handoff-notes.js';
import { methodName } from '../../words/methods.js';
import { formatCountOf } from '../../words/sizes.js';
import { clusterOptions } from '../cluster-options.js';
import { connectTo, resolveReference } from '../clusters.js';
import type { CommandContext, ConnectedCluster } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { bullet } from '../text-blocks.js';

export interface HandoffCommandOptions {
  readonly out: string;
}

/** Writes what a plan becomes for the system or the person that carries it out. Connects to nothing but, for the ranges of Data Factory, the source. */
export async function handoff(
  planPath: string,
  options: Readonly<Record<string, unknown>> & HandoffCommandOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { adapters, output, cwd, interruption } = context;
  const plan = await adapters.readPlanFile(resolve(cwd, planPath));
  const folder = resolve(cwd, options.out);
  await adapters.checkWritableFolder(folder);
  const readSource = async <T>(read: (source: ConnectedCluster) => Promise<T>): Promise<T> => {
    const resolved = await resolveReference('source', plan.source, clusterOptions('source', options), context);
    await using source = await connectTo(resolved, context);
    return await read(source);
  };
  const artefacts = await adapters.handoffFiles(plan, readSource, interruption.signal);
  const { files, removed } = await adapters.writeArtefacts(folder, artefacts, (text) => output.clean(text));
  output.say(
    `${methodName(plan.method)}: ${formatCountOf(files.length, 'file')} written to ${folder}. Begin with README.md.`,
    ...(removed.length === 0 ? [] : [`${formatCountOf(removed.length, 'file')} of an earlier hand-off removed.`]),
    ...artefacts.notes.flatMap((note) => bullet('·', handoffNoteSentence(note), output.people.columns)),
  );
  output.data({ folder, files, removed, notes: artefacts.notes });
  return EXIT.success;
}
