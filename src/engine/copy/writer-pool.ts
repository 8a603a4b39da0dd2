/** Senders of inserts, lent for one command at a time; how many may be out at once is the pacer's word. */
import type { CopyPacer } from '../pace/pacer.js';
import type { CopyTarget, CopyWriter } from './ports.js';

interface Waiter {
  readonly pacer: CopyPacer;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

export class WriterPool {
  readonly #idle: CopyWriter[] = [];
  readonly #all = new Set<CopyWriter>();
  readonly #out = new Map<CopyPacer, number>();
  readonly #waiting: Waiter[] = [];

  constructor(
    private readonly target: CopyTarget,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener('abort', () => {
      for (const { reject } of this.#waiting.splice(0)) reject(signal.reason);
    });
  }

  /** Runs `work` with a writer that nobody else has meanwhile. @throws the signal's reason, and what `work` throws. */
  async with<T>(pacer: CopyPacer, work: (writer: CopyWriter) => Promise<T>): Promise<T> {
    await this.#enter(pacer);
    try {
      const writer = this.#idle.pop() ?? (await this.#open());
      try {
        return await work(writer);
      } finally {
        this.#idle.push(writer);
      }
    } finally {
      this.#out.set(pacer, (this.#out.get(pacer) ?? 1) - 1);
      this.#admit();
    }
  }

  async close(): Promise<void> {
    const all = [...this.#all];
    this.#all.clear();
    this.#idle.length = 0;
    await Promise.allSettled(all.map((writer) => writer.close()));
  }

  async #open(): Promise<CopyWriter> {
    const writer = await this.target.openWriter(this.signal);
    this.#all.add(writer);
    return writer;
  }

  async #enter(pacer: CopyPacer): Promise<void> {
    this.signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ pacer, resolve, reject });
      this.#admit();
    });
  }

  /** First come, first served among those of one pacer. */
  #admit(): void {
    for (let i = 0; i < this.#waiting.length;) {
      const waiter = this.#waiting[i];
      const out = waiter ? (this.#out.get(waiter.pacer) ?? 0) : 0;
      if (!waiter || out >= Math.max(1, waiter.pacer.concurrency())) {
        i += 1;
        continue;
      }
      this.#waiting.splice(i, 1);
      this.#out.set(waiter.pacer, out + 1);
      waiter.resolve();
    }
  }
}
