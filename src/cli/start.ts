/** What is started: loads the command line, compiled if it was started before. A bundle of its own, beside that of `program.ts`. */
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { keepWhenSettled } from '../adapters/files/compiled-program.js';
import { cacheRoot } from '../adapters/tools/install-cache.js';
import { bundledProgram } from '../bundled-program.js';

/** What keeps facts of every collection in memory, and makes as much again that is garbage a moment later. */
const KEEPS_MUCH: ReadonlySet<string | undefined> = new Set(['analyze', 'assess', 'size', 'advise']);

const { env, argv } = process;
const use = argv[2] === 'run' ? 'run' : KEEPS_MUCH.has(argv[2]) ? 'assess' : 'other';

// Before anything is compiled: code belongs to the flags that it was compiled with.
// Buffers of what was just read are young garbage: a young generation that does not grow frees them early and keeps memory level.
setFlagsFromString('--semi-space-growth-factor=1');
// The old generation is cleaned when it has grown by so many per cent; left to itself V8 lets it grow to a multiple. That is a third of the memory that an assessment of
// 10,000 collections takes, for a tenth of its computing time (`npm run bench -- assess-many`).
if (use === 'assess') setFlagsFromString('--heap-growing-percent=40');

const { start, keep } = bundledProgram({
  use,
  folder: env['NODE_DISABLE_COMPILE_CACHE'] ? undefined : join(cacheRoot(env), 'code'),
});
keepWhenSettled(keep);
start().runCommandLine();
