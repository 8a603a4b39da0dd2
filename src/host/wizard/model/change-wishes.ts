/** What changes where somebody says what matters to them. */
import { MOST_WINDOW_HOURS, SKILLS, type AdviceWishes } from '../../../core/advise/facts.js';
import type { WishId, WishValue } from '../../../protocol/wishes.js';
import { without } from './without.js';

/** A value that is none of the wish's own means no. */
export function withWish(wishes: AdviceWishes, id: WishId, value: WishValue): AdviceWishes {
  switch (id) {
    case 'online':
      return { ...without(wishes, 'online'), ...(value === 'yes' ? { online: true } : {}) };
    case 'studio3t':
      return { ...without(wishes, 'ownsStudio3t'), ...(value === 'yes' ? { ownsStudio3t: true } : {}) };
    case 'azure-reaches':
      return withNetwork(wishes, 'sourceReachableFromAzure', yesOrNo(value));
    case 'private-endpoint':
      return withNetwork(wishes, 'privateEndpoint', value === 'yes' ? true : undefined);
    case 'from-here':
      return withNetwork(wishes, 'fromHere', yesOrNo(value));
    case 'skills': {
      const known = SKILLS.filter((skill) => value.split('+').includes(skill));
      const isSaid = value === 'none' || known.length > 0;
      return { ...without(wishes, 'skills'), ...(isSaid ? { skills: known } : {}) };
    }
    case 'files':
      return {
        ...without(wishes, 'wantsFiles'),
        ...(value === 'json' || value === 'csv' ? { wantsFiles: value } : {}),
      };
  }
}

function yesOrNo(value: WishValue): boolean | undefined {
  return value === 'yes' ? true : value === 'no' ? false : undefined;
}

function withNetwork(
  wishes: AdviceWishes,
  fact: keyof NonNullable<AdviceWishes['network']>,
  known: boolean | undefined,
): AdviceWishes {
  const network = { ...without(wishes.network ?? {}, fact), ...(known === undefined ? {} : { [fact]: known }) };
  return { ...without(wishes, 'network'), ...(Object.keys(network).length > 0 ? { network } : {}) };
}

/** What is no whole number of hours within the bounds changes nothing. */
export function withWindow(wishes: AdviceWishes, hours: number): AdviceWishes {
  if (hours === 0) return without(wishes, 'windowHours');
  const isHours = Number.isSafeInteger(hours) && hours > 0 && hours <= MOST_WINDOW_HOURS;
  return isHours ? { ...wishes, windowHours: hours } : wishes;
}
