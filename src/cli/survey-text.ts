/** What a plan starts from whose documents travel as text: a side may be a folder. */
import type { ClusterInventory } from '../core/model/facts.js';
import { formatNamespace, type NamespaceSelection } from '../core/model/namespace.js';
import type { ClusterReference, TextTravel } from '../core/model/plan.js';
import { selectedCollections } from '../core/plan/make-plan.js';
import { checkSelection } from '../core/plan/plan-checks.js';
import { describeTarget } from '../core/plan/target.js';
import { clusterOptions, isGiven } from './cluster-options.js';
import { connectTo, resolveCluster } from './clusters.js';
import type { CommandContext, ConnectedCluster } from './context.js';
import { fieldsFrom, type FileOptions } from './file-options.js';
import { measuredCharge } from './measured-charge.js';
import { selectionFrom } from './selection-options.js';
import { readSource, type CsvFields, type Survey, type SurveyOptions } from './survey.js';
import { targetWishes } from './target-options.js';

type Options = Readonly<Record<string, unknown>> & SurveyOptions & FileOptions;

/** @throws MigrationError as `survey`, and `bad-file` of the files that are to be imported. */
export async function surveyText(travel: TextTravel, options: Options, context: CommandContext): Promise<Survey> {
  const selection = selectionFrom(options);
  const wishes = targetWishes(options);
  const opened: ConnectedCluster[] = [];
  try {
    const source = await surveySource(travel, selection, options, context, opened);
    checkSelection(source.inventory, { selection, ...wishes });
    const { inventory } = source;
    const common = {
      source: { reference: source.reference },
      inventory,
      selection,
      wishes,
      // Text is copied as it is.
      transforms: {},
      arriving: {},
      ...(source.csv === undefined ? {} : { csv: source.csv }),
    };
    const folder = travel.files?.folder ?? '';
    if (travel.files?.use === 'export') {
      const { facts } = context.adapters.openTextFiles(folder, travel.format);
      const resolved = { reference: context.adapters.filesReference(folder) };
      return { ...common, target: describeTarget(facts), targetCluster: { resolved, facts } };
    }
    const resolved = await resolveCluster('target', clusterOptions('target', options), context);
    const to = await connectTo(resolved, context);
    opened.push(to);
    const target = describeTarget(to.facts, wishes.capabilities);
    const [from] = opened;
    const measured =
      target.kind === 'cosmos-ru' && from !== undefined && from !== to
        ? await measuredCharge({ source: from, target: to, inventory, selection, consent: options.measure }, context)
        : undefined;
    return {
      ...common,
      target,
      targetCluster: { resolved, facts: to.facts },
      ...(measured === undefined ? {} : { measured }),
    };
  } finally {
    for (const cluster of opened) await cluster.close();
  }
}

interface SurveyedSource {
  readonly reference: ClusterReference;
  readonly inventory: ClusterInventory;
  readonly csv?: CsvFields;
}

async function surveySource(
  { format, files }: TextTravel,
  selection: NamespaceSelection,
  options: Options,
  context: CommandContext,
  opened: ConnectedCluster[],
): Promise<SurveyedSource> {
  const { adapters, interruption, clock } = context;
  const wanted = clusterOptions('source', options);
  const folder = files?.folder ?? '';
  if (files?.use === 'import' && !isGiven('source', wanted, context.env)) {
    const readAt = new Date(clock.now()).toISOString();
    const inventory = await adapters.readTextInventory(folder, format, {
      selection,
      readAt,
      signal: interruption.signal,
    });
    return { reference: adapters.filesReference(folder), inventory };
  }
  const resolved = await resolveCluster('source', wanted, context);
  const from = await connectTo(resolved, context);
  opened.push(from);
  const whole = await readSource(from, selection, context);
  const { reference } = resolved;
  if (files?.use === 'import') return { reference, inventory: await adapters.withFiles(whole, folder, format) };
  if (format === 'json') return { reference, inventory: whole };
  return { reference, inventory: whole, csv: await csvFields(from, whole, selection, options, context) };
}

/** As the user says, else as a sample shows them; a collection that is empty has its `_id` alone. */
async function csvFields(
  from: ConnectedCluster,
  inventory: ClusterInventory,
  selection: NamespaceSelection,
  options: Options,
  { adapters, interruption }: CommandContext,
): Promise<CsvFields> {
  const said = fieldsFrom(options.fields);
  const fields: Record<string, readonly string[]> = {};
  const unnameable: string[] = [];
  for (const { ns, type } of selectedCollections(inventory, selection)) {
    if (type !== 'collection') continue;
    const name = formatNamespace(ns);
    const own = said.get(name);
    if (own !== undefined) {
      fields[name] = own;
      continue;
    }
    const found = await adapters.sampleFields(from.session, ns, interruption.signal);
    fields[name] = found.fields;
    unnameable.push(...found.unnameable.map((field) => `${name}: ${field}`));
  }
  return { fields, unnameable };
}
