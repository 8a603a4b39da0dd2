/** Finds one binary: setting, environment, PATH, cache, package registry, vendor, in this order. */
import { access, constants, stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { checkCached, installAtomically, type InstallResult } from './install-cache.js';
import type { Found, LocateStep, Miss, MissReason, RemedyId, ToolLocation } from './location.js';
import { proveBinary } from './prove-binary.js';

/** One way to get the binary into the cache. */
export interface Installation {
  readonly step: 'registry' | 'vendor';
  /** Absolute folder in the cache, its name carries the version. */
  readonly folder: string;
  readonly pinnedSha256?: string;
  install(into: string): Promise<InstallResult>;
}

export interface BinarySearch {
  readonly name: string;
  /** Path from the user's settings. */
  readonly setting?: string;
  readonly environmentVariable: string;
  readonly env: NodeJS.ProcessEnv;
  readonly minimumVersion: string;
  readonly installations: readonly Installation[];
  /** False: use what is there, download and build nothing. */
  readonly mayInstall: boolean;
  readonly remedy: RemedyId;
  /** Told before a step that takes long. */
  readonly onInstall?: (step: 'registry' | 'vendor', name: string) => void;
}

/** `mongodump`, on Windows `mongodump.exe`. */
export function executableName(name: string): string {
  return process.platform === 'win32' ? `${name}.exe` : name;
}

/** Tries each place in order; every place that did not give the binary is in `tried` with its reason. Never rejects for a missing binary. */
export async function locateBinary(search: BinarySearch): Promise<ToolLocation> {
  const tried: Miss[] = [];
  const miss = (step: LocateStep, reason: MissReason, detail: string): undefined =>
    void tried.push({ step, reason, detail });

  const prove = async (step: LocateStep, path: string): Promise<Found | undefined> => {
    const proof = await proveBinary(path, search.minimumVersion);
    if (proof.kind === 'refused') return miss(step, proof.reason, proof.detail);
    return { kind: 'found', name: search.name, path, version: proof.version, origin: step, tried };
  };

  const inCache = async (installation: Installation, step: LocateStep): Promise<Found | undefined> => {
    const file = executableName(search.name);
    const check = await checkCached(installation.folder, file, installation.pinnedSha256);
    if (check.kind === 'refused') return miss(step, check.reason, check.detail);
    return prove(step, join(installation.folder, file));
  };

  const byInstalling = async (installation: Installation): Promise<Found | undefined> => {
    const { folder, step, pinnedSha256 } = installation;
    if (!search.mayInstall) return miss(step, 'switched-off', search.name);
    search.onInstall?.(step, search.name);
    const isValid = async (): Promise<boolean> =>
      (await checkCached(folder, executableName(search.name), pinnedSha256)).kind === 'valid';
    const result = await installAtomically(folder, (into) => installation.install(into), isValid);
    if (result.kind === 'refused') return miss(step, result.reason, result.detail);
    return inCache(installation, step);
  };

  const named = [
    { step: 'setting', value: search.setting, label: search.name },
    { step: 'environment', value: search.env[search.environmentVariable], label: search.environmentVariable },
  ] as const;
  for (const { step, value, label } of named) {
    const found = value ? await prove(step, resolve(value)) : miss(step, 'not-set', label);
    if (found) return found;
  }
  for (const path of await onPath(search, miss)) {
    const found = await prove('path', path);
    if (found) return found;
  }
  for (const installation of search.installations) {
    const found = await inCache(installation, 'cache');
    if (found) return found;
  }
  for (const installation of search.installations) {
    const found = await byInstalling(installation);
    if (found) return found;
  }
  return { kind: 'missing', name: search.name, tried, remedy: search.remedy };
}

async function onPath(
  search: BinarySearch,
  miss: (step: 'path', reason: MissReason, detail: string) => void,
): Promise<string[]> {
  const folders = (search.env.PATH ?? search.env.Path ?? '').split(delimiter).filter((folder) => folder !== '');
  const paths: string[] = [];
  for (const folder of folders) {
    const path = resolve(folder, executableName(search.name));
    if (await isExecutableFile(path)) paths.push(path);
  }
  if (paths.length === 0) miss('path', 'not-there', search.name);
  return paths;
}

async function isExecutableFile(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
