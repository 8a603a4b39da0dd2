/** What each row of the Migrations view says. */
import { isRunning } from '../../core/model/run.js';
import type { RunSnapshot } from '../../core/model/run-snapshot.js';
import { awaitedWords } from '../../words/awaits.js';
import { ceilingsText } from '../../words/ceilings.js';
import { errorSentence, errorWords, isErrorCode } from '../../words/errors.js';
import { limitWords, verdictReasonSentence } from '../../words/runs.js';
import { formatBytes, formatCount, formatDuration, formatRu, formatRuPerSecond } from '../../words/sizes.js';
import { possibleActions } from '../runs/run-actions.js';
import { shortName, wasStopped } from '../runs/run-figures.js';
import { snapshotSentence, startFailureName, startFailureSentence, stepName } from '../runs/run-words.js';
import type { RunInfo } from '../services.js';
import { plain } from './names-in-markdown.js';
import type { TooltipWords } from './cluster-tooltips.js';
import type { Translate } from '../translate.js';

export interface RunRow {
  readonly label: string;
  readonly description: string;
  readonly contextValue: string;
  readonly icon: { readonly id: string; readonly color?: string };
  readonly spoken: string;
}

const SEPARATOR = ' · ';
const joined = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(SEPARATOR);

export function describeRun(info: RunInfo, words: TooltipWords): RunRow {
  const { t } = words;
  const description = descriptionOf(info, words);
  return {
    label: shortName(info),
    description,
    contextValue: ['run', ...possibleActions(info)].join(' '),
    icon: iconOf(info),
    spoken: t('migration {0}, {1}', info.planName, description.split(SEPARATOR).join(', ')),
  };
}

function descriptionOf(info: RunInfo, { t, time }: TooltipWords): string {
  const { snapshot, problem } = info;
  if (problem !== undefined) return t('cannot be read');
  const state = stateName(snapshot, t);
  const letters =
    snapshot.deadLetters === 0
      ? ''
      : snapshot.deadLetters === 1
        ? t('1 dead letter')
        : t('{0} dead letters', formatCount(snapshot.deadLetters));
  if (isRunning(snapshot.state)) {
    // The longer words would push the share out of a narrow view.
    const [first, second] = snapshot.rechecked ? [shareText(snapshot), state] : [state, shareText(snapshot)];
    const waits = snapshot.awaits === undefined ? '' : awaitedWords(snapshot.awaits).short;
    return joined(first, second, waits, rateText(snapshot, t), etaText(snapshot, t), letters);
  }
  if (info.startFailure) {
    const share = snapshot.state === 'planned' ? '' : shareText(snapshot);
    return joined(startFailureName(info, t), happenedIn(info.startFailure), state, share, letters);
  }
  const ended = snapshot.endedAt === undefined ? '' : time(snapshot.endedAt);
  const done = snapshot.state === 'completed' || snapshot.state === 'completed-with-findings';
  if (done) return joined(state, documentsText(snapshot.planned, t), letters, ended);
  return joined(state, snapshot.state === 'planned' ? '' : shareText(snapshot), letters, ended);
}

/** `The target refused the login`. */
function happenedIn({ id, params }: NonNullable<RunInfo['startFailure']>): string {
  const code = id.replace(/^error:/, '');
  return isErrorCode(code) ? errorWords({ code, facts: params }).happened.replace(/\.$/, '') : '';
}

function stateName(snapshot: RunSnapshot, t: Translate): string {
  switch (snapshot.state) {
    case 'planned':
      return t('planned');
    case 'preparing':
    case 'copying':
    case 'indexing':
    case 'verifying':
      return stepName(snapshot, t);
    case 'completed':
      return t('completed and verified');
    case 'completed-with-findings':
      return t('completed with findings');
    case 'paused':
      return t('paused');
    case 'failed-resumable':
      return t('stopped, can be resumed');
    case 'cancelled':
      return t('cancelled');
  }
}

/** Rounded down: 100 % is only said when nothing is left. */
function shareText({ done, planned, state }: RunSnapshot): string {
  if (state === 'preparing' || state === 'indexing' || planned <= 0) return '';
  return `${Math.min(100, Math.floor((done / planned) * 100))} %`;
}

function rateText({ state, documentsPerSecond }: RunSnapshot, t: Translate): string {
  if (state !== 'copying' && state !== 'verifying') return '';
  return documentsPerSecond > 0 ? t('{0} documents/s', formatCount(documentsPerSecond)) : '';
}

function etaText({ remainingMs }: RunSnapshot, t: Translate): string {
  return remainingMs ? t('{0} left', formatDuration(remainingMs.expected)) : '';
}

function documentsText(count: number, t: Translate): string {
  return count === 1 ? t('1 document') : t('{0} documents', formatCount(count));
}

