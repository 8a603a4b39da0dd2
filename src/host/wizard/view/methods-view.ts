import type { RankedMethod } from '../../../core/model/method.js';
import type { MethodCard, WizardView } from '../../../protocol/wizard.js';
import { methodName } from '../../../words/methods.js';
import { sentenceFor } from '../../../words/reasons.js';
import { formatDuration, formatDurationRange } from '../../../words/sizes.js';
import { methodOf } from '../model/derive.js';
import type { StepInput } from './wizard-model.js';

export function methodsView(input: StepInput): WizardView['methods'] {
  const { decisions } = input.derived;
  if (!decisions) return { cards: [], assumptions: [] };
  const { ranked, recommended, assumptions } = decisions.recommendation;
  return {
    cards: ranked.map((method) => card(method, recommended === method.method, input)),
    assumptions: assumptions.map(sentenceFor),
  };
}

function card(method: RankedMethod, recommended: boolean, input: StepInput): MethodCard {
  const { t, derived, state } = input;
  const reasons = method.reasons.map((reason) => ({ weight: reason.weight, text: sentenceFor(reason) }));
  return {
    id: method.method,
    name: methodName(method.method),
    rank: method.rank,
    recommended,
    chosen: methodOf(state.method, derived.decisions) === method.method,
    possible: method.possible,
    available: method.available,
    durationText: method.possible ? durationText(method.durationMs, input) : '',
    reasons: method.available
      ? reasons
      : [
          ...reasons,
          { weight: '-' as const, text: t('This version does not carry it out yet, so it cannot be chosen.') },
        ],
    needs: method.needs.map(sentenceFor),
  };
}

/** Without the target's throughput a duration is only the least that it can be. */
export function durationText(duration: RankedMethod['durationMs'], { derived, t }: StepInput): string {
  const isPaceKnown = derived.target?.kind !== 'cosmos-ru' || derived.decisions?.ruPerSecond !== undefined;
  return isPaceKnown
    ? formatDurationRange(duration)
    : t('{0} or more: how much the target takes in a second is not known', formatDuration(duration.expected));
}
