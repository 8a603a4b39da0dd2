import {
  FINDING_TARGETS,
  READ_PREFERENCES,
  SINGLE_THROUGHPUTS,
  TUNING_FIELDS,
  WIZARD_PROTOCOL,
  WIZARD_STEPS,
  type ConflictChoice,
  type ThroughputChoice,
  type WizardIntent,
  type WizardMessage,
} from '../wizard.js';
import { WISH_VALUES, WISHES } from '../wishes.js';
import { byType, count, boolean, list, LONGEST_NAME, number, object, oneOf, text, type Check } from './check.js';

const name = text(LONGEST_NAME);
const sentence = text();
const step = oneOf(WIZARD_STEPS);
const role = oneOf(['source', 'target']);
const conflict = oneOf(['fail', 'skip', 'overwrite', 'dead-letter'] satisfies ConflictChoice[]);
const depth = oneOf(['full', 'counts']);
const field = oneOf(TUNING_FIELDS);
const throughput = oneOf(['unsaid', 'manual', 'autoscale', 'shared', 'serverless'] satisfies ThroughputChoice[]);

const singleThroughput = oneOf(SINGLE_THROUGHPUTS);
const readPreference = oneOf(READ_PREFERENCES);
const wish = oneOf(WISHES);
const wishValue = oneOf(WISH_VALUES);

/** Addresses of documentation, which are opened outside. */
const webAddress: Check = (value) => text(2048)(value) && /^https:\/\/[a-z0-9.-]+(\/|$)/i.test(value as string);

const INTENTS: Readonly<Record<WizardIntent['type'], Readonly<Record<string, Check>>>> = {
  ready: {},
  go: { step },
  'choose-cluster': { role, id: name },
  'add-cluster': { role },
  select: { namespaces: list(name), selected: boolean },
  'select-by-size': { atMostBytes: count },
  rename: { ns: name, to: name },
  reread: {},
  'read-all': {},
  'set-wish': { id: wish, value: wishValue },
  'set-window': { hours: count },
  'choose-method': { id: name },
  'set-tuning': { field, value: number() },
  'reset-tuning': { field },
  'set-handoff': { field: name, value: name },
  'reset-handoff': { field: name },
  'set-shard-key': { ns: name, path: name },
  'leave-index-out': { ns: name, index: name, leftOut: boolean },
  'keep-aside': { ns: name, aside: boolean },
  assess: {},
  'set-throughput': { value: throughput },
  'set-collection-throughput': { ns: name, kind: singleThroughput, ruPerSecond: count },
  'set-capability': { id: name, on: boolean },
  'measure-charge': {},
  'try-copy': {},
  'set-conflicts': { value: conflict },
  'set-verification': { value: depth },
  'set-read-preference': { value: readPreference },
  consent: { given: boolean },
  'save-plan': {},
  'copy-command-lines': {},
  start: {},
  'cancel-busy': {},
  'open-link': { url: webAddress },
};

const isIntent = byType(INTENTS);

/** An intent of the wizard's page, or undefined for anything else. */
export function parseWizardIntent(value: unknown): WizardIntent | undefined {
  return isIntent(value) ? (value as WizardIntent) : undefined;
}

const cluster = object({ id: name, name: sentence, detail: sentence });

const row = object(
  {
    ns: name,
    db: name,
    coll: name,
    type: oneOf(['collection', 'view', 'timeseries']),
    documents: count,
    bytes: count,
    documentsText: sentence,
    sizeText: sentence,
    selected: boolean,
    targetNs: name,
  },
  { renameProblem: sentence, shardKey: name },
);

const line = object({ label: sentence, value: sentence });

const sizeRow = object({
  label: name,
  bytes: count,
  sizeText: sentence,
  documentsText: sentence,
  averageText: sentence,
  largestText: sentence,
  indexesText: sentence,
  share: number(0, 1),
});

const saidOf = { text: sentence, places: list(name), more: count };

const findingTarget = oneOf(FINDING_TARGETS);

