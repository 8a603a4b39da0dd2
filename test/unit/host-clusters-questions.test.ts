import { describe, expect, it } from 'vitest';
import { freeName, suggestedName } from '../../src/host/clusters/cluster-names.js';
import { askAll, type Answer, type Ask } from '../../src/host/clusters/question-flow.js';
import { roleMistake } from '../../src/host/clusters/role-check.js';

type Said = readonly string[];

/** Asks that answer from a script: a text is an answer, `back` and `closed` are themselves. */
function scripted(
  names: readonly string[],
  script: string[],
  skip: (name: string, said: Said) => boolean = () => false,
) {
  const asked: string[] = [];
  const asks = names.map<Ask<Said>>((name) => (said, canGoBack) => {
    if (skip(name, said)) return undefined;
    asked.push(canGoBack ? name : `${name} (first)`);
    const next = script.shift() ?? 'closed';
    const answer: Answer<Said> =
      next === 'back' || next === 'closed' ? { kind: next } : { kind: 'answer', value: [...said, `${name}=${next}`] };
    return Promise.resolve(answer);
  });
  return { asked, run: () => askAll<Said>([], asks) };
}

describe('questions one after another', () => {
  it('gather their answers', async () => {
    const { run, asked } = scripted(['host', 'user'], ['h', 'u']);
    expect(await run()).toEqual(['host=h', 'user=u']);
    expect(asked).toEqual(['host (first)', 'user']);
  });

  it('can be gone back, which undoes the answer', async () => {
    const { run, asked } = scripted(['host', 'user', 'tls'], ['h', 'wrong', 'back', 'right', 'yes']);
    expect(await run()).toEqual(['host=h', 'user=right', 'tls=yes']);
    expect(asked).toEqual(['host (first)', 'user', 'tls', 'user', 'tls']);
  });

  it('go back over those that were left out', async () => {
    const skip = (name: string, said: Said): boolean => name === 'user' && said.includes('login=none');
    const { run } = scripted(['login', 'user', 'tls'], ['none', 'back', 'password', 'me', 'no'], skip);
    expect(await run()).toEqual(['login=password', 'user=me', 'tls=no']);
  });

  it('stay at the first one when there is nothing to go back to', async () => {
    const { run } = scripted(['host'], ['back', 'h']);
    expect(await run()).toEqual(['host=h']);
  });

  it('end with nothing when one is closed', async () => {
    expect(await scripted(['host', 'user'], ['h', 'closed']).run()).toBeUndefined();
  });
});

describe('the name that is suggested', () => {
  it.each([
    [['shop.mongo.cosmos.azure.com:10255'], 'shop'],
    [['shop.global.mongocluster.cosmos.azure.com'], 'shop'],
    [['shop.ab1cd.mongodb.net'], 'shop'],
    [['db1.example.net:27017', 'db2.example.net:27017'], 'db1.example.net:27017'],
    [['127.0.0.1:27017'], '127.0.0.1:27017'],
  ])('for %j is %s', (hosts, name) => expect(suggestedName(hosts)).toBe(name));

  it('is free', () => {
    expect(freeName('shop', [{ name: 'shop' }, { name: 'shop 2' }])).toBe('shop 3');
    expect(freeName('shop', [])).toBe('shop');
  });
});

describe('a cluster in the wrong role', () => {
  it.each([
    ['source', 'cosmos-ru', 'cosmos-ru-as-source'],
    ['source', 'cosmos-vcore', 'cosmos-vcore-as-source'],
    ['target', 'amazon-documentdb', 'documentdb-as-target'],
    ['target', 'atlas', 'atlas-as-target'],
  ] as const)('as %s %s is %s', (role, kind, mistake) => expect(roleMistake(role, { kind })).toBe(mistake));

  it.each([
    ['source', 'mongodb'],
    ['source', 'amazon-documentdb'],
    ['target', 'cosmos-ru'],
    ['target', 'cosmos-vcore'],
    ['target', 'ferretdb'],
    ['target', 'mongodb'],
  ] as const)('is not %s %s', (role, kind) => expect(roleMistake(role, { kind })).toBeUndefined());
});
