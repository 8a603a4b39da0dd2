import { l10n, Uri, type Disposable, type ExtensionContext, type LogOutputChannel, type WebviewPanel } from 'vscode';
import { parseWizardIntent } from '../../protocol/guards/wizard.js';
import { WIZARD_PROTOCOL, type WizardMessage, type WizardView } from '../../protocol/wizard.js';
import { DisposableStore } from '../disposables.js';
import { pageOptions, webviewHtml } from '../panels/webview-html.js';
import type { WizardSession } from './wizard-session.js';

/** The wizard's panel: paints at once, sends whole snapshots, takes intents that pass the guard. */
export class WizardPage implements Disposable {
  readonly #panel: WebviewPanel;
  readonly #log: LogOutputChannel;
  readonly #store = new DisposableStore();
  #session: WizardSession | undefined;
  #following: { dispose(): void } | undefined;
  #ready = false;
  /** Counts what this panel was sent: a page drops what is older than what it shows, whichever session made it. */
  #revision = 0;

  constructor(
    panel: WebviewPanel,
    id: string,
    /** Drawn before anything is asked for; absent where it has to be read first. */
    first: WizardView | undefined,
    { log, context }: { readonly log: LogOutputChannel; readonly context: Pick<ExtensionContext, 'extensionUri'> },
  ) {
    this.#panel = panel;
    this.#log = log;
    const title = l10n.t('Migration Wizard');
    panel.title = title;
    panel.iconPath = Uri.joinPath(context.extensionUri, 'media', 'icon.png');
    panel.webview.options = pageOptions(context.extensionUri);
    this.#store.add(panel.webview.onDidReceiveMessage((message: unknown) => this.#receive(message)));
    this.#store.add(
      panel.onDidChangeViewState(() => {
        // A hidden page is thrown away; the next one says that it is ready.
        if (!panel.visible) this.#ready = false;
      }),
    );
    panel.webview.html = webviewHtml(panel.webview, {
      extensionUri: context.extensionUri,
      page: 'wizard',
      title,
      state: { id },
      ...(first ? { firstView: messageOf({ ...first, revision: 0 }) } : {}),
    });
  }

  get panel(): WebviewPanel {
    return this.#panel;
  }

  /** Shows this session from now on. */
  follow(session: WizardSession): void {
    this.#following?.dispose();
    this.#session = session;
    this.#following = session.onView((view) => this.#send(view));
    if (this.#ready) void session.dispatch({ type: 'ready' });
  }

  /** Lets go of the panel, which stays: closing it is the user's, and a window that reloads brings it back. */
  dispose(): void {
    this.#following?.dispose();
    this.#store.dispose();
  }

  #receive(message: unknown): void {
    const intent = parseWizardIntent(message);
    if (!intent) {
      this.#log.warn('The wizard sent something that it must not send; it was ignored.');
      return;
    }
    if (intent.type === 'ready') this.#ready = true;
    this.#session?.dispatch(intent).catch((error: unknown) => {
      this.#log.error(error instanceof Error ? error : String(error));
    });
  }

  #send(view: WizardView): void {
    if (!this.#ready) return;
    this.#revision += 1;
    void this.#panel.webview.postMessage(messageOf({ ...view, revision: this.#revision }));
  }
}

function messageOf(view: WizardView): WizardMessage {
  return { v: WIZARD_PROTOCOL, type: 'view', view };
}
