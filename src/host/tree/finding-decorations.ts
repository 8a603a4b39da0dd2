import {
  EventEmitter,
  FileDecoration,
  l10n,
  ThemeColor,
  type Disposable,
  type FileDecorationProvider,
  type Uri,
} from 'vscode';
import type { ClusterFindings } from './cluster-findings.js';
import { NODE_SCHEME } from './cluster-tree-provider.js';
import { badgeOf } from './finding-index.js';

/** Badges of findings on the rows of the Clusters view. */
export class FindingDecorations implements FileDecorationProvider, Disposable {
  readonly #findings: ClusterFindings;
  readonly #changed = new EventEmitter<Uri | Uri[] | undefined>();
  readonly onDidChangeFileDecorations = this.#changed.event;

  constructor(findings: ClusterFindings) {
    this.#findings = findings;
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  provideFileDecoration(uri: Uri): FileDecoration | undefined {
    if (uri.scheme !== NODE_SCHEME) return undefined;
    const id = uri.path.slice(1);
    const cluster = /^cluster:([^/]*)/.exec(id)?.[1];
    if (cluster === undefined) return undefined;
    const badge = badgeOf(this.#findings.at(decodeURIComponent(cluster), id), l10n.t);
    if (!badge) return undefined;
    const color = badge.severity === 'blocker' ? 'list.errorForeground' : 'list.warningForeground';
    return new FileDecoration(badge.text, badge.tooltip, new ThemeColor(color));
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
