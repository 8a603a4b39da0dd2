import { nodeId, parentNode, type ClusterTreeNode } from './node.js';

export interface ChangeQueueOptions {
  /** Rows to draw again; none of them lies under another. Undefined: everything. */
  readonly draw: (nodes: readonly ClusterTreeNode[] | undefined) => void;
  /** Calls back once after a while; returns how to call it off. */
  readonly later: (work: () => void, ms: number) => () => void;
}

/** Long enough to gather what a busy server answers, short enough to look immediate. */
const GATHER_MS = 100;
/** VS Code compares every row of one event with every other. */
const MOST_ROWS = 200;

/** Gathers changed rows, so that thousands of readings are drawn in a few steps. */
export class ChangeQueue {
  readonly #options: ChangeQueueOptions;
  readonly #pending = new Map<string, ClusterTreeNode>();
  #everything = false;
  #callOff: (() => void) | undefined;

  constructor(options: ChangeQueueOptions) {
    this.#options = options;
  }

  add(node: ClusterTreeNode | undefined): void {
    if (node) this.#pending.set(nodeId(node), node);
    else this.#everything = true;
    this.#callOff ??= this.#options.later(() => this.#flush(), GATHER_MS);
  }

  dispose(): void {
    this.#callOff?.();
    this.#pending.clear();
  }

  #flush(): void {
    this.#callOff = undefined;
    if (this.#everything) {
      this.#everything = false;
      this.#pending.clear();
      this.#options.draw(undefined);
      return;
    }
    const drawn = new Map<string, ClusterTreeNode>();
    for (const [id, node] of this.#pending) {
      if (drawn.size === MOST_ROWS) break;
      if (this.#isCovered(node, drawn)) this.#pending.delete(id);
      else drawn.set(id, node);
    }
    for (const id of drawn.keys()) this.#pending.delete(id);
    if (this.#pending.size > 0) this.#callOff = this.#options.later(() => this.#flush(), GATHER_MS);
    if (drawn.size > 0) this.#options.draw([...drawn.values()]);
  }

  /** A row that is drawn again brings everything below it along. */
  #isCovered(node: ClusterTreeNode, drawn: ReadonlyMap<string, ClusterTreeNode>): boolean {
    for (let up = parentNode(node, noRole); up; up = parentNode(up, noRole)) {
      const id = nodeId(up);
      if (this.#pending.has(id) || drawn.has(id)) return true;
    }
    return false;
  }
}

/** Groups are never drawn for what is below them. */
const noRole = (): undefined => undefined;
