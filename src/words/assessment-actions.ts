/** Who has to do what, and when: the remedies of all findings, and what sizes and methods ask for, as a checklist. */
import type { Assessment, TargetAssessment } from '../core/model/assessment.js';
import type { Finding, Severity } from '../core/model/finding.js';
import { formatNamespace } from '../core/model/namespace.js';
import { throughputTasks, type ThroughputTasks } from './assessment-throughput.js';
import { isLoadKnown, recommendedMethod, shortTargetName } from './assessment-targets.js';
import type { AssessmentPart } from './assessment-pointers.js';
import { more } from './bounded.js';
import { namespacesInShort } from './finding-groups.js';
import { remedySentence } from './findings.js';
import { code, prose, section, type Block, type Cell, type Section } from './report-parts.js';
import { needPhrase } from './reasons.js';
import { remedyWork, WHOSE, type Phase, type Whose } from './remedy-work.js';

/** `first` and `last` are what the others of a phase wait for, or follow. */
type Rank = Severity | 'plan' | 'first' | 'last';

interface Task {
  readonly text: string;
  readonly whose: Whose;
  readonly severity: Rank;
  readonly where: Set<string>;
  readonly targets: Set<string>;
}

const ORDER: readonly Rank[] = ['first', 'blocker', 'warning', 'plan', 'info', 'last'];
const PHASES: readonly (readonly [Phase, string])[] = [
  ['before', 'Before the migration'],
  ['during', 'While the data moves'],
  ['after', 'Afterwards'],
];
/** Items of one phase that a person goes through. */
const LONGEST_CHECKLIST = 30;

export function whatToDo(assessment: Assessment, part: AssessmentPart): Section {
  const tasks: Record<Phase, Map<string, Task>> = { before: new Map(), during: new Map(), after: new Map() };
  const add = (when: Phase, task: Omit<Task, 'where' | 'targets'>, kind: string, where?: string): void => {
    const known = tasks[when].get(task.text) ?? { ...task, where: new Set<string>(), targets: new Set<string>() };
    if (where !== undefined) known.where.add(where);
    known.targets.add(kind);
    tasks[when].set(task.text, known);
  };
  for (const target of assessment.targets) {
    const kind = shortTargetName(target.target.kind);
    for (const finding of target.findings) addFinding(finding, (when, task, where) => add(when, task, kind, where));
    for (const [when, whose, text, severity = 'plan'] of planned(
      target,
      throughputTasks(target, assessment.throughput, part),
    )) {
      add(when, { text, whose, severity }, kind);
    }
  }
  if (assessment.targets.length > 1) {
    const text = 'Choose one of the services: what is for the other alone is then left out.';
    for (const { target } of assessment.targets)
      add('before', { text, whose: 'migration', severity: 'first' }, shortTargetName(target.kind));
  }
  if (!isLoadKnown(assessment)) {
    const text =
      'Assess again while the source is busy, and have it watched for some minutes (--watch 600 on the command line): what has to be provisioned, and what it costs, rests on its load.';
    for (const { target } of assessment.targets)
      add('before', { text, whose: 'migration', severity: 'plan' }, shortTargetName(target.kind));
  }
  const blocks = PHASES.flatMap(([phase, title]): readonly Block[] => {
    const list = [...tasks[phase].values()].sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
    if (list.length === 0) return [];
    const items = list.slice(0, LONGEST_CHECKLIST).map((task) => item(task, assessment.targets.length));
    return [{ kind: 'heading', text: title }, { kind: 'checklist', items }, ...more(list.length - LONGEST_CHECKLIST)];
  });
  return section('What to do', ...blocks);
}

function addFinding(
  finding: Finding,
  add: (when: Phase, task: Omit<Task, 'where' | 'targets'>, where?: string) => void,
): void {
  const work = remedyWork(finding.remedy);
  if (work === undefined) return;
  const { severity, ns } = finding;
  const where = [ns ? formatNamespace(ns) : '', subjectOf(finding)].filter((part) => part !== '').join(' ');
  add(work.when, { text: remedySentence(finding), whose: work.whose, severity }, where === '' ? undefined : where);
}

/** Remedies speak of "it": the index, field or feature that is meant. */
function subjectOf({ ns, params }: Finding): string {
  const [subject] = ['index', 'name', 'path', 'field', 'sort'].flatMap((name) => {
    const value = params[name];
    return typeof value === 'string' && value !== '' ? [value] : [];
  });
  if (subject === undefined) return '';
  return ns ? `(${subject})` : subject;
}

/** What follows from the sizes and the method, without any finding. */
function planned(target: TargetAssessment, told: ThroughputTasks): readonly (readonly [Phase, Whose, string, Rank?])[] {
  const { vcore } = target;
  const method = recommendedMethod(target);
  const needs = method?.possible ? method.needs : [];
  return [
    ...needs.map((need) =>
      need.id === 'need-write-stop'
        ? ([
            'during',
            'application',
            'Stop all writes to the source before the copy starts; they begin again on the target, after the check.',
            'first',
          ] as const)
        : (['before', 'migration', `Have ready: ${needPhrase(need)}.`] as const),
    ),
    ...(vcore
      ? ([
          [
            'before',
            'target',
            `Make a cluster of tier ${vcore.tier} with ${vcore.shards === 1 ? 'one shard' : `${vcore.shards} shards`} and ${vcore.storageGib} GiB of storage${vcore.highAvailability ? ', with high availability' : ''}.`,
          ],
        ] as const)
      : []),
    ...told.before.map((text) => ['before', 'target', text] as const),
    ...told.after.map((text) => ['after', 'target', text] as const),
    [
      'after',
      'migration',
      'Read the report of the run before anything else: only what is verified has arrived.',
      'first',
    ],
    ['after', 'source', 'Keep the source until the application has run on the target for a while.', 'last'],
  ];
}

function item({ text, whose, severity, where, targets }: Task, of: number): readonly Cell[] {
  const mark: readonly Cell[] = severity === 'blocker' ? [{ text: '✗ ', tone: 'bad' }] : [];
  const places: readonly Cell[] = where.size === 0 ? [] : [code(namespacesInShort([...where])), prose(': ')];
  const only = targets.size === of ? '' : `${[...targets].join(', ')}; `;
  return [...mark, ...places, prose(`${text} (${only}${WHOSE[whose]})`)];
}
