import { isRunning } from '../../core/model/run.js';
import type { RunSnapshot } from '../../core/model/run-snapshot.js';
import type { RunAction, RunPageView } from '../../protocol/run-page.js';
import { ceilingsText } from '../../words/ceilings.js';
import { awaitedWords } from '../../words/awaits.js';
import { errorSentence, isErrorCode } from '../../words/errors.js';
import { limitWords, verdictReasonSentence } from '../../words/runs.js';
import {
  formatBytes,
  formatCopiedBytes,
  formatCount,
  formatCountOf,
  formatDuration,
  formatRu,
  formatRuPerSecond,
} from '../../words/sizes.js';
import { possibleActions } from '../runs/run-actions.js';
import { isOver, shareDone, wasStopped } from '../runs/run-figures.js';
import { proceedLabel, stepsFile } from '../runs/awaited-run.js';
import { remedySteps, snapshotSentence, startFailureSentence } from '../runs/run-words.js';
import type { Translate } from '../translate.js';
import type { RunInfo } from '../services.js';
import { pageCollections } from './run-page-collections.js';

/** The page, without its revision: that counts what one panel was sent. */
export type RunPageContent = Omit<RunPageView, 'revision'>;

/** What the page of a run shows, every text included. */
export function runPageContent(info: RunInfo, t: Translate): RunPageContent {
  const { snapshot } = info;
  const showsRu = snapshot.provisioned > 0 || snapshot.requestUnits > 0;
  return {
    runId: info.runId,
    title: info.planName,
    state: snapshot.state,
    stateText: info.problem === undefined ? snapshotSentence(snapshot, t) : t('This run cannot be read.'),
    tone: toneOf(info),
    notes: notesOf(info, t),
    share: shareDone(snapshot),
    figures: figuresOf(info, showsRu, t),
    actions: possibleActions(info).map((id, place) => ({
      id,
      label: actionLabel(id, snapshot, t),
      primary: place === 0 && (id === 'resume' || id === 'report' || id === 'proceed'),
    })),
    ...pageCollections(snapshot, t),
    points: snapshot.rates.map(({ at, documentsPerSecond, ruPerSecond, provisioned, throttledPerSecond }) => ({
      at,
      documentsPerSecond,
      ruPerSecond,
      provisioned,
      throttledPerSecond,
    })),
    showsRu,
    commandLines: snapshot.commandLines,
  };
}

/** The page of a run whose folder is gone. */
export function missingRunContent(runId: string, t: Translate): RunPageContent {
  return {
    runId,
    title: runId,
    state: 'missing',
    stateText: t('This run is not there any more.'),
    tone: 'resting',
    notes: [
      t('Its folder was removed, or the runs are kept in another folder now. What was copied stays on the target.'),
    ],
    share: 0,
    figures: [],
    actions: [],
    collections: [],
    points: [],
    showsRu: false,
    commandLines: [],
  };
}

function toneOf({ snapshot, problem, startFailure }: RunInfo): RunPageView['tone'] {
  const { state } = snapshot;
  if (problem !== undefined || startFailure !== undefined) return 'bad';
  if (isRunning(state)) return 'running';
  if (state === 'completed') return 'good';
  if (state === 'completed-with-findings') return 'attention';
  return state === 'failed-resumable' && !wasStopped(snapshot) ? 'bad' : 'resting';
}

function notesOf(info: RunInfo, t: Translate): string[] {
  const { snapshot, problem, alive, path } = info;
  if (problem !== undefined) {
    const why = isErrorCode(problem) ? errorSentence({ code: problem, facts: {} }) : problem;
    return [why, t('The folder of the run: {0}', path)];
  }
  const notes: string[] = [];
  const failure = startFailureSentence(info, t);
  if (failure !== undefined) notes.push(failure);
  if (snapshot.why !== undefined) notes.push(verdictReasonSentence(snapshot.why), ...remedySteps(snapshot));
  if (snapshot.awaits !== undefined && alive) {
    notes.push(awaitedWords(snapshot.awaits).sentence);
    const steps = stepsFile(info);
    if (steps !== undefined) notes.push(t('The steps are in {0}', steps));
  }
  if (snapshot.state === 'paused' && alive) {
    notes.push(t('Its process waits in the terminal and keeps the passwords in memory until you resume or cancel.'));
  }
  if (snapshot.state === 'planned' && !alive && failure === undefined) {
    notes.push(t('It was not started. If its terminal shows an error, mend that, then resume.'));
  }
  return notes;
}

