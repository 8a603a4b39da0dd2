/** Saved connections: profiles in the global state, secrets in the system's keyring, and those that the settings declare. */
import { randomUUID } from 'node:crypto';
import type { Event, EventEmitter } from 'vscode';
import { MigrationError } from '../../core/model/error.js';
import type { ClusterReference } from '../../core/model/plan.js';
import type { ConnectionString, HostAdapters } from '../adapters.js';
import type { ClusterStore, NewCluster } from '../services.js';
import { parseProfiles, parseSeen } from './cluster-profile-guard.js';
import type { AzureOrigin, ClusterProfile, ClusterRole } from './cluster-profile.js';
import {
  readDeclared,
  resolveReferences,
  type DeclaredConnection,
  type RefusedConnection,
} from './declared-connections.js';

const PROFILES_KEY = 'clusters';
/** What connections of the settings have shown. */
const SEEN_KEY = 'declaredClustersSeen';
const secretKey = (id: string): string => `cluster/${id}`;

/** The part of `vscode.Memento` that is needed. */
export interface ProfileMemento {
  get(key: string): unknown;
  update(key: string, value: unknown): Thenable<void>;
}

/** The part of `vscode.SecretStorage` that is needed. Each may reject where the system has no keyring. */
export interface SecretVault {
  get(key: string): Thenable<string | undefined>;
  store(key: string, value: string): Thenable<void>;
  delete(key: string): Thenable<void>;
}

export interface ClusterStoreParts {
  readonly memento: ProfileMemento;
  readonly secrets: SecretVault;
  readonly changes: Pick<EventEmitter<void>, 'event' | 'fire'>;
  /** The setting's entries as written. */
  readonly declared: () => readonly unknown[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly adapters: () => Promise<Pick<HostAdapters, 'parseConnectionString'>>;
  /** Asks for a password that is not there any more; undefined: the user does not want to. */
  readonly askPassword: (profile: ClusterProfile) => Promise<string | undefined>;
  /** Told once in a session, when the keyring has failed for the first time. */
  readonly onKeyringFailure: (error: unknown) => void;
  /** Every literal that becomes known and must never be shown. */
  readonly onSecrets: (secrets: readonly string[]) => void;
}

export class SavedClusterStore implements ClusterStore {
  readonly onDidChange: Event<void>;
  readonly #parts: ClusterStoreParts;
  /** Secrets of this session: where the keyring failed, and those that were asked for. */
  readonly #session = new Map<string, string>();
  #told = false;

  constructor(parts: ClusterStoreParts) {
    this.#parts = parts;
    this.onDidChange = parts.changes.event;
  }

