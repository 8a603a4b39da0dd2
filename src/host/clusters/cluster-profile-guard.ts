/** Profiles come from a store that other versions of the extension have written to. */
import type { ClusterKind } from '../../core/model/facts.js';
import { isRecord } from '../../protocol/guards/check.js';
import { isAzureOrigin } from './azure-origin-guard.js';
import type { ClusterProfile } from './cluster-profile.js';

const KINDS: Readonly<Record<ClusterKind, true>> = {
  mongodb: true,
  atlas: true,
  'cosmos-ru': true,
  'cosmos-vcore': true,
  'amazon-documentdb': true,
  ferretdb: true,
  unknown: true,
};
const SECRETS: readonly unknown[] = ['none', 'stored', 'session'];

/** The profiles that can be understood; others are left out. */
export function parseProfiles(value: unknown): readonly ClusterProfile[] {
  return Array.isArray(value) ? value.filter(isSavedProfile) : [];
}

function isSavedProfile(value: unknown): value is ClusterProfile {
  if (!isRecord(value)) return false;
  const { id, name, role, origin, uri, secret, tlsCAFile, tlsCertificateKeyFile, azure } = value;
  return (
    [id, name, uri].every((text) => typeof text === 'string' && text !== '') &&
    (role === 'source' || role === 'target') &&
    origin === 'saved' &&
    SECRETS.includes(secret) &&
    [tlsCAFile, tlsCertificateKeyFile].every((text) => text === undefined || typeof text === 'string') &&
    (azure === undefined || isAzureOrigin(azure)) &&
    isSeen(value)
  );
}

function isSeen(value: unknown): value is Pick<ClusterProfile, 'kind' | 'version'> {
  if (!isRecord(value)) return false;
  const { kind, version } = value;
  const known = kind === undefined || (typeof kind === 'string' && Object.hasOwn(KINDS, kind));
  return known && (version === undefined || typeof version === 'string');
}

/** What connections of the settings have shown, by id. */
export function parseSeen(value: unknown): Readonly<Record<string, Pick<ClusterProfile, 'kind' | 'version'>>> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(Object.entries(value).flatMap(([id, seen]) => (isSeen(seen) ? [[id, seen]] : [])));
}
