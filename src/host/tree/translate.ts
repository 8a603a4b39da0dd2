/** `l10n.t` of VS Code, handed in so that what is pure stays pure. */
export type Translate = (message: string, ...args: (string | number)[]) => string;
