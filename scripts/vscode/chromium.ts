/** A Chromium for tests: named, installed, Playwright's own, the distribution's. */
import { access, constants } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { chromium } from 'playwright-core';
import { describeFailure, runCommand, type CommandResult } from '../../src/adapters/tools/run-command.js';
import type { PartMissing } from './code-server.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
/** The mirror decides; 35 s was seen on a busy machine. */
const APT_LIMIT_MS = 10 * 60_000;
/** Where its host cannot be reached it tries several times. */
const DOWNLOAD_LIMIT_MS = 5 * 60_000;
/** Without a font a page has no text; Chromium's own package does not ask for one. */
const PACKAGES = ['chromium', 'fonts-liberation', 'fonts-dejavu-core'];

export interface Chromium {
  readonly kind: 'found';
  readonly path: string;
  readonly version: string;
}

/** The first browser that runs. Installs one where there is none and it may; every place that did not do is told. */
export async function setUpChromium(onInstall: (what: string) => void): Promise<Chromium | PartMissing> {
  const tried: string[] = [];
  const prove = async (where: string, path: string): Promise<Chromium | undefined> => {
    const result = await runCommand(path, ['--version', '--no-sandbox'], { timeoutMs: 60_000 });
    const version = result.kind === 'ended' ? /\d+(\.\d+)+/.exec(result.stdout)?.[0] : undefined;
    if (version !== undefined) return { kind: 'found', path, version };
    tried.push(`${where}: ${path}: ${failureLine(result)}`);
    return undefined;
  };
  const named = process.env.CHROMIUM;
  if (named) {
    // A person who names one wants that one.
    return (await prove('CHROMIUM', named)) ?? { kind: 'missing', tried };
  }
  tried.push('CHROMIUM: not set');
  const onPath = async (): Promise<Chromium | undefined> => {
    for (const path of await executables(NAMES)) {
      const found = await prove('PATH', path);
      if (found) return found;
    }
    tried.push(`PATH: none of ${NAMES.join(', ')}`);
    return undefined;
  };
  const ofPlaywright = (): Promise<Chromium | undefined> => prove("Playwright's cache", chromium.executablePath());
  const install = async (where: string, step: () => Promise<string | undefined>): Promise<boolean> => {
    const problem = await step();
    if (problem !== undefined) tried.push(`${where}: ${problem}`);
    return problem === undefined;
  };
  const there = (await onPath()) ?? (await ofPlaywright());
  if (there) return there;
  if (await install('apt-get', () => byApt(onInstall))) {
    const found = await onPath();
    if (found) return found;
  }
  if (await install("Playwright's download", () => byPlaywright(onInstall))) {
    const found = await ofPlaywright();
    if (found) return found;
  }
  return { kind: 'missing', tried: [...tried, 'Install Chromium, or set CHROMIUM to its path.'] };
}

function failureLine(result: CommandResult): string {
  return describeFailure(result).replaceAll(/\s*\n\s*/g, ' ');
}

async function executables(names: readonly string[]): Promise<string[]> {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const found: string[] = [];
  for (const path of names.flatMap((name) => folders.map((folder) => join(folder, name)))) {
    await access(path, constants.X_OK).then(
      () => found.push(path),
      () => undefined,
    );
  }
  return found;
}

/** Resolves with what went wrong, or nothing. The distribution's brings the libraries that a bare download lacks. */
async function byApt(onInstall: (what: string) => void): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'only root may install packages';
  const [apt] = await executables(['apt-get']);
  if (apt === undefined) return 'not there';
  onInstall('Chromium (apt-get install)');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const run = async (...args: readonly string[]): Promise<string | undefined> => {
    const result = await runCommand(apt, args, { env, timeoutMs: APT_LIMIT_MS });
    return result.kind === 'ended' && result.exitCode === 0 ? undefined : `${args[0] ?? ''}: ${failureLine(result)}`;
  };
  const old = await run('update');
  const failed = await run('install', '-y', '--no-install-recommends', ...PACKAGES);
  return failed === undefined ? undefined : [old, failed].filter((text) => text !== undefined).join('; ');
}

async function byPlaywright(onInstall: (what: string) => void): Promise<string | undefined> {
  onInstall("Chromium (Playwright's download)");
  const cli = join(dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')), 'cli.js');
  const result = await runCommand(process.execPath, [cli, 'install', 'chromium'], { timeoutMs: DOWNLOAD_LIMIT_MS });
  return result.kind === 'ended' && result.exitCode === 0 ? undefined : failureLine(result);
}
