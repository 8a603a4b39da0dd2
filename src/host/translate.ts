/** `l10n.t` of VS Code, handed in: what makes texts stays free of `vscode` and can be tested without it. */
export type Translate = (message: string, ...args: (string | number)[]) => string;
