/** Translates the digest's kernel, which is written in the text form of WebAssembly, into the module that is shipped: `npm run digest-kernel`. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import wabt from 'wabt';

const FOLDER = new URL('../src/engine/verify/', import.meta.url);

/** What `src/engine/verify/digest-kernel.ts` has to hold. */
export async function translateKernel(): Promise<string> {
  const translator = await wabt();
  const text = await readFile(new URL('digest-kernel.wat', FOLDER), 'utf8');
  const parsed = translator.parseWat('digest-kernel.wat', text);
  const binary = Buffer.from(parsed.toBinary({}).buffer).toString('base64');
  parsed.destroy();
  return [
    '/** Made by `npm run digest-kernel` from digest-kernel.wat: the module in base64. */',
    'export const DIGEST_KERNEL =',
    `  '${binary}';`,
    '',
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(new URL('digest-kernel.ts', FOLDER), await translateKernel());
}