function iconOf({ snapshot, problem, startFailure }: RunInfo): RunRow['icon'] {
  if (problem !== undefined) return { id: 'question', color: 'list.warningForeground' };
  if (startFailure !== undefined) return { id: 'error', color: 'list.errorForeground' };
  switch (snapshot.state) {
    case 'preparing':
    case 'copying':
    case 'indexing':
    case 'verifying':
      return { id: 'sync~spin' };
    case 'completed':
      return { id: 'pass', color: 'testing.iconPassed' };
    case 'completed-with-findings':
      return { id: 'warning', color: 'list.warningForeground' };
    case 'paused':
      return { id: 'debug-pause' };
    case 'failed-resumable':
      return wasStopped(snapshot) ? { id: 'debug-pause' } : { id: 'error', color: 'list.errorForeground' };
    case 'cancelled':
      return { id: 'circle-slash' };
    case 'planned':
      return { id: 'circle-outline' };
  }
}

/** Figures and reasons, as Markdown. */
export function runTooltip(info: RunInfo, { t, time }: TooltipWords): string {
  const { snapshot, problem } = info;
  const parts = [`**${plain(info.planName)}**`];
  if (problem !== undefined) parts.push(plain(problemSentence(problem)));
  else {
    parts.push(plain(snapshotSentence(snapshot, t)));
    const failure = startFailureSentence(info, t);
    if (failure !== undefined) parts.push(plain(failure));
    if (snapshot.why) parts.push(plain(verdictReasonSentence(snapshot.why)));
    parts.push(
      figures(snapshot, { t, time })
        .map(([label, value]) => `- ${plain(label)}: ${plain(value)}`)
        .join('\n'),
    );
  }
  parts.push(plain(t('Run {0}', info.runId)));
  return parts.join('\n\n');
}

function figures(snapshot: RunSnapshot, { t, time }: TooltipWords): (readonly [string, string])[] {
  const { done, planned, bytes, startedAt, endedAt, requestUnits, throttled, deadLetters, conflicts } = snapshot;
  const lines: (readonly [string, string])[] = [
    [
      snapshot.state === 'verifying' ? t('Compared') : t('Documents'),
      t('{0} of {1}', formatCount(done), formatCount(planned)),
    ],
  ];
  if (bytes > 0) lines.push([t('Written'), formatBytes(bytes)]);
  const rate = rateText(snapshot, t);
  if (rate !== '') lines.push([t('Rate'), rate]);
  if (snapshot.limitedBy) lines.push([t('Limited by'), limitWords(snapshot.limitedBy).name]);
  if (snapshot.ceilings && Object.keys(snapshot.ceilings).length > 0 && isRunning(snapshot.state)) {
    lines.push([t('Your limit'), ceilingsText(snapshot.ceilings)]);
  }
  if (snapshot.remainingMs) {
    const { low, expected, high } = snapshot.remainingMs;
    lines.push([
      t('Time left'),
      t('{0} (between {1} and {2})', formatDuration(expected), formatDuration(low), formatDuration(high)),
    ]);
  }
  if (requestUnits > 0) lines.push([t('Request units'), formatRu(requestUnits)]);
  if (isRunning(snapshot.state) && snapshot.provisioned > 0) {
    const used = formatRuPerSecond(snapshot.ruPerSecond);
    lines.push([t('Throughput'), t('{0} of {1}', used, formatRuPerSecond(snapshot.provisioned))]);
  }
  if (throttled > 0) lines.push([t('Throttled and sent again'), formatCount(throttled)]);
  if (deadLetters > 0) lines.push([t('Dead letters'), formatCount(deadLetters)]);
  if (conflicts > 0) lines.push([t('Conflicts'), formatCount(conflicts)]);
  lines.push([t('Started'), time(startedAt)]);
  if (endedAt !== undefined)
    lines.push([t('Ended'), t('{0}, after {1}', time(endedAt), formatDuration(endedAt - startedAt))]);
  return lines;
}

function problemSentence(problem: string): string {
  return isErrorCode(problem) ? errorSentence({ code: problem, facts: {} }) : problem;
}

/** What stands above the rows; undefined while all runs can be read. */
export function unreadableMessage(runs: readonly RunInfo[], t: Translate): string | undefined {
  const unreadable = runs.filter(({ problem }) => problem !== undefined);
  if (unreadable.length === 0) return undefined;
  return unreadable.length === 1
    ? t('The folder of 1 migration cannot be read. Point at it to see why.')
    : t('The folders of {0} migrations cannot be read. Point at them to see why.', unreadable.length);
}

/** How many are at work now, in this window or in another. */
export function runningCount(runs: readonly RunInfo[]): number {
  return runs.filter(({ snapshot, alive, problem }) => alive && problem === undefined && isRunning(snapshot.state))
    .length;
}
