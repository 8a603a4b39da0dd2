import type { RankedMethod } from '../../../core/model/method.js';
import { MANUAL_RU_PER_SECOND } from '../../../core/size/limits.js';
import type { MethodCard, WizardView } from '../../../protocol/wizard.js';
import { methodCostTexts } from '../../../words/costs.js';
import { methodName } from '../../../words/methods.js';
import { sentenceFor } from '../../../words/reasons.js';
import { formatDuration, formatDurationRange, formatRuPerSecond } from '../../../words/sizes.js';
import { rankedBy } from '../../assess/ranked-by.js';
import { methodOf } from '../model/derive.js';
import type { StepInput } from './wizard-model.js';
import { wishesView, windowView } from './wishes-view.js';

export function methodsView(input: StepInput): WizardView['methods'] {
  const { decisions } = input.derived;
  const asked = { wishes: wishesView(input), window: windowView(input) };
  if (!decisions) return { ...asked, summary: '', cards: [], assumptions: [] };
  const { ranked, recommended, assumptions } = decisions.recommendation;
  const note = durationNote(input);
  const assessed = rankedBy(input.assessment, input.t);
  return {
    ...asked,
    summary: summary(input),
    cards: ranked.map((method) => card(method, recommended === method.method, input)),
    ...(assessed === undefined ? {} : { assessed }),
    ...(note === undefined ? {} : { durationNote: note }),
    assumptions: assumptions.map(sentenceFor),
  };
}

function summary({ derived, t }: StepInput): string {
  const { ranked = [], recommended } = derived.decisions?.recommendation ?? {};
  const best = ranked.find((method) => method.possible);
  if (!best || recommended === undefined) return t('No method can do this as it is: see what rules each of them out.');
  return t('Recommended: {0}.', methodName(recommended));
}

function card(method: RankedMethod, recommended: boolean, input: StepInput): MethodCard {
  const { derived, state } = input;
  // What rules a method out is all that counts then.
  const reasons = [
    ...method.reasons.filter(({ weight }) => weight === '!'),
    ...method.reasons.filter(({ weight }) => weight !== '!'),
  ];
  return {
    id: method.method,
    name: capital(methodName(method.method)),
    rank: method.rank,
    recommended,
    chosen: methodOf(state.method, derived.decisions) === method.method,
    possible: method.possible,
    durationText: method.possible ? durationText(method, input) : '',
    ...costText(method, input),
    reasons: reasons.map((reason) => ({ weight: reason.weight, text: sentenceFor(reason) })),
    needs: method.needs.map(sentenceFor),
  };
}

/** Without the target's throughput the hours are the least, and so would be the cost: the figure is not told before they are known. */
function costText({ cost }: RankedMethod, { derived, t }: StepInput): Pick<MethodCard, 'costText'> {
  if (!cost || !isPaceKnown(derived)) return {};
  const { amount, leftOut } = methodCostTexts(cost);
  const told = t('Moving the data costs {0} by list prices, no quote.', amount);
  return { costText: [cost.amount ? told : '', ...leftOut].filter((text) => text !== '').join(' ') };
}

/** The tools are written as they are called. */
function capital(name: string): string {
  return name.startsWith('mongo') ? name : name.charAt(0).toUpperCase() + name.slice(1);
}

/** Without the target's throughput a duration is the least that it can be; {@link durationNote} says what the longer one is. */
export function durationText(
  { method, durationMs }: Pick<RankedMethod, 'method' | 'durationMs'>,
  { derived, t }: StepInput,
): string {
  if (isPaceKnown(derived)) return formatDurationRange(durationMs);
  const least = formatDuration(durationMs.expected);
  const slow = derived.decisions?.leastThroughputMs?.get(method);
  if (slow === undefined) return t('{0} or more', least);
  const most = formatDuration(slow);
  return least === most ? t('about {0}', least) : t('{0} to {1}, by throughput', least, most);
}

/** What the durations are reckoned with where nobody has said the target's throughput. */
function durationNote({ derived, t }: StepInput): string | undefined {
  if (isPaceKnown(derived)) return undefined;
  return derived.decisions?.leastThroughputMs
    ? t(
        'The throughput of the new collections is not set yet (step Tuning): the longer time is with {0} for each, which accounts often give by themselves; the shorter one if the target never slows the copy.',
        formatRuPerSecond(MANUAL_RU_PER_SECOND.least),
      )
    : t('How much the target takes in a second is not known: it takes longer where the target slows the copy.');
}

function isPaceKnown({ target, decisions }: StepInput['derived']): boolean {
  return target?.kind !== 'cosmos-ru' || decisions?.ruPerSecond !== undefined;
}
