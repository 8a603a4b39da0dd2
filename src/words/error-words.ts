/** An error in words: what happened, why, and what to do. Each is one or two sentences; `why` may be empty. */
export interface ErrorWords {
  readonly happened: string;
  readonly why: string;
  readonly todo: string;
}
