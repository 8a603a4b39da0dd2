/** Takes the README's pictures anew: the test that goes the whole way in a browser takes them as it passes by. */
import { fileURLToPath } from 'node:url';

process.env['MCM_SCREENSHOTS'] = fileURLToPath(new URL('../media/screenshots', import.meta.url));
process.argv.splice(2, Infinity, 'test/e2e/journey');
await import('./test.js');
