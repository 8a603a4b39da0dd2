import type { DocumentErrorClass, ToolEvent } from './output-parser.js';

/** What a tool said about itself, in bounded size. Not a verdict: the tools' counts and exit codes cannot be trusted alone. */
export interface ToolSummary {
  /** From the tool's closing line; absent when it did not get that far. */
  readonly total?: { readonly documents: number; readonly failures: number };
  readonly collections: number;
  /** Sum over the collections' own closing lines. */
  readonly documents: number;
  readonly failures: number;
  readonly documentErrors: Readonly<Record<DocumentErrorClass, number>>;
  /** The text after `Failed:`, redacted. */
  readonly failed?: string;
  readonly lastLines: readonly string[];
}

/** What is told of a tool that failed; all that it said stood in the terminal. Judged. */
const KEPT_LINES = 20;
const KEPT_CHARACTERS = 500;

/** Adds up a tool's events. */
export class SummaryBuilder {
  #total: ToolSummary['total'];
  #failed: string | undefined;
  #collections = 0;
  #documents = 0;
  #failures = 0;
  readonly #errors: Record<DocumentErrorClass, number> = {
    'duplicate-key': 0,
    throttled: 0,
    'too-large': 0,
    validation: 0,
    other: 0,
  };
  readonly #lines: string[] = [];

  add(event: ToolEvent): void {
    switch (event.kind) {
      case 'total':
        this.#total = { documents: event.documents, failures: event.failures };
        break;
      case 'dumped':
      case 'restored':
        this.#collections++;
        this.#documents += event.documents;
        this.#failures += event.kind === 'restored' ? event.failures : 0;
        break;
      case 'document-error':
        this.#errors[event.class]++;
        this.#keep(event.text);
        break;
      case 'failed':
        this.#failed ??= event.text;
        this.#keep(event.text);
        break;
      case 'warning':
      case 'note':
        this.#keep(event.text);
        break;
      default:
        break;
    }
  }

  #keep(line: string): void {
    this.#lines.push(line.slice(0, KEPT_CHARACTERS));
    if (this.#lines.length > KEPT_LINES) this.#lines.shift();
  }

  build(): ToolSummary {
    return {
      collections: this.#collections,
      documents: this.#documents,
      failures: this.#failures,
      documentErrors: { ...this.#errors },
      lastLines: [...this.#lines],
      ...(this.#total ? { total: this.#total } : {}),
      ...(this.#failed === undefined ? {} : { failed: this.#failed }),
    };
  }
}
