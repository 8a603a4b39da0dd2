/** Translates the kernel, which is written in the text form of WebAssembly, into the module that is shipped: `npm run kernel`. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import wabt from 'wabt';

const FOLDER = new URL('../src/engine/kernel/', import.meta.url);

/** What `src/engine/kernel/kernel-module.ts` has to hold. */
export async function translateKernel(): Promise<string> {
  const translator = await wabt();
  const text = await readFile(new URL('kernel.wat', FOLDER), 'utf8');
  const parsed = translator.parseWat('kernel.wat', text);
  const binary = Buffer.from(parsed.toBinary({}).buffer).toString('base64');
  parsed.destroy();
  return [
    '/** Made by `npm run kernel` from kernel.wat: the module in base64. */',
    'export const KERNEL_MODULE =',
    `  '${binary}';`,
    '',
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(new URL('kernel-module.ts', FOLDER), await translateKernel());
}
