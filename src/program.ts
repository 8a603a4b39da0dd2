/** What both composition roots load of one file, so that the driver is shipped once: the command line, and the extension's adapters. */
export { runCommandLine } from './cli/main.js';
export { adapters } from './extension-adapters.js';
