/** The order of questions, apart from how each is asked. */

/** What a question ends with: an answer, the way back to the question before, or nothing any more. */
export type Answer<T> = { readonly kind: 'answer'; readonly value: T } | { readonly kind: 'back' | 'closed' };

/** One question: takes what was answered so far, gives it back with its own answer, or nothing where it does not apply. */
export type Ask<S> = (state: S, canGoBack: boolean) => Promise<Answer<S>> | undefined;

/** Asks until all is answered; undefined when the user closes one of them. Going back undoes the answer before. */
export async function askAll<S>(start: S, asks: readonly Ask<S>[]): Promise<S | undefined> {
  const states: { readonly at: number; readonly state: S }[] = [];
  let state = start;
  let at = 0;
  for (let ask = asks[at]; ask; ask = asks[at]) {
    const asked = ask(state, states.length > 0);
    if (!asked) {
      at++;
      continue;
    }
    const answer = await asked;
    if (answer.kind === 'closed') return undefined;
    if (answer.kind === 'answer') {
      states.push({ at, state });
      state = answer.value;
      at++;
      continue;
    }
    const before = states.pop();
    if (before) ({ at, state } = before);
  }
  return state;
}
