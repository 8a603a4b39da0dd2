/** What the figures and findings of a report refer to: assumptions (A1, A2 ...) and sources (S1, S2 ...), each told once. */
import type { Assumption, Estimate } from '../core/model/estimate.js';
import type { Reason } from '../core/model/method.js';
import { groundsOf, reasonGrounds, type Grounds } from './assumptions.js';
import { estimateText } from './estimates.js';
import { prose, type Block, type Cell } from './report-parts.js';

interface Note {
  readonly mark: string;
  readonly text: string;
  readonly source?: string;
}

/** Collects notes in the order in which they are first referred to. */
export class NoteBook {
  readonly #assumptions = new Map<string, Note>();
  readonly #sources = new Map<string, Note>();

  /** Marks of assumptions. */
  assumptions(assumptions: readonly Assumption[]): readonly string[] {
    return assumptions.map((assumption) => this.note(groundsOf(assumption)));
  }

  /** Marks of what a recommendation takes for granted; a figure that rests on the same has the same mark. */
  reasons(reasons: readonly Reason[]): readonly string[] {
    return reasons.map((reason) => this.note(reasonGrounds(reason)));
  }

  source(source: string): string {
    return markIn(this.#sources, 'S', '', source);
  }

  private note({ text, source }: Grounds): string {
    return markIn(this.#assumptions, 'A', text, source);
  }

  /** An estimate with the marks of all that it rests on. */
  figure(estimate: Estimate): Cell {
    return { ...prose(estimateText(estimate)), notes: this.assumptions(estimate.assumptions) };
  }

  blocks(): readonly Block[] {
    const blocks: Block[] = [];
    if (this.#assumptions.size > 0) {
      blocks.push({ kind: 'heading', text: 'Assumptions' }, { kind: 'notes', notes: [...this.#assumptions.values()] });
    }
    if (this.#sources.size > 0) {
      blocks.push(
        { kind: 'heading', text: 'Sources of the rules' },
        { kind: 'notes', notes: [...this.#sources.values()] },
      );
    }
    return blocks;
  }
}

function markIn(notes: Map<string, Note>, letter: string, text: string, source?: string): string {
  const key = `${text}\n${source ?? ''}`;
  const known = notes.get(key);
  if (known) return known.mark;
  const note = { mark: `${letter}${notes.size + 1}`, text, ...(source === undefined ? {} : { source }) };
  notes.set(key, note);
  return note.mark;
}
