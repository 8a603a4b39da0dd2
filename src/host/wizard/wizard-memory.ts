import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { partsOf, restoreState } from './model/restore.js';
import type { Readings, WizardState } from './model/wizard-state.js';

/** Names of collections are nobody else's business. */
const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

/**
 * Keeps a wizard's state over reloads, in files of the extension's own storage: what was read of a cluster is megabytes, which VS Code would load with every
 * start if it stood in a memento. It is plain JSON without a secret.
 */
export class WizardMemory {
  readonly #folder: string;
  readonly #log: (error: unknown) => void;
  #wanted: WizardState | undefined;
  #writing: Promise<void> | undefined;
  #readings: Readings | undefined;
  #forgotten = false;

  constructor(root: string, id: string, log: (error: unknown) => void) {
    this.#folder = join(root, 'wizards', id);
    this.#log = log;
  }

  /** Undefined where there is nothing that this version understands. */
  async load(): Promise<WizardState | undefined> {
    const [choices, readings] = await Promise.all([this.#parse('choices.json'), this.#parse('readings.json')]);
    return restoreState(choices, readings);
  }

  /** The last one wins; while one is written, those in between are left out. */
  keep(state: WizardState): void {
    this.#wanted = state;
    this.#writing ??= this.#write();
  }

  /** Resolves when what was kept has been written. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  /** Removes what was kept, for good. */
  async forget(): Promise<void> {
    this.#forgotten = true;
    this.#wanted = undefined;
    await this.#writing;
    await rm(this.#folder, { recursive: true, force: true }).catch(this.#log);
  }

  async #write(): Promise<void> {
    try {
      await mkdir(this.#folder, { recursive: true, mode: PRIVATE_FOLDER });
      while (this.#wanted && !this.#forgotten) {
        const { choices, readings } = partsOf(this.#wanted);
        this.#wanted = undefined;
        if (readings.source !== this.#readings?.source || readings.target !== this.#readings?.target) {
          await this.#put('readings.json', readings);
          this.#readings = readings;
        }
        await this.#put('choices.json', choices);
      }
    } catch (error) {
      // A wizard that cannot be kept still works.
      this.#log(error);
    } finally {
      this.#writing = undefined;
    }
  }

  /** Whole or not at all. */
  async #put(name: string, value: unknown): Promise<void> {
    const path = join(this.#folder, name);
    await writeFile(`${path}.new`, JSON.stringify(value), { mode: PRIVATE_FILE });
    await rename(`${path}.new`, path);
  }

  async #parse(name: string): Promise<unknown> {
    try {
      return JSON.parse(await readFile(join(this.#folder, name), 'utf8'));
    } catch {
      return undefined;
    }
  }
}

/** A window that was never opened again leaves its wizard behind. */
const KEPT_MS = 30 * 24 * 3_600_000;

/** Removes what no window has asked for in a month. Never fails: it is tidying only. */
export async function removeForgotten(root: string, now: number): Promise<void> {
  const folder = join(root, 'wizards');
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: now }));
    if (now - mtimeMs > KEPT_MS) await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}
