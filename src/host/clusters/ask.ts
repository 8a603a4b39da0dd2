/** Questions one after another, with a way back. */
import { Disposable, l10n, QuickInputButtons, window, type InputBox, type QuickPickItem } from 'vscode';
import { unlinked } from '../unlinked.js';
import type { Answer } from './question-flow.js';

interface Question {
  readonly title: string;
  /** Whether there is a question before this one. */
  readonly canGoBack?: boolean;
}

export interface TextQuestion extends Question {
  readonly prompt: string;
  readonly value?: string;
  readonly placeholder?: string;
  readonly password?: boolean;
  /** A sentence that says what is wrong. Called at every change, not for an empty text before anything was typed. */
  readonly check?: (text: string) => string | undefined;
  /** Further buttons and behaviour. */
  readonly extend?: (box: InputBox) => Disposable;
}

export function askText(question: TextQuestion): Promise<Answer<string>> {
  const box = window.createInputBox();
  box.title = question.title;
  box.prompt = unlinked(question.prompt);
  box.value = question.value ?? '';
  box.placeholder = question.placeholder;
  box.password = question.password ?? false;
  box.ignoreFocusOut = true;
  box.buttons = question.canGoBack ? [QuickInputButtons.Back] : [];
  const check = (): boolean => {
    const problem = question.check?.(box.value);
    box.validationMessage = problem === undefined ? undefined : unlinked(problem);
    return problem === undefined;
  };
  return new Promise((resolve) => {
    let answer: Answer<string> = { kind: 'closed' };
    const end = (ended: Answer<string>): void => {
      answer = ended;
      box.hide();
    };
    const listeners = Disposable.from(
      box.onDidChangeValue(check),
      box.onDidAccept(() => {
        if (check()) end({ kind: 'answer', value: box.value });
      }),
      box.onDidTriggerButton((button) => {
        if (button === QuickInputButtons.Back) end({ kind: 'back' });
      }),
      question.extend?.(box) ?? new Disposable(() => undefined),
      box.onDidHide(() => {
        listeners.dispose();
        box.dispose();
        resolve(answer);
      }),
    );
    box.show();
  });
}

export interface Choice<T> extends QuickPickItem {
  readonly value: T;
}

export interface ChoiceQuestion<T> extends Question {
  readonly placeholder: string;
  readonly choices: readonly Choice<T>[];
  /** More choices, found while the question is shown; they go to the top. */
  readonly later?: Promise<readonly Choice<T>[]>;
}

export function askChoice<T>(question: ChoiceQuestion<T>): Promise<Answer<T>> {
  const pick = window.createQuickPick<Choice<T>>();
  pick.title = question.title;
  pick.placeholder = question.placeholder;
  pick.items = question.choices;
  pick.ignoreFocusOut = true;
  pick.buttons = question.canGoBack ? [QuickInputButtons.Back] : [];
  return new Promise((resolve) => {
    let answer: Answer<T> = { kind: 'closed' };
    let shown = true;
    const end = (ended: Answer<T>): void => {
      answer = ended;
      pick.hide();
    };
    const listeners = Disposable.from(
      pick.onDidAccept(() => {
        const [item] = pick.selectedItems;
        if (item) end({ kind: 'answer', value: item.value });
      }),
      pick.onDidTriggerButton((button) => {
        if (button === QuickInputButtons.Back) end({ kind: 'back' });
      }),
      pick.onDidHide(() => {
        shown = false;
        listeners.dispose();
        pick.dispose();
        resolve(answer);
      }),
    );
    pick.show();
    void question.later?.then((more) => {
      if (shown && more.length > 0) pick.items = [...more, ...question.choices];
    });
  });
}

export const yes = (): string => l10n.t('Yes');
export const no = (): string => l10n.t('No');