const findingFix = object(
  { kind: oneOf(['shard-key', 'leave-out', 'keep-aside']), ns: name, name, label: sentence, applied: boolean },
  { shares: list(number(0, 1)), sharesText: sentence },
);

const finding = object(
  {
    severity: oneOf(['blocker', 'warning', 'info']),
    rule: name,
    target: findingTarget,
    ...saidOf,
    remedy: sentence,
    fixes: list(findingFix),
  },
  { sourceUrl: webAddress },
);

const method = object(
  {
    id: name,
    name: sentence,
    rank: number(1),
    recommended: boolean,
    chosen: boolean,
    possible: boolean,
    durationText: sentence,
    reasons: list(object({ weight: oneOf(['+', '-', '!']), text: sentence })),
    needs: list(sentence),
  },
  { costText: sentence },
);

const tuningField = object(
  {
    id: field,
    label: sentence,
    unit: sentence,
    value: number(),
    min: number(),
    max: number(),
    step: number(0),
    origin: oneOf(['computed', 'measured', 'user']),
    explanation: sentence,
  },
  { workings: list(sentence), problem: sentence },
);

const handoffField = object(
  { id: name, label: sentence, value: name, origin: oneOf(['computed', 'user']), explanation: sentence },
  { choices: list(object({ value: name, label: sentence })), problem: sentence },
);

const offer = (value: Check) => ({ value, choices: list(object({ value, label: sentence })) });
const choices = (value: Check): Check => object(offer(value));

const throughputOffer = object({
  ...offer(throughput),
  single: list(object({ ns: name, text: sentence })),
  singleChoices: list(
    object({ value: singleThroughput, label: sentence }, { bounds: object({ min: count, max: count, step: count }) }),
  ),
});

/** One command line names every collection that a pass over a whole database leaves out. */
const commandLine = text(10_000_000);

const view = object(
  {
    revision: count,
    step,
    reachable: list(step),
    endpoints: object(
      { sources: list(cluster), targets: list(cluster), notes: list(sentence) },
      { sourceId: name, targetId: name },
    ),
    namespaces: object({ rows: list(row), failed: list(sentence), selectedText: sentence }, { narrowed: sentence }),
    size: object({ rows: list(sizeRow), totals: list(line) }),
    findings: object({
      rows: list(finding),
      summary: sentence,
      targets: list(object({ value: findingTarget, label: sentence })),
      assessed: sentence,
    }),
    methods: object(
      {
        wishes: list(object({ id: wish, label: sentence, explanation: sentence, ...offer(wishValue) })),
        window: object({ label: sentence, explanation: sentence, min: count, max: count }, { hours: count }),
        summary: sentence,
        cards: list(method),
        assumptions: list(sentence),
      },
      { assessed: sentence, durationNote: sentence },
    ),
    tuning: object(
      {
        fields: list(tuningField),
        notes: list(sentence),
        raiseEffects: list(sentence),
        preview: list(commandLine),
        previewNote: sentence,
        canTry: boolean,
        trial: list(sentence),
        canMeasure: boolean,
        conflicts: choices(conflict),
        verification: choices(depth),
        readPreference: choices(readPreference),
      },
      {
        handoff: object({ title: sentence, fields: list(handoffField), notes: list(sentence) }),
        throughput: throughputOffer,
        capabilities: list(object({ id: name, label: sentence, on: boolean })),
      },
    ),
    review: object(
      { lines: list(line), actions: list(sentence), notMigrated: list(object(saidOf)), needsConsent: boolean },
      { savedAs: sentence, consentText: sentence },
    ),
  },
  {
    nextProblem: sentence,
    busy: object({ text: sentence, cancellable: boolean }, { done: count, total: count }),
    problem: object({ happened: sentence, why: sentence, todo: sentence }),
  },
);

const message = object({ v: oneOf([WIZARD_PROTOCOL]), type: oneOf(['view']), view });

/** True for a snapshot as this version makes them. */
export function isWizardMessage(value: unknown): value is WizardMessage {
  return message(value);
}
