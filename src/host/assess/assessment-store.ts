import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Assessment } from '../../core/model/assessment.js';

/** Of the user alone: names of collections and fields, though no secret and no value of a document. */
const PRIVATE_FOLDER = 0o700;
const PRIVATE_FILE = 0o600;

export interface AssessmentStoreParts {
  readonly folder: string;
  readonly changed: () => void;
  readonly log: (error: unknown) => void;
}

/** The latest assessment of each source, on this machine. What cannot be read or kept is as if it had never been made. */
export class AssessmentStore {
  readonly #parts: AssessmentStoreParts;
  readonly #known = new Map<string, Promise<Assessment | undefined>>();
  readonly #loaded = new Map<string, Assessment>();

  constructor(parts: AssessmentStoreParts) {
    this.#parts = parts;
  }

  /** What {@link load} has found, or was put, in this window. */
  latest(clusterId: string): Assessment | undefined {
    return this.#loaded.get(clusterId);
  }

  load(clusterId: string): Promise<Assessment | undefined> {
    let known = this.#known.get(clusterId);
    if (!known) {
      known = this.#read(clusterId);
      this.#known.set(clusterId, known);
    }
    return known;
  }

  async put(clusterId: string, assessment: Assessment): Promise<void> {
    this.#known.set(clusterId, Promise.resolve(assessment));
    this.#loaded.set(clusterId, assessment);
    this.#parts.changed();
    const path = this.#path(clusterId);
    try {
      await mkdir(this.#parts.folder, { recursive: true, mode: PRIVATE_FOLDER });
      // Whole or not at all.
      await writeFile(`${path}.new`, JSON.stringify(assessment), { mode: PRIVATE_FILE });
      await rename(`${path}.new`, path);
    } catch (error) {
      this.#parts.log(error);
    }
  }

  /** Of a source that was removed. */
  async forget(clusterId: string): Promise<void> {
    this.#known.delete(clusterId);
    this.#loaded.delete(clusterId);
    await rm(this.#path(clusterId), { force: true }).catch(this.#parts.log);
    this.#parts.changed();
  }

  async #read(clusterId: string): Promise<Assessment | undefined> {
    try {
      const value: unknown = JSON.parse(await readFile(this.#path(clusterId), 'utf8'));
      if (!isAssessment(value)) return undefined;
      // One that was made meanwhile is newer.
      if (!this.#loaded.has(clusterId)) {
        this.#loaded.set(clusterId, value);
        this.#parts.changed();
      }
      return this.#loaded.get(clusterId);
    } catch {
      return undefined;
    }
  }

  #path(clusterId: string): string {
    return join(this.#parts.folder, `${encodeURIComponent(clusterId).replaceAll('*', '%2A')}.json`);
  }
}

/** Looked at no deeper than where another version would differ: the file is ours. */
function isAssessment(value: unknown): value is Assessment {
  if (typeof value !== 'object' || value === null) return false;
  const { version, madeAt, targets, inventory, scans } = value as Readonly<Record<string, unknown>>;
  return (
    version === 1 &&
    typeof madeAt === 'string' &&
    Array.isArray(scans) &&
    typeof inventory === 'object' &&
    inventory !== null &&
    Array.isArray(targets) &&
    targets.every(isTarget)
  );
}

function isTarget(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { target, findings, shardKeys } = value as Readonly<Record<string, unknown>>;
  return typeof target === 'object' && target !== null && Array.isArray(findings) && Array.isArray(shardKeys);
}
