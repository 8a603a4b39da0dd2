import { readFile } from 'node:fs/promises';
import { fileFailed } from './durable.js';

/** The text of a file that people may have edited: UTF-8, without the mark that some editors put before it. Undefined where it is longer than `longestBytes`. @throws MigrationError `file-failed`. */
export async function readSmallText(path: string, longestBytes: number): Promise<string | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw fileFailed(error, path, 'read');
  }
  return bytes.length > longestBytes ? undefined : bytes.toString('utf8').replace(/^\uFEFF/, '');
}
