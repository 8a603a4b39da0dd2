import { MigrationError } from '../../../core/model/error.js';

/** Calls `make` again only when one of the input's fields is another one than last time. For pure functions of immutable values. */
export function remembered<I extends object, O>(make: (input: I) => O): (input: I) => O {
  let last: { readonly input: I; readonly output: O } | undefined;
  return (input) => {
    if (!last || !isAlike(last.input, input)) last = { input, output: make(input) };
    return last.output;
  };
}

function isAlike(a: object, b: object): boolean {
  const [x, y] = [a as Readonly<Record<string, unknown>>, b as Readonly<Record<string, unknown>>];
  const names = Object.keys(x);
  return names.length === Object.keys(y).length && names.every((name) => Object.is(x[name], y[name]));
}

/** The earlier of two values that say the same, so that what was made from it can be remembered. */
export function stable<T>(): (value: T) => T {
  let last: { readonly value: T; readonly text: string } | undefined;
  return (value) => {
    const text = JSON.stringify(value) ?? '';
    if (!last || last.text !== text) last = { value, text };
    return last.value;
  };
}

export type Attempt<T> =
  { readonly value: T; readonly error?: never } | { readonly value?: never; readonly error: MigrationError };

/** An expected refusal (a plan that cannot be, a target that is none) as a value. */
export function attempt<I, T>(make: (input: I) => T): (input: I) => Attempt<T> {
  return (input) => {
    try {
      return { value: make(input) };
    } catch (error) {
      if (MigrationError.is(error)) return { error };
      throw error;
    }
  };
}

/** The same by what the answer depends on. */
export function rememberedBy<I, O>(depends: (input: I) => readonly unknown[], make: (input: I) => O): (input: I) => O {
  let last: { readonly on: readonly unknown[]; readonly output: O } | undefined;
  return (input) => {
    const on = depends(input);
    if (!last?.on.every((value, i) => Object.is(value, on[i]))) last = { on, output: make(input) };
    return last.output;
  };
}
