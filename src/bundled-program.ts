/** The bundle that `program.ts` becomes, as the bundles beside it load it. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { loadProgram, type ProgramFile } from './adapters/files/compiled-program.js';
import type * as Program from './program.js';

/** Put in when the bundles are made: the name of the program's file, and the start of its SHA-256. */
declare const PROGRAM_FILE: string;
declare const PROGRAM_ID: string;

interface BundledProgram {
  /** Carries the program out: what it exports. */
  readonly start: () => typeof Program;
  /** See {@link loadProgram}. */
  readonly keep: () => void;
}

/** @throws what reading the program's text throws. */
export function bundledProgram(from: Pick<ProgramFile, 'use' | 'folder'>): BundledProgram {
  const path = join(__dirname, PROGRAM_FILE);
  const { program, keep } = loadProgram({ path, id: PROGRAM_ID, ...from });
  const load = program as (require: NodeJS.Require, filename: string) => typeof Program;
  return { start: () => load(createRequire(path), path), keep };
}
