/** The package registry's way to the database tools: build the pinned Go module. */
import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InstallResult } from './install-cache.js';
import { executableName } from './locate-binary.js';
import { TOOL_NAMES } from './location.js';
import { describeFailure, runCommand } from './run-command.js';

/** The version that toolchain/mongo-tools/go.mod pins; go.sum guards the sources. */
export const TOOLS_VERSION = '100.9.5';

/** Sources are downloaded and compiled. Judged: long enough on a slow line and a small machine. */
const BUILD_TIMEOUT_MS = 15 * 60_000;
const MODULE = join('toolchain', 'mongo-tools');

/** The folder of go.mod and go.sum: beside the sources or beside the bundle, whichever this code runs from. */
async function findModuleFolder(): Promise<string | undefined> {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const candidate = join(folder, MODULE);
    const there = await access(join(candidate, 'go.sum')).then(
      () => true,
      () => false,
    );
    if (there) return candidate;
    if (dirname(folder) === folder) return undefined;
  }
}

/** Builds all four tools with `go build`. The sources come from the Go module proxy that the user's Go is set up for. */
export async function buildTools(into: string, env: NodeJS.ProcessEnv): Promise<InstallResult> {
  const cwd = await findModuleFolder();
  if (cwd === undefined) return { kind: 'refused', reason: 'prerequisite-missing', detail: join(MODULE, 'go.mod') };
  // A go.work above must not take part, and without cgo no C compiler is needed.
  const goEnv = { ...env, GOWORK: 'off', CGO_ENABLED: '0' };
  const probe = await runCommand('go', ['version'], { timeoutMs: 60_000, env: goEnv });
  if (probe.kind === 'not-started') return { kind: 'refused', reason: 'prerequisite-missing', detail: 'go' };
  const files: string[] = [];
  for (const name of TOOL_NAMES) {
    const file = executableName(name);
    const argv = [
      ...['build', '-mod=readonly', '-buildvcs=false', '-ldflags', `-X main.VersionStr=${TOOLS_VERSION}`],
      ...['-o', join(into, file), `github.com/mongodb/mongo-tools/${name}/main`],
    ];
    const result = await runCommand('go', argv, { cwd, env: goEnv, timeoutMs: BUILD_TIMEOUT_MS });
    if (result.kind !== 'ended' || result.exitCode !== 0) {
      return { kind: 'refused', reason: 'install-failed', detail: `go build ${name}: ${describeFailure(result)}` };
    }
    files.push(file);
  }
  return { kind: 'installed', files };
}
