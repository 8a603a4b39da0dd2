/** `dist/adapters.cjs`: takes the extension's adapters out of the program that the command line is, too. */
import { bundledProgram } from './bundled-program.js';

// Not kept compiled: that pays for a process that starts again and again.
export const { adapters } = bundledProgram({ use: 'extension', folder: undefined }).start();
