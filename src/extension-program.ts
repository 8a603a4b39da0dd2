/** `dist/adapters.cjs`: takes the extension's adapters out of the program that the command line is, too. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { loadProgram } from './adapters/files/compiled-program.js';
import type * as Program from './program.js';

/** Put in when the bundle is made: the name of the program's file, and the start of its SHA-256. */
declare const PROGRAM_FILE: string;
declare const PROGRAM_ID: string;

const path = join(__dirname, PROGRAM_FILE);
// Not kept compiled: that pays for a process that starts again and again.
const { program } = loadProgram({ path, id: PROGRAM_ID, use: 'extension', folder: undefined });

export const { adapters } = (program as (require: NodeJS.Require, filename: string) => typeof Program)(
  createRequire(path),
  path,
);
