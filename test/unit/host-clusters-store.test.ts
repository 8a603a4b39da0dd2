import { describe, expect, it } from 'vitest';
import { parseConnectionString } from '../../src/adapters/mongo/connection-string.js';
import { MigrationError } from '../../src/core/model/error.js';
import type { ClusterProfile } from '../../src/host/clusters/cluster-profile.js';
import { SavedClusterStore } from '../../src/host/clusters/cluster-store.js';
import type { NewCluster } from '../../src/host/services.js';

const PASSWORD = 'p#%,@:/?4711';
const URI = 'mongodb://reader@db.example.net:27017/';

const aCluster = (change: Partial<NewCluster> = {}): NewCluster => ({
  name: 'shop',
  role: 'source',
  connectionString: parseConnectionString(URI, { password: PASSWORD }),
  ...change,
});

interface World {
  readonly memento: Map<string, unknown>;
  readonly vault: Map<string, string>;
  readonly said: string[];
  declared: readonly unknown[];
  keyringWorks: boolean;
  answer: string | undefined;
  fired: number;
}

function world(): World {
  return {
    memento: new Map(),
    vault: new Map(),
    said: [],
    declared: [],
    keyringWorks: true,
    answer: undefined,
    fired: 0,
  };
}

/** A window on the world: what a reload or a second window makes anew, on the same memento and keyring. */
function openWindow(w: World, env: Record<string, string> = {}): SavedClusterStore {
  const keyring = <T>(work: () => T): Promise<T> =>
    w.keyringWorks ? Promise.resolve(work()) : Promise.reject(new Error('Cannot get the keyring'));
  return new SavedClusterStore({
    memento: {
      get: (key) => w.memento.get(key),
      // As VS Code does it: what is kept is JSON.
      update: (key, value) => Promise.resolve(void w.memento.set(key, JSON.parse(JSON.stringify(value)))),
    },
    secrets: {
      get: (key) => keyring(() => w.vault.get(key)),
      store: (key, value) => keyring(() => void w.vault.set(key, value)),
      delete: (key) => keyring(() => void w.vault.delete(key)),
    },
    changes: { event: () => ({ dispose: () => undefined }), fire: () => void w.fired++ },
    declared: () => w.declared,
    env,
    adapters: () => Promise.resolve({ parseConnectionString }),
    askPassword: (profile: ClusterProfile) => {
      w.said.push(`asked for ${profile.name}`);
      return Promise.resolve(w.answer);
    },
    onKeyringFailure: () => w.said.push('keyring failed'),
    onSecrets: (secrets) => w.said.push(...secrets.map((secret) => `secret of ${secret.length}`)),
  });
}

const revealed = async (store: SavedClusterStore, id: string): Promise<string | undefined> =>
  (await store.connectionString(id)).password;

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'none';
  } catch (error) {
    if (MigrationError.is(error)) return `${error.code} ${JSON.stringify(error.facts)}`;
    throw error;
  }
}

