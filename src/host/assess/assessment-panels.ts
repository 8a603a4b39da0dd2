import { writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { l10n, ThemeIcon, Uri, ViewColumn, window, workspace, type Disposable, type WebviewPanel } from 'vscode';
import type { Assessment } from '../../core/model/assessment.js';
import { MigrationError } from '../../core/model/error.js';
import { assessmentPieces, assessmentText, type AssessmentFormat } from '../../words/assessment-formats.js';
import { DisposableStore } from '../disposables.js';
import { PANELS } from '../ids.js';
import { reportDocument } from '../panels/report-document.js';
import { panelIcon } from '../panels/webview-html.js';
import type { HostServices } from '../services.js';
import { unlinked } from '../unlinked.js';

export interface AssessmentPanelParts {
  readonly services: Pick<HostServices, 'clusters' | 'assessments'>;
  readonly extensionUri: Uri;
  /** Of this extension. */
  readonly version: string;
  /** Hides what is known to be secret: an assessment holds none, and a file is forever. */
  readonly clean: (text: string) => string;
}

interface Shown {
  readonly panel: WebviewPanel;
  assessment: Assessment;
}

/** Reports of assessments, one panel for each source, without scripts. */
export class AssessmentPanels implements Disposable {
  readonly #parts: AssessmentPanelParts;
  readonly #store = new DisposableStore();
  readonly #shown = new Map<string, Shown>();

  constructor(parts: AssessmentPanelParts) {
    this.#parts = parts;
  }

  dispose(): void {
    this.#store.dispose();
    for (const { panel } of [...this.#shown.values()]) panel.dispose();
  }

  show(clusterId: string, assessment: Assessment): void {
    const open = this.#shown.get(clusterId);
    if (open) {
      open.assessment = assessment;
      this.#draw(open);
      open.panel.reveal();
      return;
    }
    const title = titleOf(assessment.source.name);
    const panel = window.createWebviewPanel(PANELS.assessment, title, ViewColumn.Active, { enableScripts: false });
    this.#adopt(clusterId, panel, assessment);
  }

  /** A page without scripts keeps no state: its title tells which source it was of. */
  async restore(panel: WebviewPanel): Promise<void> {
    const { clusters, assessments } = this.#parts.services;
    const source = clusters.list('source').find(({ name }) => titleOf(name) === panel.title);
    const assessment = source && (await assessments.load(source.id));
    if (source === undefined || assessment === undefined || this.#shown.has(source.id)) panel.dispose();
    else this.#adopt(source.id, panel, assessment);
  }

  /** Writes the report that is in front in one of its forms. Resolves with the file's path. */
  async save(): Promise<string | undefined> {
    const [, shown] = [...this.#shown].find(([, { panel }]) => panel.active) ?? [];
    if (!shown) return undefined;
    const { assessment } = shown;
    const chosen = await window.showQuickPick(formats(), {
      title: l10n.t('Save Assessment'),
      placeHolder: l10n.t('As what?'),
    });
    const path = chosen && (await choosePath(assessment.source.name, chosen.format));
    if (path === undefined) return undefined;
    const { clean, version } = this.#parts;
    const format = chosen?.format ?? 'html';
    try {
      await writeFile(path, assessmentPieces(assessment, { format, version, clean }));
    } catch (error) {
      throw new MigrationError('file-failed', { path, action: 'write', code: codeOf(error) }, { cause: error });
    }
    const open = l10n.t('Open');
    const opens = chosen?.format !== 'html';
    void window
      .showInformationMessage(unlinked(l10n.t('Saved as {0}.', path)), ...(opens ? [open] : []))
      .then((clicked) => (clicked === open ? window.showTextDocument(Uri.file(path)) : undefined));
    return path;
  }

  #adopt(clusterId: string, panel: WebviewPanel, assessment: Assessment): void {
    const shown: Shown = { panel, assessment };
    this.#shown.set(clusterId, shown);
    panel.onDidDispose(() => {
      if (this.#shown.get(clusterId) === shown) this.#shown.delete(clusterId);
    });
    panel.iconPath = panelIcon(this.#parts.extensionUri);
    panel.webview.options = { enableScripts: false, localResourceRoots: [] };
    this.#draw(shown);
  }

  #draw({ panel, assessment }: Shown): void {
    const html = reportDocument(assessmentText(assessment, 'html', this.#parts.version));
    if (html === undefined) throw new MigrationError('internal', { reason: 'report' });
    panel.webview.html = html;
  }
}

function titleOf(name: string): string {
  return l10n.t('Assessment of {0}', name);
}

function formats(): readonly { label: string; detail: string; iconPath: ThemeIcon; format: AssessmentFormat }[] {
  return [
    {
      label: 'HTML',
      detail: l10n.t('One file, for reading and printing'),
      iconPath: new ThemeIcon('globe'),
      format: 'html',
    },
    {
      label: 'Markdown',
      detail: l10n.t('For a wiki or a repository'),
      iconPath: new ThemeIcon('markdown'),
      format: 'md',
    },
    {
      label: 'JSON',
      detail: l10n.t('Everything, for programs; a later run can be compared with it'),
      iconPath: new ThemeIcon('json'),
      format: 'json',
    },
    {
      label: 'SARIF',
      detail: l10n.t('The findings, for tools that list them'),
      iconPath: new ThemeIcon('checklist'),
      format: 'sarif',
    },
  ];
}

async function choosePath(name: string, format: AssessmentFormat): Promise<string | undefined> {
  const folder = workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri.fsPath ?? homedir();
  const file = `${name.replace(/[^\p{L}\p{N}._-]+/gu, '-')}-assessment.${format}`;
  const chosen = await window.showSaveDialog({
    title: l10n.t('Save Assessment'),
    defaultUri: Uri.file(join(folder, file)),
    filters: { [format.toUpperCase()]: [format] },
  });
  return chosen?.fsPath;
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException | undefined)?.code);
}
