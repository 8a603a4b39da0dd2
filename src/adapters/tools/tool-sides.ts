/** The two ends of a run of tools: addresses without a secret, and private files that have it for as long as the tools need it. */
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Clock } from '../../engine/ports.js';
import type { ToolConnection } from './command-lines.js';
import { sweepStaleConfigs, writePrivateConfig } from './private-config.js';
import { toolUri } from './tool-uri.js';

export interface ToolSidesOptions {
  /** The source's connection string with its password; goes to the private file and nowhere else. Absent where files are the source. */
  readonly sourceUri?: string;
  /** The target's connection string for a relay port, with its password. */
  readonly restoreUri: (relayPort: number) => string;
  readonly sourceTls?: Pick<ToolConnection, 'tlsCAFile' | 'tlsCertificateKeyFile'>;
  /** Private folder for the short-lived password files: `<root>/<run>/<name>`, so that those of the other runs are known. */
  readonly secretsFolder: string;
  /** Told when a secret file is there and after it is gone. What a crash leaves before it was told of is swept by its name at the next start. */
  readonly onSecretFile: (path: string, present: boolean) => Promise<void>;
  readonly clock: Clock;
}

export interface ToolSides {
  readonly source: ToolConnection;
  readonly target: ToolConnection;
  /** Literals that the tools may print. */
  readonly secrets: readonly string[];
}

interface Secret {
  readonly configFile?: string;
  readonly literals: readonly string[];
  remove(): Promise<void>;
}

/** Does `work` while the private files are there. A side that takes no part has none: without a relay's port there is no target. */
export async function withToolSides(
  options: ToolSidesOptions,
  relayPort: number | undefined,
  work: (sides: ToolSides) => Promise<void>,
): Promise<void> {
  const source = options.sourceUri === undefined ? undefined : toolUri(options.sourceUri);
  const target = relayPort === undefined ? undefined : toolUri(options.restoreUri(relayPort));
  await sweepLeftSecrets(options.secretsFolder);
  const kept: Secret[] = [];
  try {
    const sourceSecret = await keepSecret(options, source?.password);
    kept.push(sourceSecret);
    const targetSecret = await keepSecret(options, target?.password);
    kept.push(targetSecret);
    await work({
      source: connection(source?.uri ?? '', sourceSecret, options.sourceTls),
      target: connection(target?.uri ?? '', targetSecret),
      secrets: [...sourceSecret.literals, ...targetSecret.literals],
    });
  } finally {
    await removeAll(kept);
  }
}

function connection(uri: string, secret: Secret, tls: ToolSidesOptions['sourceTls'] = {}): ToolConnection {
  return { uri, ...(secret.configFile === undefined ? {} : { configFile: secret.configFile }), ...tls };
}

async function keepSecret(options: ToolSidesOptions, password: string | undefined): Promise<Secret> {
  if (password === undefined) return { literals: [], remove: () => Promise.resolve() };
  const file = await writePrivateConfig(options.secretsFolder, password);
  try {
    await options.onSecretFile(file.path, true);
  } catch (error) {
    await file.remove();
    throw error;
  }
  return {
    configFile: file.path,
    literals: [password],
    async remove() {
      await file.remove();
      await options.onSecretFile(file.path, false);
    },
  };
}

/** Removes every one, then fails with the first failure. */
async function removeAll(secrets: readonly Secret[]): Promise<void> {
  const ended = await Promise.allSettled(secrets.map((secret) => secret.remove()));
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
}

/** Password files of processes that died, of this run and of the others beside it. What cannot be read there is another user's, or no run. */
async function sweepLeftSecrets(folder: string): Promise<void> {
  const root = dirname(dirname(folder));
  const runs = await readdir(root).catch(() => []);
  for (const run of runs) await sweepStaleConfigs(join(root, run, basename(folder))).catch(() => 0);
}