function actionLabel(action: RunAction, { state, awaits }: RunSnapshot, t: Translate): string {
  switch (action) {
    case 'proceed':
      return proceedLabel(awaits, t);
    case 'steps':
      return t('Open the Steps');
    case 'pause':
      return t('Pause');
    case 'resume':
      return state === 'planned' ? t('Start') : state === 'completed-with-findings' ? t('Run Again') : t('Resume');
    case 'limit':
      return t('Limit Migration…');
    case 'cancel':
      return t('Cancel Migration…');
    case 'verify':
      return t('Verify Again');
    case 'report':
      return t('Open Report');
    case 'dead-letters':
      return t('Open Dead Letters');
    case 'retry-dead-letters':
      return t('Retry Dead Letters');
    case 'clean-up':
      return t('Clean Up in Azure…');
    case 'terminal':
      return t('Show Terminal');
  }
}

type Figure = RunPageView['figures'][number];

function figuresOf({ snapshot, alive }: RunInfo, showsRu: boolean, t: Translate): Figure[] {
  const works = alive && isRunning(snapshot.state);
  const figures: Figure[] = [
    {
      id: 'documents',
      label: snapshot.state === 'verifying' ? t('Documents compared') : t('Documents'),
      value: formatCount(snapshot.done),
      detail: t('of {0} planned', formatCount(snapshot.planned)),
    },
  ];
  const bytes = formatCopiedBytes(snapshot.bytes, snapshot.done);
  if (bytes !== '') figures.push({ id: 'bytes', label: t('Data copied'), value: bytes });
  if (works) figures.push(...paceFigures(snapshot, t));
  figures.push(elapsedFigure(snapshot, t));
  if (showsRu) figures.push(...ruFigures(snapshot, works, t));
  figures.push({
    id: 'throttled',
    label: t('Throttled'),
    value: formatCount(snapshot.throttled),
    detail: snapshot.throttled > 0 ? t('sent again, none lost') : t('none seen'),
  });
  figures.push({
    id: 'dead-letters',
    label: t('Dead letters'),
    value: formatCount(snapshot.deadLetters),
    detail: snapshot.deadLetters > 0 ? t('refused for good, kept whole') : t('none kept aside'),
  });
  if (snapshot.conflicts > 0) {
    figures.push({
      id: 'conflicts',
      label: t('Conflicts'),
      value: formatCount(snapshot.conflicts),
      detail: t('same _id, other content on the target'),
    });
  }
  return figures;
}

function paceFigures(snapshot: RunSnapshot, t: Translate): Figure[] {
  const { documentsPerSecond, remainingMs, rates, state, limitedBy, ceilings } = snapshot;
  const limit = limitedBy && limitWords(limitedBy);
  // The latest point may be of before a pause.
  const bytesPerSecond = state === 'copying' && documentsPerSecond > 0 ? (rates.at(-1)?.bytesPerSecond ?? 0) : 0;
  return [
    {
      id: 'rate',
      label: t('Rate'),
      value: t('{0}/s', formatCountOf(documentsPerSecond, 'document')),
      ...(bytesPerSecond > 0 ? { detail: t('{0}/s', formatBytes(bytesPerSecond)) } : {}),
    },
    remainingMs === undefined
      ? { id: 'remaining', label: t('Time left'), value: t('not known yet') }
      : {
          id: 'remaining',
          label: t('Time left'),
          value: formatDuration(remainingMs.expected),
          detail: t('of this step; {0} to {1}', formatDuration(remainingMs.low), formatDuration(remainingMs.high)),
        },
    ...(limit ? [{ id: 'limited', label: t('Limited by'), value: limit.name, detail: limit.detail }] : []),
    ...(ceilings && Object.keys(ceilings).length > 0
      ? [{ id: 'ceilings', label: t('Your limit'), value: ceilingsText(ceilings) }]
      : []),
  ];
}

function elapsedFigure({ state, startedAt, endedAt, at }: RunSnapshot, t: Translate): Figure {
  const seconds = Math.floor(((endedAt ?? at) - startedAt) / 1_000);
  const value = seconds < 1 ? t('less than a second') : formatDuration(seconds * 1_000);
  return { id: 'elapsed', label: isOver(state) ? t('Time taken') : t('Time so far'), value };
}

function ruFigures(snapshot: RunSnapshot, works: boolean, t: Translate): Figure[] {
  const { provisioned, ruPerSecond, requestUnits } = snapshot;
  const total: Figure = { id: 'request-units', label: t('Request units used'), value: formatRu(requestUnits) };
  // Only writing is paced and measured by the target.
  if (!works || snapshot.state !== 'copying') return [total];
  const now: Figure = {
    id: 'ru-per-second',
    label: t('Throughput'),
    value: formatRuPerSecond(ruPerSecond),
    ...(provisioned > 0 ? { detail: t('of {0} provisioned', formatRuPerSecond(provisioned)) } : {}),
  };
  return [now, total];
}
