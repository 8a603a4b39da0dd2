import fc from 'fast-check';
import { ConnectionString } from 'mongodb-connection-string-url';
import { Script } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { parseConnectionString } from '../../src/adapters/mongo/connection-string.js';
import { handoffArtefacts } from '../../src/assembly/handoff-artefacts.js';
import { formatNamespace } from '../../src/core/model/namespace.js';
import type { Plan } from '../../src/core/model/plan.js';
import { handoffNoteSentence } from '../../src/words/handoff-notes.js';
import { aCollection, ID_INDEX } from './core-builders.js';
import { planOf, TARGETS } from './core-plan-builders.js';

const PASSWORD = 'c4nary-p@ss/word';
const ODD = 'a|b`c``d\\|e"f\'g</script> ünï_*_[x](y)';

function studioPlan(change: Parameters<typeof planOf>[1] = {}): Plan {
  const unique = { ...ID_INDEX, name: ODD, key: [['a', 1]] as const, unique: true };
  const collections = [aCollection('shop.orders', { indexes: [ID_INDEX, unique] }), aCollection('crm.people')];
  return planOf(collections, { method: 'studio-3t', ...change });
}

const filesOf = (plan: Plan, ...more: [] | [Parameters<typeof handoffArtefacts>[1]]): Record<string, string> =>
  Object.fromEntries(handoffArtefacts(plan, ...more).files.map(({ path, text }) => [path, text]));
const line = (files: Record<string, string>, side: 'source' | 'target'): ConnectionString =>
  new ConnectionString((files[`${side}-connection.txt`] ?? '').trim());

