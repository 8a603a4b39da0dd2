import { workspace, type Disposable, type TextDocument } from 'vscode';
import { DisposableStore } from '../disposables.js';

/** Reads what tells of plans as soon as the first one is open, and not before. */
export function watchPlans(load: () => Promise<Disposable>, log: (error: unknown) => void): Disposable {
  const store = new DisposableStore();
  let asked = false;
  const look = ({ uri }: TextDocument): void => {
    if (asked || !uri.path.endsWith('.migration.json')) return;
    asked = true;
    load().then(
      (diagnostics) => store.add(diagnostics),
      (error: unknown) => {
        asked = false;
        log(error);
      },
    );
  };
  store.add(workspace.onDidOpenTextDocument(look));
  workspace.textDocuments.forEach(look);
  return store;
}
