/** A progress snapshot as lines: a block for a terminal, one line for a log. */
import type { RunState } from '../../core/model/run.js';
import type { CollectionSnapshot, RunSnapshot } from '../../core/model/run-snapshot.js';
import { limitWords } from '../../words/runs.js';
import { formatCount, formatDuration, formatRuPerSecond } from '../../words/sizes.js';
import { pad, shorten, visible } from '../table.js';
import { plural } from '../text-blocks.js';

const VERBS: Readonly<Partial<Record<RunState, string>>> = {
  preparing: 'Preparing the target',
  copying: 'Copying',
  indexing: 'Building indexes',
  verifying: 'Verifying',
};

const SHOWN_COLLECTIONS = 4;

export function phaseName(state: RunState): string {
  return VERBS[state] ?? state;
}

/** The step in a word, for a block's title. */
function titleOf({ state, rechecked, resumesBy }: RunSnapshot): string {
  return rechecked && resumesBy !== 'beginning-again' ? 'Checking' : phaseName(state);
}

/** `done / of` as a bar of `width` characters. */
export function bar(done: number, of: number, width: number): string {
  const share = of > 0 ? Math.min(1, done / of) : 0;
  const full = Math.floor(share * width);
  return '█'.repeat(full) + '░'.repeat(width - full);
}

/** Never 100 % before all is done: counts on the source are estimates that may be a little off. */
export function percent(done: number, of: number): string {
  if (of <= 0) return '';
  const share = Math.floor((done / of) * 100);
  return `${done < of ? Math.min(99, share) : 100} %`;
}

function amounts(s: RunSnapshot): string {
  const expected = s.remainingMs?.expected ?? 0;
  const left = expected < 1000 ? '' : `, ${formatDuration(expected)} left`;
  return `${formatCount(s.done)} of ${formatCount(s.planned)} documents, ${formatCount(Math.round(s.documentsPerSecond))}/s${left}`;
}

/** Documents of a collection that the present step is done with. */
export function doneOf(c: CollectionSnapshot, state: RunState): number {
  return state === 'verifying' ? (c.compared ?? 0) : c.copied + c.deadLetters + c.conflicts;
}

export function isDone(c: CollectionSnapshot, state: RunState): boolean {
  if (state === 'verifying') return c.verified !== 'no' && c.verified !== 'running';
  return doneOf(c, state) >= c.planned;
}

/** Those in work, the one with the most left first. */
export function activeCollections(s: RunSnapshot): { ns: string; done: number; planned: number }[] {
  return s.collections
    .filter((c) => c.active === true)
    .map((c) => ({ ns: c.ns, done: doneOf(c, s.state), planned: c.planned }))
    .sort((a, b) => b.planned - b.done - (a.planned - a.done));
}

function details(s: RunSnapshot): string[] {
  const ru =
    s.ruPerSecond >= 1 && s.state === 'copying'
      ? [
          s.provisioned > 0
            ? `${formatCount(Math.round(s.ruPerSecond))} of ${formatRuPerSecond(s.provisioned)}`
            : formatRuPerSecond(Math.round(s.ruPerSecond)),
        ]
      : [];
  return [
    ...(s.rechecked
      ? [
          s.resumesBy === 'beginning-again'
            ? `${formatCount(s.rechecked.of)} of earlier attempts written again`
            : `${formatCount(s.rechecked.done)} of ${formatCount(s.rechecked.of)} there already looked at again`,
        ]
      : []),
    ...ru,
    ...(s.throttled > 0 && s.state === 'copying' ? [`${formatCount(s.throttled)} throttled and sent again`] : []),
    ...(s.conflicts > 0 ? [`${formatCount(s.conflicts)} ${plural(s.conflicts, 'conflict')}`] : []),
    ...(s.state === 'copying' || s.deadLetters > 0
      ? [`${formatCount(s.deadLetters)} dead ${plural(s.deadLetters, 'letter')}`]
      : []),
    ...(s.limitedBy === undefined ? [] : [`limited by ${limitWords(s.limitedBy).name}`]),
    `${formatCount(s.collections.filter((c) => isDone(c, s.state)).length)} of ${formatCount(s.collections.length)} ${plural(s.collections.length, 'collection')} done`,
  ];
}

function showsDocuments(state: RunState): boolean {
  return state === 'copying' || state === 'verifying';
}

/** One line for a log. */
export function progressLine(s: RunSnapshot): string {
  if (!showsDocuments(s.state)) return `${phaseName(s.state)} ...`;
  return `${titleOf(s)}: ${percent(s.done, s.planned)}, ${amounts(s)}; ${details(s).join(', ')}`;
}

/** Lines for a terminal of `width` columns. */
export function progressBlock(s: RunSnapshot, width: number): string[] {
  const title = pad(titleOf(s), 10);
  if (!showsDocuments(s.state)) return [`${phaseName(s.state)} ...`];
  const indent = ' '.repeat(title.length + 1);
  const barWidth = Math.max(8, Math.min(32, width - 70));
  const name = Math.max(12, Math.min(40, width - indent.length - 38));
  const lines = [
    `${title} ${bar(s.done, s.planned, barWidth)} ${pad(percent(s.done, s.planned), 5, 'right')}  ${amounts(s)}`,
    `${indent}${details(s).join(' · ')}`,
    ...activeCollections(s)
      .slice(0, SHOWN_COLLECTIONS)
      .map(
        (c) =>
          `${indent}${pad(shorten(visible(c.ns), name), name)} ${bar(c.done, c.planned, 10)} ${pad(percent(c.done, c.planned), 5, 'right')}  ${formatCount(c.done)}`,
      ),
  ];
  return lines.map((line) => shorten(line, width - 1));
}
