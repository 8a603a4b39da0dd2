import type { CollectionFacts } from '../../../core/model/facts.js';
import { formatNamespace } from '../../../core/model/namespace.js';
import { totalSize } from '../../../core/size/totals.js';
import type { NamespaceRow, WizardView } from '../../../protocol/wizard.js';
import { formatBytes, formatCount } from '../../../words/sizes.js';
import type { WizardState } from '../model/wizard-state.js';
import { isSourceRead } from '../model/reach.js';
import { selectable } from '../model/selection.js';
import type { StepInput } from './wizard-model.js';

export function namespacesView(input: StepInput): WizardView['namespaces'] {
  const { state, derived, t } = input;
  const { source } = state;
  if (!source || !isSourceRead(state)) return { rows: [], failed: [], selectedText: '' };
  const selected = new Set(state.selected);
  const collections = selectable(source.inventory);
  const takesShardKey = derived.target?.kind === 'cosmos-ru';
  const rows = collections.map((facts) => row(facts, selected, state, derived.renameProblems, takesShardKey));
  const failed = source.inventory.failed.map(({ ns, message, code }) =>
    t('{0} could not be read: {1} ({2})', formatNamespace(ns), message, code),
  );
  return {
    rows,
    failed,
    selectedText: selectedText(
      collections.filter((c) => selected.has(formatNamespace(c.ns))),
      collections.length,
      input,
    ),
    ...(source.databases === undefined
      ? {}
      : { narrowed: t('Only a part of the source was read: {0}.', source.databases.join(', ')) }),
  };
}

function row(
  facts: CollectionFacts,
  selected: ReadonlySet<string>,
  state: WizardState,
  problems: ReadonlyMap<string, string>,
  takesShardKey: boolean,
): NamespaceRow {
  const ns = formatNamespace(facts.ns);
  const { type, documents, logicalBytes } = facts;
  const isView = type === 'view';
  const problem = problems.get(ns);
  const own = facts.shardKey?.length === 1 ? facts.shardKey[0]?.[0] : undefined;
  return {
    ns,
    db: facts.ns.db,
    coll: facts.ns.coll,
    type,
    documents,
    bytes: logicalBytes,
    documentsText: isView ? '' : formatCount(documents),
    sizeText: isView ? '' : formatBytes(logicalBytes),
    selected: selected.has(ns),
    targetNs: valueOf(state.renames, ns) ?? ns,
    ...(problem === undefined ? {} : { renameProblem: problem }),
    ...(takesShardKey && type === 'collection' ? { shardKey: valueOf(state.shardKeys, ns) ?? own ?? '' } : {}),
  };
}

function valueOf(record: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function selectedText(selected: readonly CollectionFacts[], all: number, { t }: StepInput): string {
  const total = totalSize(selected);
  return t(
    '{0} of {1} selected: {2} documents, {3}',
    formatCount(selected.length),
    formatCount(all),
    formatCount(total.documents),
    formatBytes(total.logicalBytes),
  );
}
