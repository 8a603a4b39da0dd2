import type { MissReason } from './location.js';
import { describeFailure, runCommand } from './run-command.js';

export type Proof =
  | { readonly kind: 'runs'; readonly version: string }
  | { readonly kind: 'refused'; readonly reason: MissReason; readonly detail: string };

/** A first start from a cold disk reads up to 140 MB. */
const VERSION_TIMEOUT_MS = 30_000;

/** `mongodump version: 100.9.5`, `mongodump version: r4.0.28`, `db version v6.0.5`. */
const VERSION = /version:?\s+[rv]?(\d+(?:\.\d+)+)/;

/** Negative, zero or positive, as dotted version `a` is lower than, equal to or higher than `b`. Missing parts count as 0. */
function compareVersions(a: string, b: string): number {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Runs `path --version`: a file is only taken for a tool when it runs here and says a version that is new enough. */
export async function proveBinary(path: string, minimumVersion: string): Promise<Proof> {
  const result = await runCommand(path, ['--version'], { timeoutMs: VERSION_TIMEOUT_MS });
  if (result.kind === 'not-started' && result.detail === 'ENOENT') {
    return { kind: 'refused', reason: 'not-there', detail: path };
  }
  if (result.kind === 'not-started' && result.detail === 'EACCES') {
    return { kind: 'refused', reason: 'not-executable', detail: path };
  }
  if (result.kind !== 'ended' || result.exitCode !== 0) {
    return { kind: 'refused', reason: 'does-not-run', detail: `${path}: ${describeFailure(result)}` };
  }
  const version = VERSION.exec(result.stdout)?.[1];
  if (version === undefined) return { kind: 'refused', reason: 'no-version', detail: path };
  if (compareVersions(version, minimumVersion) < 0) {
    return { kind: 'refused', reason: 'too-old', detail: `${path} ${version} < ${minimumVersion}` };
  }
  return { kind: 'runs', version };
}
