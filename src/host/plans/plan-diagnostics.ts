import {
  CodeAction,
  CodeActionKind,
  Diagnostic,
  DiagnosticSeverity,
  languages,
  Range,
  Uri,
  workspace,
  WorkspaceEdit,
  type CodeActionProvider,
  type Disposable,
  type Event,
  type TextDocument,
} from 'vscode';
import type { Assessment } from '../../core/model/assessment.js';
import type { Severity } from '../../core/model/finding.js';
import type { Plan } from '../../core/model/plan.js';
import type { Clock } from '../../engine/ports.js';
import { DisposableStore } from '../disposables.js';
import type { PlanFix } from '../../core/assess/plan/plan-finding.js';
import { fixedText, planProblems, type ParsePlan, type PlanProblem } from './plan-check.js';

export interface PlanDiagnosticsParts {
  readonly clock: Clock;
  readonly parsePlan: ParsePlan;
  /** The latest assessment of the plan's source, where there is one. */
  readonly assessmentOf: (plan: Pick<Plan, 'source'>) => Promise<Pick<Assessment, 'targets'> | undefined>;
  /** Assessments have changed. */
  readonly onAssessed: Event<unknown>;
  readonly log: (error: unknown) => void;
}

const ENDING = '.migration.json';
/** Typing has come to rest. */
const REST_MS = 300;
/** Ten thousand collections take about 20 MB; a longer file is looked at when it is run. */
const LONGEST_TEXT = 32 * 1024 * 1024;

const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  blocker: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
};

export function isPlanDocument({ uri, isClosed }: Pick<TextDocument, 'uri' | 'isClosed'>): boolean {
  return !isClosed && uri.path.endsWith(ENDING) && uri.scheme !== 'git';
}

class PlanFixAction extends CodeAction {
  constructor(
    label: string,
    readonly uri: Uri,
    readonly fix: PlanFix,
  ) {
    super(label, CodeActionKind.QuickFix);
  }
}

/** What is told of open plan files in the Problems panel, and the quick fixes for it. */
export class PlanDiagnostics implements Disposable, CodeActionProvider<CodeAction> {
  readonly #parts: PlanDiagnosticsParts;
  readonly #store = new DisposableStore();
  readonly #shown = this.#store.add(languages.createDiagnosticCollection('Cosmos Migration'));
  readonly #problems = new Map<string, readonly (readonly [Diagnostic, PlanProblem])[]>();
  readonly #waiting = new Map<string, AbortController>();

  constructor(parts: PlanDiagnosticsParts) {
    this.#parts = parts;
    const look = (document: TextDocument, restMs: number): void => {
      if (isPlanDocument(document)) void this.#soon(document, restMs).catch(parts.log);
    };
    const all = (): void => {
      for (const document of workspace.textDocuments) look(document, 0);
    };
    this.#store.add(workspace.onDidOpenTextDocument((document) => look(document, 0)));
    this.#store.add(workspace.onDidChangeTextDocument(({ document }) => look(document, REST_MS)));
    this.#store.add(workspace.onDidCloseTextDocument(({ uri }) => this.#forget(uri)));
    this.#store.add(parts.onAssessed(all));
    this.#store.add(
      languages.registerCodeActionsProvider({ pattern: `**/*${ENDING}` }, this, {
        providedCodeActionKinds: [CodeActionKind.QuickFix],
      }),
    );
    all();
  }

  dispose(): void {
    for (const stop of this.#waiting.values()) stop.abort();
    this.#store.dispose();
  }

  provideCodeActions(
    document: TextDocument,
    range: Range,
    { diagnostics }: { readonly diagnostics: readonly Diagnostic[] },
  ): CodeAction[] {
    const asked = new Set(diagnostics.map(identityOf));
    return (this.#problems.get(document.uri.toString()) ?? [])
      .filter(([one]) => asked.has(identityOf(one)) && one.range.intersection(range) !== undefined)
      .flatMap(([one, { fixes }]) =>
        fixes.map(({ label, fix }, i) => {
          const action = new PlanFixAction(label, document.uri, fix);
          action.diagnostics = [one];
          // Where there is one thing to do, it is that.
          action.isPreferred = fixes.length === 1 && i === 0;
          return action;
        }),
      );
  }

  /** Worked out for the action that is chosen: a plan can be long. */
  async resolveCodeAction(action: CodeAction): Promise<CodeAction> {
    if (!(action instanceof PlanFixAction)) return action;
    const document = await workspace.openTextDocument(action.uri);
    const replacement = fixedText(document.getText(), this.#parts.parsePlan, action.fix);
    if (!replacement) return action;
    action.edit = new WorkspaceEdit();
    const range = new Range(document.positionAt(replacement.start), document.positionAt(replacement.end));
    action.edit.replace(action.uri, range, replacement.text);
    return action;
  }

  /** The last change counts; what was waited for before is given up. */
  async #soon(document: TextDocument, restMs: number): Promise<void> {
    const key = document.uri.toString();
    this.#waiting.get(key)?.abort();
    const stop = new AbortController();
    this.#waiting.set(key, stop);
    if (restMs > 0) await this.#parts.clock.sleep(restMs, stop.signal).catch(() => undefined);
    if (!stop.signal.aborted) await this.#check(document, stop.signal);
  }

  async #check(document: TextDocument, signal: AbortSignal): Promise<void> {
    const text = document.getText();
    const assessment = text.length > LONGEST_TEXT ? undefined : await this.#assessmentFor(text);
    if (signal.aborted || document.isClosed) return;
    const problems = text.length > LONGEST_TEXT ? [] : planProblems(text, this.#parts.parsePlan, assessment);
    const pairs = problems.map((problem) => [diagnosticOf(problem, document), problem] as const);
    this.#problems.set(document.uri.toString(), pairs);
    this.#shown.set(
      document.uri,
      pairs.map(([diagnostic]) => diagnostic),
    );
  }

  async #assessmentFor(text: string): Promise<Pick<Assessment, 'targets'> | undefined> {
    const { parsePlan, assessmentOf } = this.#parts;
    try {
      return await assessmentOf(parsePlan(text));
    } catch {
      // No plan: told of where it is looked at.
      return undefined;
    }
  }

  #forget(uri: Uri): void {
    const key = uri.toString();
    this.#waiting.get(key)?.abort();
    this.#waiting.delete(key);
    this.#problems.delete(key);
    this.#shown.delete(uri);
  }
}

function diagnosticOf({ span, message, severity, rule, address }: PlanProblem, document: TextDocument): Diagnostic {
  const range = new Range(document.positionAt(span.start), document.positionAt(span.end));
  const diagnostic = new Diagnostic(range, message, SEVERITIES[severity]);
  diagnostic.source = 'Cosmos Migration';
  diagnostic.code = address === undefined ? rule : { value: rule, target: Uri.parse(address, true) };
  return diagnostic;
}

/** Diagnostics come back from VS Code as copies. */
function identityOf({ code, message, range }: Diagnostic): string {
  const rule = typeof code === 'object' ? code.value : code;
  return JSON.stringify([rule, message, range.start.line, range.start.character]);
}
