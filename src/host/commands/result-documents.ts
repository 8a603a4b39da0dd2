import { commands, EventEmitter, Uri, workspace, type Disposable, type TextDocumentContentProvider } from 'vscode';

const SCHEME = 'mongo-cosmos-migration-result';
/** Results that are kept for reading again; older ones are forgotten. */
const MOST_KEPT = 20;

/** Results as read-only Markdown, shown as a page. They live as long as the window and are written nowhere. */
export class ResultDocuments implements TextDocumentContentProvider, Disposable {
  readonly #texts = new Map<string, string>();
  readonly #changes = new EventEmitter<Uri>();
  readonly #registration = workspace.registerTextDocumentContentProvider(SCHEME, this);

  get onDidChange(): EventEmitter<Uri>['event'] {
    return this.#changes.event;
  }

  provideTextDocumentContent(uri: Uri): string {
    return this.#texts.get(uri.path) ?? '';
  }

  /** A result of the same title takes the place of the one before. */
  async show(title: string, markdown: string): Promise<void> {
    const uri = Uri.from({ scheme: SCHEME, path: `/${title.replaceAll('/', '∕')}.md` });
    this.#texts.delete(uri.path);
    this.#texts.set(uri.path, markdown);
    const [oldest] = this.#texts.keys();
    if (this.#texts.size > MOST_KEPT && oldest !== undefined) this.#texts.delete(oldest);
    this.#changes.fire(uri);
    await commands.executeCommand('markdown.showPreview', uri);
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changes.dispose();
    this.#texts.clear();
  }
}
