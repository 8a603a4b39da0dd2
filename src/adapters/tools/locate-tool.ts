/** Where the four database tools are on this machine. */
import { join } from 'node:path';
import { buildTools, TOOLS_VERSION } from './build-tools.js';
import { cacheRoot } from './install-cache.js';
import { locateBinary, type Installation } from './locate-binary.js';
import { TOOL_NAMES, type ToolLocation, type ToolName } from './location.js';
import { downloadTools, TOOLS_FEED } from './vendor-tools.js';

/** The first version of the tools' own numbering; older ones came with the server and print and behave otherwise. */
const OLDEST_TOOLS = '100.0';

export interface LocateOptions {
  /** Default: the environment of this process. */
  readonly env?: NodeJS.ProcessEnv;
  /** Paths from the user's settings; they come before everything else. */
  readonly settings?: Readonly<Partial<Record<ToolName, string>>>;
  /** Default true. False: nothing is built or downloaded. */
  readonly mayInstall?: boolean;
  readonly onInstall?: (step: 'registry' | 'vendor', name: string) => void;
  /** The vendor's feed of downloads, where it is mirrored. */
  readonly vendorFeed?: string;
}

/** The variable that names the tool's path: `MCM_MONGODUMP`. */
export function toolVariable(name: ToolName): string {
  return `MCM_${name.toUpperCase()}`;
}

/**
 * Finds one tool, building or downloading all four where none is there. The result says what was tried; it is never thrown.
 * A copy from the cache is checked against its SHA-256 each time, and every copy is run with `--version`.
 */
export function locateTool(name: ToolName, options: LocateOptions = {}): Promise<ToolLocation> {
  const env = options.env ?? process.env;
  const root = cacheRoot(env);
  const setting = options.settings?.[name];
  const installations: Installation[] = [
    {
      step: 'registry',
      folder: join(root, `database-tools-${TOOLS_VERSION}`),
      install: (into) => buildTools(into, env),
    },
    {
      step: 'vendor',
      folder: join(root, `database-tools-vendor-${TOOLS_VERSION}`),
      install: (into) => downloadTools(into, options.vendorFeed ?? TOOLS_FEED),
    },
  ];
  return locateBinary({
    name,
    environmentVariable: toolVariable(name),
    env,
    minimumVersion: OLDEST_TOOLS,
    installations,
    mayInstall: options.mayInstall ?? true,
    remedy: 'install-database-tools',
    ...(setting === undefined ? {} : { setting }),
    ...(options.onInstall === undefined ? {} : { onInstall: options.onInstall }),
  });
}

/** Finds several tools one after another, so that one build serves all. */
export async function locateTools(
  names: readonly ToolName[] = TOOL_NAMES,
  options: LocateOptions = {},
): Promise<ReadonlyMap<ToolName, ToolLocation>> {
  const found = new Map<ToolName, ToolLocation>();
  for (const name of names) found.set(name, await locateTool(name, options));
  return found;
}
