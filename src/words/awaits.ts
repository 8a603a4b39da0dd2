import type { Awaited } from '../core/model/handoff.js';

export interface AwaitedWords {
  /** In a few words, after the step that the run is at. */
  readonly short: string;
  /** What the person has to do. */
  readonly sentence: string;
  readonly question: string;
  /** What follows from a yes. */
  readonly detail: string;
  /** What a key does, in a word. */
  readonly key: string;
}

const WORDS: Readonly<Record<Awaited, AwaitedWords>> = {
  'studio-3t-done': {
    short: 'waits for Studio 3T',
    sentence:
      'It waits for you: copy the collections with Studio 3T through the relay on this machine, then say that it is done.',
    question: 'Has Studio 3T copied everything?',
    detail:
      'The relay ends, the indexes are built, and every document is compared on both sides. What is missing is told, and the run can be resumed.',
    key: 'done',
  },
  'cut-over': {
    short: 'waits for the cut-over',
    sentence:
      'It waits for you: the target follows the source. Stop everything that writes to the source, then say that it can cut over.',
    question: 'Does nothing write to the source any more?',
    detail:
      'What is written to the source after the cut-over does not arrive. Both sides are compared after it, and what is missing is told.',
    key: 'cut over',
  },
  deployment: {
    short: 'waits for your yes to what is deployed',
    sentence: 'It waits for you: look in its terminal at what Azure foresees, then say that it may be deployed.',
    question: 'May what Azure foresees be deployed?',
    detail:
      'Its terminal lists every resource that would be made or changed. Until you agree nothing is, and it costs nothing.',
    key: 'deploy',
  },
  registration: {
    short: 'waits for your yes to a registration',
    sentence:
      'It waits for you: look in its terminal which resource providers are not registered in the subscription, then say that they may be.',
    question: 'May they be registered in the subscription?',
    detail:
      'Registering lets the subscription use a service. It makes nothing, costs nothing, takes some minutes and stays. It needs a right that Contributors and Owners of the subscription have.',
    key: 'register',
  },
};

/** What a run waits for, in words. */
export function awaitedWords(what: Awaited): AwaitedWords {
  return WORDS[what];
}