describe('a saved connection', () => {
  it('keeps its secret in the keyring and nowhere else, over a reload', async () => {
    const w = world();
    const { id, secret } = await openWindow(w).add(aCluster());
    expect(secret).toBe('stored');
    const kept = JSON.stringify([...w.memento]);
    expect(kept).not.toContain(PASSWORD);
    expect(kept).not.toContain(encodeURIComponent(PASSWORD));
    const later = openWindow(w);
    expect(later.list('source')).toEqual([
      { id, name: 'shop', role: 'source', origin: 'saved', uri: URI, secret: 'stored' },
    ]);
    expect(later.list('target')).toEqual([]);
    expect(await revealed(later, id)).toBe(PASSWORD);
    expect(w.said).not.toContain('asked for shop');
  });

  it('keeps every secret part, not only the password', async () => {
    const w = world();
    const text = 'mongodb://h/?tls=true&tlsCertificateKeyFilePassword=canary';
    const { id, uri } = await openWindow(w).add(aCluster({ connectionString: parseConnectionString(text) }));
    expect(uri).toBe('mongodb://h/?tls=true');
    expect((await openWindow(w).connectionString(id)).secrets).toEqual(['canary']);
  });

  it('without a secret needs no keyring', async () => {
    const w = world();
    w.keyringWorks = false;
    const store = openWindow(w);
    const { id, secret } = await store.add(aCluster({ connectionString: parseConnectionString('mongodb://h/') }));
    expect(secret).toBe('none');
    expect((await store.connectionString(id)).hosts).toEqual(['h']);
    expect(w.said).toEqual([]);
  });

  it('is changed in one place and forgets what was seen of the one before', async () => {
    const w = world();
    const store = openWindow(w);
    const { id } = await store.add(aCluster());
    await store.noteSeen(id, { kind: 'atlas', version: '8.0.1' });
    expect(openWindow(w).get(id)).toMatchObject({ kind: 'atlas', version: '8.0.1' });
    await store.update(
      id,
      aCluster({ name: 'store', connectionString: parseConnectionString(URI, { password: 'new' }) }),
    );
    expect(store.get(id)).not.toHaveProperty('kind');
    expect(store.get(id)?.name).toBe('store');
    expect(await revealed(openWindow(w), id)).toBe('new');
    expect(w.fired).toBe(3);
  });

  it('keeps what Azure says of it anew, and tells nobody where nothing has changed', async () => {
    const w = world();
    const store = openWindow(w);
    const place = { resourceId: '/subscriptions/s/a', subscriptionId: 's', resourceGroup: 'g', location: 'westeurope' };
    const azure = { ...place, capabilities: ['EnableMongo'] };
    const { id } = await store.add(aCluster({ azure: { ...place, capabilities: [] } }));
    await store.noteAccount(id, azure);
    expect(openWindow(w).get(id)?.azure).toEqual(azure);
    expect(await revealed(openWindow(w), id)).not.toBe('');
    const { fired } = w;
    await store.noteAccount(id, { ...azure });
    await store.noteAccount('gone', azure);
    expect(w.fired).toBe(fired);
    expect(store.list()).toHaveLength(1);
  });

  it('leaves nothing behind when it is removed', async () => {
    const w = world();
    const store = openWindow(w);
    const { id } = await store.add(aCluster());
    await store.remove(id);
    expect(store.list()).toEqual([]);
    expect(w.vault.size).toBe(0);
    expect(await codeOf(store.connectionString(id))).toContain('unknown-cluster');
  });

  it('is not lost when another window has added one meanwhile', async () => {
    const w = world();
    const [one, other] = [openWindow(w), openWindow(w)];
    await one.add(aCluster({ name: 'a' }));
    await other.add(aCluster({ name: 'b' }));
    expect(one.list().map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('of a kind that this version does not understand is left out, and the others are there', async () => {
    const w = world();
    const { id } = await openWindow(w).add(aCluster());
    const [known] = w.memento.get('clusters') as ClusterProfile[];
    w.memento.set('clusters', [
      { ...known, id: 'x', role: 'both' },
      known,
      'rubbish',
      { ...known, id: 'y', kind: 'toString' },
    ]);
    expect(
      openWindow(w)
        .list()
        .map((profile) => profile.id),
    ).toEqual([id]);
  });
});

describe('a keyring that fails', () => {
  it('is told once, and the secret lives as long as the window', async () => {
    const w = world();
    w.keyringWorks = false;
    const store = openWindow(w);
    const { id, secret } = await store.add(aCluster());
    await store.add(aCluster({ name: 'other' }));
    expect(secret).toBe('session');
    expect(w.said.filter((line) => line === 'keyring failed')).toHaveLength(1);
    expect(await revealed(store, id)).toBe(PASSWORD);
    expect(JSON.stringify([...w.memento])).not.toContain('4711');
  });

  it('means being asked once in the next window', async () => {
    const w = world();
    w.keyringWorks = false;
    const { id } = await openWindow(w).add(aCluster());
    const later = openWindow(w);
    w.answer = PASSWORD;
    expect(await revealed(later, id)).toBe(PASSWORD);
    expect(await revealed(later, id)).toBe(PASSWORD);
    expect(w.said.filter((line) => line === 'asked for shop')).toHaveLength(1);
  });

  it('is an error that says so where nobody answers', async () => {
    const w = world();
    w.keyringWorks = false;
    const { id } = await openWindow(w).add(aCluster());
    expect(await codeOf(openWindow(w).connectionString(id))).toBe(
      'secret-unavailable {"side":"source","cluster":"shop","reason":"empty"}',
    );
  });

  it('does not keep a connection from being removed', async () => {
    const w = world();
    const store = openWindow(w);
    const { id } = await store.add(aCluster());
    w.keyringWorks = false;
    await store.remove(id);
    expect(store.list()).toEqual([]);
  });
});

describe('a connection that the settings declare', () => {
  const declared = { name: 'team', role: 'target', connectionString: 'mongodb://u:${env:TEAM_PW}@h/' };

  it('stands beside the saved ones and gets its secret from the environment', async () => {
    const w = world();
    w.declared = [declared];
    const store = openWindow(w, { TEAM_PW: PASSWORD });
    expect(store.list('target')).toMatchObject([{ id: 'settings:team', uri: 'mongodb://u@h/', secret: 'environment' }]);
    expect(await revealed(store, 'settings:team')).toBe(PASSWORD);
    expect(store.reference('settings:team')).toEqual({
      name: 'team',
      uri: 'mongodb://u@h/',
      passwordFrom: { env: 'TEAM_PW' },
    });
    await store.noteSeen('settings:team', { kind: 'cosmos-ru', version: '4.2' });
    expect(openWindow(w).get('settings:team')).toMatchObject({ kind: 'cosmos-ru', version: '4.2' });
  });

  it('names the variable that is not set', async () => {
    const w = world();
    w.declared = [declared];
    expect(await codeOf(openWindow(w).connectionString('settings:team'))).toBe(
      'secret-unavailable {"side":"target","cluster":"team","reason":"variable-not-set","variable":"TEAM_PW"}',
    );
  });

  it('cannot be changed or removed here', async () => {
    const w = world();
    w.declared = [declared];
    const store = openWindow(w);
    expect(await codeOf(store.remove('settings:team'))).toContain('internal');
    expect(await codeOf(store.update('settings:team', aCluster()))).toContain('internal');
  });
});

describe('what a plan says of a cluster', () => {
  it('holds no secret, and finds the connection again by name and address', async () => {
    const w = world();
    const store = openWindow(w);
    const { id } = await store.add(aCluster({ tlsCAFile: '/ca.pem' }));
    const twin = await store.add(aCluster({ name: 'shop again' }));
    const reference = store.reference(id);
    expect(reference).toEqual({ name: 'shop', uri: URI, passwordFrom: { prompt: true }, tlsCAFile: '/ca.pem' });
    expect(store.findReference('source', reference)?.id).toBe(id);
    expect(store.findReference('source', store.reference(twin.id))?.id).toBe(twin.id);
    expect(store.findReference('source', { ...reference, name: 'renamed' })?.id).toBe(id);
    expect(store.findReference('target', reference)).toBeUndefined();
    expect(store.findReference('source', { ...reference, uri: 'mongodb://other/' })).toBeUndefined();
  });
});
