/** The vendor's own way to the database tools: the archive for this platform, checked against the vendor's published SHA-256. */
import { readFile, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { at, listAt, textAt } from '../json.js';
import { TOOLS_VERSION } from './build-tools.js';
import { downloadFile, downloadJson } from './download.js';
import type { InstallResult } from './install-cache.js';
import { executableName } from './locate-binary.js';
import { TOOL_NAMES } from './location.js';
import { describeFailure, runCommand } from './run-command.js';

/** The feed of the vendor's download page: every version with its archives and their checksums (format: release/download/download.go of the tools). */
export const TOOLS_FEED = 'https://downloads.mongodb.org/tools/db/full.json';

interface Archive {
  readonly url: string;
  readonly sha256: string;
}

const LINUX_ARCH: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'arm64' };

/** The vendor's name for this machine, such as `debian12` and `x86_64`; undefined where no archive of this version exists. */
export function vendorPlatform(
  platform: NodeJS.Platform,
  arch: string,
  osRelease: string,
): { readonly name: string; readonly arch: string } | undefined {
  const archName = LINUX_ARCH[arch];
  if (archName === undefined) return undefined;
  if (platform === 'darwin') return { name: 'macos', arch: archName };
  if (platform === 'win32') return arch === 'x64' ? { name: 'windows', arch: archName } : undefined;
  if (platform !== 'linux') return undefined;
  const value = (key: string): string => new RegExp(`^${key}="?([^"\\n]*)"?$`, 'm').exec(osRelease)?.[1] ?? '';
  const family = [value('ID'), ...value('ID_LIKE').split(' ')];
  const major = Number.parseInt(value('VERSION_ID'), 10);
  if (value('ID') === 'debian' && arch === 'x64')
    return { name: major >= 12 ? 'debian12' : 'debian11', arch: archName };
  if (family.includes('ubuntu') || family.includes('debian')) return { name: 'ubuntu2204', arch: archName };
  if (value('ID') === 'amzn') return { name: 'amazon2023', arch: arch === 'arm64' ? 'aarch64' : archName };
  if (family.includes('rhel') || family.includes('fedora')) {
    return { name: major >= 9 ? 'rhel93' : 'rhel88', arch: arch === 'arm64' ? 'aarch64' : archName };
  }
  if (family.includes('suse') && arch === 'x64') return { name: 'suse15', arch: archName };
  return undefined;
}

/** Picks the archive of the pinned version out of the feed, which is taken for foreign data. */
export function findArchive(feed: unknown, platform: { name: string; arch: string }): Archive | undefined {
  const version = listAt(feed, 'versions').find((v) => textAt(v, 'version') === TOOLS_VERSION);
  const isOurs = (download: unknown): boolean =>
    textAt(download, 'name') === platform.name && textAt(download, 'arch') === platform.arch;
  const archive = at(listAt(version, 'downloads').find(isOurs), 'archive');
  const [url, sha256] = [textAt(archive, 'url'), textAt(archive, 'sha256')];
  if (url === undefined || sha256 === undefined || !/^[0-9a-f]{64}$/.test(sha256)) return undefined;
  return { url, sha256 };
}

/**
 * Downloads and unpacks the vendor's archive. The checksum is the one that the vendor publishes in its feed, over TLS: it guards
 * against a broken or exchanged file, not against a vendor's host that is itself taken over.
 */
export async function downloadTools(into: string, feedUrl: string = TOOLS_FEED): Promise<InstallResult> {
  const osRelease = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const platform = vendorPlatform(process.platform, process.arch, osRelease);
  const here = `${process.platform} ${process.arch}`;
  if (!platform) return { kind: 'refused', reason: 'not-offered', detail: here };
  const archive = findArchive(await downloadJson(feedUrl), platform);
  if (!archive) return { kind: 'refused', reason: 'not-offered', detail: `${platform.name} ${platform.arch}` };
  const file = join(into, basename(new URL(archive.url).pathname));
  const actual = await downloadFile(archive.url, file);
  if (actual !== archive.sha256) {
    return { kind: 'refused', reason: 'checksum-mismatch', detail: `${archive.url}: ${actual}, not ${archive.sha256}` };
  }
  // bsdtar (macOS, Windows) reads both formats; GNU tar meets only .tgz, since .zip is for those two platforms.
  const unpacked = await runCommand('tar', ['-xf', file, '-C', into, '--strip-components=1'], { timeoutMs: 300_000 });
  if (unpacked.kind === 'not-started') return { kind: 'refused', reason: 'prerequisite-missing', detail: 'tar' };
  if (unpacked.kind !== 'ended' || unpacked.exitCode !== 0) {
    return { kind: 'refused', reason: 'install-failed', detail: `tar: ${describeFailure(unpacked)}` };
  }
  const files = TOOL_NAMES.map(executableName);
  for (const name of files) await rename(join(into, 'bin', name), join(into, name));
  return { kind: 'installed', files };
}