describe('what Studio 3T is given', () => {
  it('leads to the cluster on the source side and to the relay on the target side', () => {
    const files = filesOf(studioPlan({ handoff: { kind: 'studio-3t', port: 27_999 }, readPreference: 'secondary' }));
    const [source, target] = [line(files, 'source'), line(files, 'target')];
    expect(source.hosts).toEqual(['source.example:27017']);
    expect(source.searchParams.get('readPreference')).toBe('secondary');
    expect(target.hosts).toEqual(['127.0.0.1:27999']);
    expect(target.username).toBe('a');
    for (const [option, value] of [
      ['tls', 'false'],
      ['directConnection', 'true'],
      ['retryWrites', 'false'],
      ['appName', '@a@'],
      ['3t.uriVersion', '3'],
      ['3t.connectionMode', 'direct'],
      ['3t.databases', 'crm,shop'],
    ] as const) {
      expect([option, target.searchParams.get(option)]).toEqual([option, value]);
    }
    expect(target.searchParams.get('ssl')).toBeNull();
    expect(files['RUNBOOK.md']).toContain('`127.0.0.1:27999`');
  });

  it('keeps what the login needs, with whatever the connection string that was used says', () => {
    const clusters = {
      source: parseConnectionString('mongodb://reader@one.example,two.example/?replicaSet=rs&authSource=people'),
      target: parseConnectionString(
        `mongodb+srv://u%40ser:${encodeURIComponent(PASSWORD)}@x.mongocluster.cosmos.azure.com/?authMechanism=SCRAM-SHA-256&authSource=other&w=0`,
      ),
    };
    const files = filesOf(studioPlan({ targetCluster: TARGETS.vcore }), clusters);
    const [source, target] = [line(files, 'source'), line(files, 'target')];
    expect(source.searchParams.get('replicaSet')).toBe('rs');
    expect(target.isSRV).toBe(false);
    expect(decodeURIComponent(target.username)).toBe('u@ser');
    expect(target.searchParams.get('authMechanism')).toBe('SCRAM-SHA-256');
    expect(target.searchParams.get('authSource')).toBe('other');
    expect(target.searchParams.get('w')).toBeNull();
    expect(files['RUNBOOK.md']).toContain('`u@ser`');
  });

  it('has no secret in any file or note', () => {
    const secret = (user: string): string =>
      `mongodb://${user}:${encodeURIComponent(PASSWORD)}@h.example/?tls=true&tlsCertificateKeyFilePassword=${encodeURIComponent(PASSWORD)}`;
    const plan = studioPlan();
    const artefacts = handoffArtefacts(plan, {
      source: parseConnectionString(secret('one')),
      target: parseConnectionString(secret('two')),
    });
    const text = JSON.stringify(artefacts) + artefacts.notes.map(handoffNoteSentence).join();
    expect(text).toContain('one');
    for (const form of [PASSWORD, encodeURIComponent(PASSWORD), 'c4nary']) expect(text).not.toContain(form);
  });

  it('survives any name of clusters, databases and collections, in every syntax that it stands in', () => {
    const text = fc.oneof(
      fc.constant(ODD),
      fc.string({ minLength: 1, unit: 'binary' }),
      fc.constantFrom('\ud800', 'a\nb'),
    );
    const coll = text.map((name) => `c${name.replaceAll('\0', '').replaceAll('$', '')}`);
    fc.assert(
      fc.property(text, coll, coll, (cluster, one, other) => {
        const made = studioPlan();
        const [first, second] = made.collections;
        if (!first || !second) throw new Error('two collections');
        const plan: Plan = {
          ...made,
          source: { ...made.source, name: cluster },
          target: { ...made.target, name: cluster },
          collections: [{ ...first, source: { db: 'da,ta', coll: one }, target: { db: 'shop', coll: other } }, second],
        };
        const files = filesOf(plan);
        const source = line(files, 'source');
        expect(source.searchParams.get('3t.connection.name')).toBe(
          `${cluster.replace(/\p{Surrogate}/gu, '\uFFFD')} (source, read only)`,
        );
        expect(source.searchParams.get('3t.databases')).toBe('shop');
        expect((files['source-connection.txt'] ?? '').split('\n')).toHaveLength(2);
        new Script(files['indexes.js'] ?? 'no script');
        // One row for each collection, whatever is in its name.
        const rows = (files['RUNBOOK.md'] ?? '').split('\n').filter((row) => row.startsWith('| '));
        expect(rows).toHaveLength(2 + plan.collections.length);
        for (const row of rows) expect(row.replace(/\\\|/g, '').split('|')).toHaveLength(5);
      }),
      { numRuns: 60 },
    );
  });

  it('names every collection by both of its names, and is made for 5,000 of them in no time', () => {
    const many = Array.from({ length: 5_000 }, (_, i) => aCollection(`d${i % 70}.c${i}`, { documents: i }));
    const plan = planOf(many, { method: 'studio-3t' });
    const started = performance.now();
    const files = filesOf(plan);
    // The bar for all artefacts is ten seconds.
    expect(performance.now() - started).toBeLessThan(10_000);
    for (const { source } of plan.collections) expect(files['RUNBOOK.md']).toContain(`\`${formatNamespace(source)}\``);
    expect(line(files, 'source').searchParams.get('3t.databases')).toBeNull();
  });

  it('is refused for a method that this machine carries out itself', () => {
    expect(() => handoffArtefacts(planOf([aCollection('a.b')]))).toThrow(
      expect.objectContaining({ code: 'bad-plan', facts: { reason: 'no-handoff', method: 'dump-restore' } }),
    );
  });
});

describe('the hand-off of a plan', () => {
  it('has a default for Studio 3T, and must be there and of the same method', () => {
    expect(studioPlan().handoff).toMatchObject({ kind: 'studio-3t' });
    const reasonOf = (change: Parameters<typeof planOf>[1]): unknown => {
      try {
        return planOf([aCollection('a.b')], change).handoff;
      } catch (error) {
        return (error as { facts: { reason: string } }).facts.reason;
      }
    };
    expect(reasonOf({ method: 'dms' })).toBe('handoff-missing');
    expect(reasonOf({ method: 'direct-copy', handoff: { kind: 'studio-3t', port: 2000 } })).toBe(
      'handoff-of-other-method',
    );
    expect(reasonOf({ method: 'direct-copy' })).toBeUndefined();
  });
});
