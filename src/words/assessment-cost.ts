/** What it costs, by each way of paying. Never a quote. */
import type { Assessment, CostEstimate, CostOption } from '../core/model/assessment.js';
import type { NoteBook } from './assessment-notes.js';
import { orderedOptions } from './assessment-targets.js';
import { costLineText, costNotice, costOptionName, costWhySentence, formatMoney } from './costs.js';
import { prose, section, type Bar, type Block, type Content, type Section } from './report-parts.js';

export function costs({ targets }: Assessment, notes: NoteBook): Section | undefined {
  const estimates = targets.flatMap(({ cost }) => (cost ? [cost] : []));
  const [first] = estimates;
  if (!first) return undefined;
  const options = estimates.flatMap((cost) => orderedOptions(cost).map((option) => ({ cost, option })));
  const bars = options.flatMap(({ cost, option }) => barOf(cost, option));
  return section(
    'Cost',
    { kind: 'paragraph', text: costNotice(first) },
    ...(bars.length < 2 ? [] : [{ kind: 'bars' as const, title: 'Cost of a month: as expected, and the range', bars }]),
    ...options.flatMap(({ cost, option }) => optionBlocks(cost, option, notes)),
  );
}

function barOf({ currency }: CostEstimate, { id, possible, monthly }: CostOption): readonly Bar[] {
  if (!possible || !monthly) return [];
  const { low, expected, high } = monthly;
  return [{ label: costOptionName(id), value: expected, low, high, text: formatMoney(monthly, currency) }];
}

function optionBlocks({ currency }: CostEstimate, option: CostOption, notes: NoteBook): readonly Block[] {
  const { id, possible, why, monthly, migration, lines } = option;
  const amount = (estimate: NonNullable<CostOption['monthly']>): Content => ({
    text: formatMoney(estimate, currency),
    notes: notes.assumptions(estimate.assumptions),
  });
  const rowsOf = (unit: 'money-per-month' | 'money'): readonly (readonly Content[])[] =>
    lines.filter((line) => line.amount.unit === unit).map((line) => [prose(costLineText(line)), amount(line.amount)]);
  const rows: (readonly Content[])[] = [
    ...rowsOf('money-per-month'),
    ...(monthly ? [[prose('Each month, altogether'), amount(monthly)]] : []),
    ...rowsOf('money'),
    ...(migration ? [[prose('The migration, once, on top of the month'), amount(migration)]] : []),
  ];
  return [
    { kind: 'heading', text: `${costOptionName(id)}${possible ? '' : ': not possible here'}` },
    ...(why.length === 0
      ? []
      : [{ kind: 'list' as const, items: why.map((reason) => [prose(costWhySentence(reason))]) }]),
    ...(possible && rows.length > 0
      ? [{ kind: 'table' as const, columns: [{ title: 'For' }, { title: 'Amount' }], rows }]
      : []),
  ];
}