  list(role?: ClusterRole): readonly ClusterProfile[] {
    const all = [...this.#saved(), ...this.#declared().map((declared) => declared.profile)];
    return role === undefined ? all : all.filter((profile) => profile.role === role);
  }

  get(id: string): ClusterProfile | undefined {
    return this.list().find((profile) => profile.id === id);
  }

  /** Declarations of the settings that cannot be used, with their reasons. */
  refused(): readonly RefusedConnection[] {
    return readDeclared(this.#parts.declared(), this.#parts.env).refused;
  }

  async add(cluster: NewCluster): Promise<ClusterProfile> {
    const profile = await this.#profileOf(randomUUID(), cluster);
    await this.#save([...this.#saved(), profile]);
    return profile;
  }

  async update(id: string, cluster: NewCluster): Promise<ClusterProfile> {
    const before = this.#saved().find((profile) => profile.id === id);
    if (!before) throw notThere(id);
    const profile = await this.#profileOf(id, cluster);
    await this.#save(this.#saved().map((other) => (other.id === id ? profile : other)));
    return profile;
  }

  async noteSeen(id: string, seen: Pick<ClusterProfile, 'kind' | 'version'>): Promise<void> {
    const profile = this.get(id);
    if (!profile || (profile.kind === seen.kind && profile.version === seen.version)) return;
    if (profile.origin === 'settings') {
      await this.#parts.memento.update(SEEN_KEY, {
        ...parseSeen(this.#parts.memento.get(SEEN_KEY)),
        [id]: { ...seen },
      });
      this.#parts.changes.fire();
      return;
    }
    await this.#save(this.#saved().map((other) => (other.id === id ? { ...other, ...seen } : other)));
  }

  async noteAccount(id: string, azure: AzureOrigin): Promise<void> {
    const saved = this.#saved();
    const before = saved.find((profile) => profile.id === id);
    if (!before || JSON.stringify(before.azure) === JSON.stringify(azure)) return;
    await this.#save(saved.map((other) => (other.id === id ? { ...other, azure } : other)));
  }

  async remove(id: string): Promise<void> {
    if (!this.#saved().some((profile) => profile.id === id)) throw notThere(id);
    this.#session.delete(id);
    try {
      await this.#parts.secrets.delete(secretKey(id));
    } catch (error) {
      this.#keyringFailed(error);
    }
    await this.#save(this.#saved().filter((profile) => profile.id !== id));
  }

  async connectionString(id: string): Promise<ConnectionString> {
    const parsed = await this.#whole(id);
    this.#parts.onSecrets(parsed.secrets);
    return parsed;
  }

  reference(id: string): ClusterReference {
    const profile = this.get(id);
    if (!profile) throw notThere(id);
    const { name, uri, tlsCAFile, tlsCertificateKeyFile } = profile;
    const passwordFrom = this.#passwordFrom(profile);
    return {
      name,
      uri,
      ...(passwordFrom === undefined ? {} : { passwordFrom }),
      ...(tlsCAFile === undefined ? {} : { tlsCAFile }),
      ...(tlsCertificateKeyFile === undefined ? {} : { tlsCertificateKeyFile }),
    };
  }

  findReference(role: ClusterRole, reference: ClusterReference): ClusterProfile | undefined {
    const there = this.list(role).filter((profile) => profile.uri === reference.uri);
    return there.find((profile) => profile.name === reference.name) ?? there[0];
  }

  #passwordFrom(profile: ClusterProfile): ClusterReference['passwordFrom'] {
    if (profile.secret === 'none') return undefined;
    const env = this.#declared().find((declared) => declared.profile.id === profile.id)?.passwordVariable;
    return env === undefined ? { prompt: true } : { env };
  }

  async #whole(id: string): Promise<ConnectionString> {
    const profile = this.get(id);
    if (!profile) throw notThere(id);
    const { parseConnectionString } = await this.#parts.adapters();
    if (profile.secret === 'none') return parseConnectionString(profile.uri);
    const declared = this.#declared().find((other) => other.profile.id === id);
    if (declared) {
      const resolved = resolveReferences(declared.template, this.#parts.env);
      if (resolved.kind === 'resolved') return parseConnectionString(resolved.text);
      throw secretUnavailable(profile, { reason: 'variable-not-set', variable: resolved.variable });
    }
    const known = this.#session.get(id) ?? (await this.#stored(id));
    if (known !== undefined) return parseConnectionString(known);
    const password = await this.#parts.askPassword(profile);
    if (password === undefined || password === '') throw secretUnavailable(profile, { reason: 'empty' });
    const whole = parseConnectionString(profile.uri, { password });
    this.#session.set(id, whole.reveal());
    return whole;
  }

  async #stored(id: string): Promise<string | undefined> {
    try {
      return await this.#parts.secrets.get(secretKey(id));
    } catch (error) {
      this.#keyringFailed(error);
      return undefined;
    }
  }

  /** Keeps the secret first: a profile never promises one that is not there. */
  async #profileOf(id: string, cluster: NewCluster): Promise<ClusterProfile> {
    const { name, role, connectionString, tlsCAFile, tlsCertificateKeyFile, azure } = cluster;
    this.#parts.onSecrets(connectionString.secrets);
    return {
      id,
      name,
      role,
      origin: 'saved',
      uri: connectionString.withoutPassword().reveal(),
      secret: await this.#keep(id, connectionString),
      ...(tlsCAFile === undefined ? {} : { tlsCAFile }),
      ...(tlsCertificateKeyFile === undefined ? {} : { tlsCertificateKeyFile }),
      ...(azure === undefined ? {} : { azure }),
    };
  }

  async #keep(id: string, connectionString: ConnectionString): Promise<'none' | 'stored' | 'session'> {
    this.#session.delete(id);
    const none = connectionString.secrets.length === 0;
    try {
      if (none) await this.#parts.secrets.delete(secretKey(id));
      else await this.#parts.secrets.store(secretKey(id), connectionString.reveal());
    } catch (error) {
      if (none) return 'none';
      this.#keyringFailed(error);
      this.#session.set(id, connectionString.reveal());
      return 'session';
    }
    return none ? 'none' : 'stored';
  }

  #keyringFailed(error: unknown): void {
    if (this.#told) return;
    this.#told = true;
    this.#parts.onKeyringFailure(error);
  }

  /** Read afresh each time: another window may have changed it. */
  #saved(): readonly ClusterProfile[] {
    return parseProfiles(this.#parts.memento.get(PROFILES_KEY));
  }

  async #save(profiles: readonly ClusterProfile[]): Promise<void> {
    await this.#parts.memento.update(PROFILES_KEY, profiles);
    this.#parts.changes.fire();
  }

  #declared(): readonly DeclaredConnection[] {
    const { connections } = readDeclared(this.#parts.declared(), this.#parts.env);
    if (connections.length === 0) return connections;
    const seen = parseSeen(this.#parts.memento.get(SEEN_KEY));
    return connections.map((declared) => ({
      ...declared,
      profile: { ...declared.profile, ...seen[declared.profile.id] },
    }));
  }
}

function notThere(id: string): MigrationError {
  return new MigrationError('internal', { reason: 'unknown-cluster', cluster: id });
}

function secretUnavailable(profile: ClusterProfile, facts: { reason: string; variable?: string }): MigrationError {
  return new MigrationError('secret-unavailable', { side: profile.role, cluster: profile.name, ...facts });
}
