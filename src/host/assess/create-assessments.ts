import { join } from 'node:path';
import { EventEmitter, type Disposable, type ExtensionContext } from 'vscode';
import type { Assessments } from '../services.js';
import { AssessmentStore } from './assessment-store.js';

/** In the extension's own storage, shared by all windows of this machine. */
export function createAssessments(
  context: Pick<ExtensionContext, 'globalStorageUri'>,
  log: { error(error: string | Error): void },
): Assessments & Disposable {
  const changes = new EventEmitter<void>();
  const store = new AssessmentStore({
    folder: join(context.globalStorageUri.fsPath, 'assessments'),
    changed: () => changes.fire(),
    log: (error) => log.error(error instanceof Error ? error : String(error)),
  });
  return {
    onDidChange: changes.event,
    latest: (id) => store.latest(id),
    load: (id) => store.load(id),
    put: (id, assessment) => store.put(id, assessment),
    forget: (id) => store.forget(id),
    dispose: () => changes.dispose(),
  };
}
