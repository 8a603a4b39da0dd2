import { Disposable, l10n, ThemeIcon, type InputBox, type QuickInputButton } from 'vscode';
import type { ConnectionString, HostAdapters } from '../adapters.js';
import { wordsOf } from '../strings.js';
import { askText } from './ask.js';
import { escapeCredentials, seemsToHoldPassword } from './build-connection-string.js';
import type { Answer } from './question-flow.js';

export interface ConnectionStringQuestion {
  readonly title: string;
  readonly prompt: string;
  readonly value?: string;
  readonly canGoBack?: boolean;
}

/**
 * Asks for a connection string, checked at every key. A password in it is hidden as soon as it is there, and user and password can be percent-encoded
 * by a button where they are not.
 */
export async function askConnectionString(
  question: ConnectionStringQuestion,
  { parseConnectionString }: Pick<HostAdapters, 'parseConnectionString'>,
): Promise<Answer<ConnectionString>> {
  const flawIn = (text: string): string | undefined => {
    try {
      parseConnectionString(text);
      return undefined;
    } catch (error) {
      return wordsOf(error).why;
    }
  };
  const answer = await askText({
    ...question,
    placeholder: 'mongodb://user:password@host:27017/',
    password: seemsToHoldPassword(question.value ?? ''),
    check: (text) => {
      const flaw = flawIn(text);
      return flaw === undefined || mendedBy(text, flawIn) === undefined
        ? flaw
        : `${flaw} ${l10n.t('The wand in the corner does it for you.')}`;
    },
    extend: (box) => extendBox(box, flawIn),
  });
  return answer.kind === 'answer' ? { kind: 'answer', value: parseConnectionString(answer.value) } : answer;
}

/** The text with user and password percent-encoded, where that is what it wants. */
function mendedBy(text: string, flawIn: (text: string) => string | undefined): string | undefined {
  const escaped = escapeCredentials(text);
  return escaped !== undefined && flawIn(escaped) === undefined ? escaped : undefined;
}

function extendBox(box: InputBox, flawIn: (text: string) => string | undefined): Disposable {
  const show: QuickInputButton = { iconPath: new ThemeIcon('eye'), tooltip: l10n.t('Show what is hidden') };
  const hide: QuickInputButton = { iconPath: new ThemeIcon('eye-closed'), tooltip: l10n.t('Hide it again') };
  const escape: QuickInputButton = {
    iconPath: new ThemeIcon('wand'),
    tooltip: l10n.t('Percent-encode user and password for me'),
  };
  const first = box.buttons;
  let revealed = false;
  const update = (): void => {
    const secret = seemsToHoldPassword(box.value);
    box.password = secret && !revealed;
    const mendable = flawIn(box.value) !== undefined && mendedBy(box.value, flawIn) !== undefined;
    box.buttons = [...first, ...(mendable ? [escape] : []), ...(secret ? [revealed ? hide : show] : [])];
  };
  update();
  return Disposable.from(
    box.onDidChangeValue(update),
    box.onDidTriggerButton((button) => {
      if (button === show || button === hide) revealed = button === show;
      else if (button === escape) {
        box.value = mendedBy(box.value, flawIn) ?? box.value;
        box.validationMessage = flawIn(box.value);
      }
      update();
    }),
  );
}
