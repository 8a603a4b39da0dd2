import type { CollectionFacts } from '../../../core/model/facts.js';
import { formatNamespace } from '../../../core/model/namespace.js';
import { selectedCollections } from '../../../core/plan/make-plan.js';
import { dataCollections, migrationCharge, totalSize, verificationCharge } from '../../../core/size/totals.js';
import type { ReviewLine, SizeRow, WizardView } from '../../../protocol/wizard.js';
import { formatBytes, formatCount } from '../../../words/sizes.js';
import { ruPerDocumentOf } from './charge.js';
import type { StepInput } from './wizard-model.js';

/** A table of more is not read by anybody; the rest stands in one row. */
const MOST_ROWS = 500;

export function sizeView(input: StepInput): WizardView['size'] {
  const { state, derived } = input;
  if (!state.source || !derived.selection) return { rows: [], totals: [] };
  const selected = selectedCollections(state.source.inventory, derived.selection);
  return { rows: rows(selected, input), totals: totals(selected, input) };
}

function rows(selected: readonly CollectionFacts[], { t }: StepInput): SizeRow[] {
  const data = [...dataCollections(selected)].sort((a, b) => b.logicalBytes - a.logicalBytes);
  const whole = data.reduce((sum, c) => sum + c.logicalBytes, 0);
  const share = (bytes: number): number => (whole > 0 ? Math.min(1, bytes / whole) : 0);
  const shown = data.slice(0, MOST_ROWS).map((c): SizeRow => ({
    label: formatNamespace(c.ns),
    bytes: c.logicalBytes,
    sizeText: formatBytes(c.logicalBytes),
    documentsText: formatCount(c.documents),
    averageText: c.documents > 0 ? formatBytes(c.averageBytes) : '',
    largestText: c.sample && c.sample.sampledDocuments > 0 ? formatBytes(c.sample.largestBytes) : '',
    indexesText: `${c.indexes.length} (${formatBytes(c.indexBytes)})`,
    share: share(c.logicalBytes),
  }));
  const rest = data.slice(MOST_ROWS);
  if (rest.length === 0) return shown;
  const total = totalSize(rest);
  return [
    ...shown,
    {
      label: t('{0} smaller ones', formatCount(rest.length)),
      bytes: total.logicalBytes,
      sizeText: formatBytes(total.logicalBytes),
      documentsText: formatCount(total.documents),
      averageText: total.documents > 0 ? formatBytes(total.averageBytes) : '',
      largestText: total.largestSampledBytes === undefined ? '' : formatBytes(total.largestSampledBytes),
      indexesText: formatBytes(total.indexBytes),
      share: share(total.logicalBytes),
    },
  ];
}

function totals(selected: readonly CollectionFacts[], input: StepInput): ReviewLine[] {
  const { derived, t } = input;
  const total = totalSize(selected);
  const line = (label: string, value: string): ReviewLine => ({ label, value });
  const views = selected.filter((c) => c.type === 'view').length;
  const timeSeries = selected.filter((c) => c.type === 'timeseries').length;
  const lines = [
    line(t('Collections'), formatCount(total.collections)),
    line(t('Databases'), formatCount(new Set(selected.map((c) => c.ns.db)).size)),
    ...(views > 0 ? [line(t('Views'), formatCount(views))] : []),
    ...(timeSeries > 0 ? [line(t('Time series'), formatCount(timeSeries))] : []),
    line(t('Documents'), formatCount(total.documents)),
    line(t('Data'), formatBytes(total.logicalBytes)),
    line(t('On disk'), formatBytes(total.storageBytes)),
    line(t('Indexes'), formatBytes(total.indexBytes)),
    line(t('Average document'), total.documents > 0 ? formatBytes(total.averageBytes) : '-'),
    ...(total.largestSampledBytes === undefined
      ? []
      : [line(t('Largest document in samples'), formatBytes(total.largestSampledBytes))]),
  ];
  if (derived.target?.kind !== 'cosmos-ru') return lines;
  const ruPerDocument = ruPerDocumentOf(input);
  const write = migrationCharge(selected, ruPerDocument === undefined ? {} : { ruPerDocument }).total;
  return [
    ...lines,
    line(t('Request units to write'), t('about {0}', formatCount(write))),
    line(t('Request units to verify'), t('about {0}', formatCount(verificationCharge(selected)))),
  ];
}
