/** The options that name a cluster, the same for every command. */
import { Option, type Command } from 'commander';
import { MigrationError } from '../core/model/error.js';

export type Side = 'source' | 'target';

/** As commander hands them over; names are camel case of the flags. */
export interface ClusterOptions {
  readonly uri?: string;
  readonly name?: string;
  readonly passwordEnv?: string;
  readonly passwordFile?: string;
  readonly tlsCaFile?: string;
  readonly tlsCertificateKeyFile?: string;
}

/** The variable that may hold a side's whole connection string, password included. */
export const URI_VARIABLE: Readonly<Record<Side, string>> = { source: 'MCM_SOURCE_URI', target: 'MCM_TARGET_URI' };

/** `Source` and `Target`, for headings. */
export function sideTitle(side: Side): string {
  return side === 'source' ? 'Source' : 'Target';
}

function refusePassword(side: Side): () => never {
  return () => {
    throw new MigrationError('bad-option', {
      option: `--${side}-password`,
      reason: 'password-in-arguments',
      variable: URI_VARIABLE[side],
    });
  };
}

/** Adds `--source` (or `--target`) and what belongs to it. */
export function addClusterOptions(command: Command, side: Side): Command {
  command
    .optionsGroup(`${sideTitle(side)}:`)
    .option(`--${side} <uri>`, `connection string without password (or set ${URI_VARIABLE[side]})`)
    .option(`--${side}-name <name>`, 'what to call it, in place of its host');
  return addCredentialOptions(command, side);
}

/** For commands that take the connection string from a plan: where its secret is, and the certificates. */
export function addCredentialOptions(command: Command, side: Side): Command {
  return command
    .optionsGroup(`${sideTitle(side)}:`)
    .option(`--${side}-password-env <variable>`, 'environment variable with the password')
    .option(`--${side}-password-file <file>`, 'file with the password')
    .option(`--${side}-tls-ca-file <file>`, 'certificate authorities that it is checked against (PEM)')
    .option(`--${side}-tls-certificate-key-file <file>`, 'own certificate and key, to log in with (PEM, X.509)')
    .addOption(new Option(`--${side}-password <password>`).hideHelp().argParser(refusePassword(side)))
    .optionsGroup('Options:');
}

export function clusterOptions(side: Side, options: Readonly<Record<string, unknown>>): ClusterOptions {
  const text = (name: string): string | undefined => {
    const value = options[name];
    return typeof value === 'string' ? value : undefined;
  };
  const found: Record<keyof ClusterOptions, string | undefined> = {
    uri: text(side),
    name: text(`${side}Name`),
    passwordEnv: text(`${side}PasswordEnv`),
    passwordFile: text(`${side}PasswordFile`),
    tlsCaFile: text(`${side}TlsCaFile`),
    tlsCertificateKeyFile: text(`${side}TlsCertificateKeyFile`),
  };
  if (found.passwordEnv !== undefined && found.passwordFile !== undefined) {
    throw new MigrationError('bad-option', {
      option: `--${side}-password-env`,
      reason: 'conflicts',
      other: `--${side}-password-file`,
    });
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** True where the user said which cluster takes this side. */
export function isGiven(
  side: Side,
  options: ClusterOptions,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  return options.uri !== undefined || Boolean(env[URI_VARIABLE[side]]);
}
