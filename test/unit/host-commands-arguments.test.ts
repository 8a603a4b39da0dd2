import { describe, expect, it } from 'vitest';
import { isSelected } from '../../src/core/model/namespace.js';
import { clusterIdOf, clusterNodes, includePatterns, planPath, runIds } from '../../src/host/commands/arguments.js';
import type { ClusterTreeNode } from '../../src/host/tree/node.js';

const coll = (db: string, name: string, clusterId = 'c1'): ClusterTreeNode => ({
  kind: 'collection',
  clusterId,
  db,
  coll: name,
});

describe('the nodes in a command’s arguments', () => {
  it('are the one that was clicked, or all that are selected with it', () => {
    const [a, b] = [coll('shop', 'a'), coll('shop', 'b')];
    expect(clusterNodes([a])).toEqual([a]);
    expect(clusterNodes([a, [a, b]])).toEqual([a, b]);
    expect(clusterNodes([a, undefined])).toEqual([a]);
    expect(clusterNodes([a, [{ kind: 'run', runId: 'x' }]])).toEqual([a]);
    // Else a removal would be of another one than was clicked.
    expect(clusterNodes([a, [b]])).toEqual([a]);
    expect(runIds([{ kind: 'run', runId: '1' }, [{ kind: 'run', runId: '2' }]])).toEqual(['1']);
  });

  it('are none for rows that go round in a circle', () => {
    const round: Record<string, unknown> = { kind: 'loading' };
    round['parent'] = { kind: 'error', code: 'unreachable-host', parent: round };
    expect(clusterNodes([round, [round]])).toEqual([]);
  });

  it.each([
    [undefined],
    [null],
    [42],
    ['cluster'],
    [{}],
    [{ kind: 'collection' }],
    [{ kind: 'cluster', clusterId: 1 }],
    [[]],
  ])('are none for %j, whoever sent it', (value) => {
    expect(clusterNodes([value])).toEqual([]);
    expect(runIds([value, [value]])).toEqual(value === 'cluster' ? ['cluster'] : []);
  });

  it('belong to a cluster, errors to that of what failed', () => {
    expect(clusterIdOf(coll('a', 'b'))).toBe('c1');
    expect(clusterIdOf({ kind: 'group', role: 'source' })).toBeUndefined();
    const parent: ClusterTreeNode = { kind: 'database', clusterId: 'c2', db: 'shop' };
    expect(clusterIdOf({ kind: 'error', parent, code: 'unreachable-host' })).toBe('c2');
  });

  it('of runs are taken one or many, and by id alone', () => {
    const run = (runId: string): unknown => ({ kind: 'run', runId });
    expect(runIds([run('1')])).toEqual(['1']);
    expect(runIds([run('1'), [run('1'), run('2'), coll('a', 'b')]])).toEqual(['1', '2']);
    expect(runIds(['20261123T204512Z-1a2b3c4d'])).toEqual(['20261123T204512Z-1a2b3c4d']);
    expect(runIds([])).toEqual([]);
  });
});

describe('what is selected for nodes', () => {
  const selects = (nodes: readonly ClusterTreeNode[], db: string, name: string): boolean =>
    isSelected({ include: includePatterns(nodes), exclude: [], rename: [] }, { db, coll: name });

  it('is exactly the collection, also where its name looks like a pattern', () => {
    const odd = [coll('shop', 'a*b.c')];
    expect(selects(odd, 'shop', 'a*b.c')).toBe(true);
    expect(selects(odd, 'shop', 'aXb.c')).toBe(false);
    expect(selects(odd, 'shop', 'a*bXc')).toBe(false);
  });

  it('is every collection of a database, and of no other', () => {
    const shop: readonly ClusterTreeNode[] = [{ kind: 'database', clusterId: 'c1', db: 'shop' }];
    expect(selects(shop, 'shop', 'orders.2024')).toBe(true);
    expect(selects(shop, 'shopping', 'orders')).toBe(false);
  });

  it('is everything for a cluster, whatever else is selected', () => {
    expect(includePatterns([{ kind: 'cluster', clusterId: 'c1' }, coll('shop', 'a')])).toEqual([]);
  });

  it('names a collection once for it and its indexes', () => {
    const index: ClusterTreeNode = { kind: 'index', clusterId: 'c1', db: 'shop', coll: 'a', index: 'x_1' };
    expect(includePatterns([coll('shop', 'a'), index])).toEqual(['shop.a']);
  });
});

describe('a plan in a command’s arguments', () => {
  it('is a file of this machine with the right ending', () => {
    expect(planPath({ scheme: 'file', fsPath: '/w/shop.migration.json' })).toBe('/w/shop.migration.json');
    expect(planPath('/w/shop.migration.json')).toBe('/w/shop.migration.json');
  });

  it.each([
    [{ scheme: 'vscode-vfs', fsPath: '/w/shop.migration.json' }],
    [{ scheme: 'file', fsPath: '/w/package.json' }],
    ['/etc/passwd'],
    [undefined],
    [{ kind: 'run', runId: 'x' }],
  ])('is not %j', (value) => expect(planPath(value)).toBeUndefined());
});
