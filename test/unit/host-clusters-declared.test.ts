import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConnectionString } from '../../src/adapters/mongo/connection-string.js';
import { readDeclared, resolveReferences } from '../../src/host/clusters/declared-connections.js';

const entry = (connectionString: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  name: 'shop',
  role: 'source',
  connectionString,
  ...more,
});

describe('a connection of the settings', () => {
  it('is listed without its secret, and names the variable that a plan can name', () => {
    const { connections, refused } = readDeclared(
      [entry('mongodb://reader:${env:SHOP_PW}@db1,db2/?replicaSet=rs0')],
      {},
    );
    expect(refused).toEqual([]);
    expect(connections[0]?.profile).toEqual({
      id: 'settings:shop',
      name: 'shop',
      role: 'source',
      origin: 'settings',
      uri: 'mongodb://reader@db1,db2/?replicaSet=rs0',
      secret: 'environment',
    });
    expect(connections[0]?.passwordVariable).toBe('SHOP_PW');
  });

  it('takes user and host from variables too, and a part of a secret from none', () => {
    const env = { SHOP_USER: 'a:b', SHOP_HOST: 'db.example.net' };
    const { connections } = readDeclared([entry('mongodb://${env:SHOP_USER}:${env:PW}@${env:SHOP_HOST}/')], env);
    expect(connections[0]?.profile.uri).toBe('mongodb://a%3Ab@db.example.net/');
    expect(readDeclared([entry('mongodb://u:prefix${env:PW}@h/')], env).refused).toEqual([
      { name: 'shop', reason: 'literal-secret' },
    ]);
  });

  it('without a secret needs no variable', () => {
    const { connections } = readDeclared([entry('mongodb://127.0.0.1:27017/', { tlsCAFile: '/ca.pem' })], {});
    expect(connections[0]?.profile).toMatchObject({ secret: 'none', tlsCAFile: '/ca.pem' });
  });

  it('is refused with its reason and does not hold up the others', () => {
    const { connections, refused } = readDeclared(
      [
        'mongodb://h/',
        entry('mongodb://h/', { name: '' }),
        entry('mongodb://h/', { role: 'both' }),
        entry('http://h/'),
        entry('mongodb://u:literal@h/'),
        entry('mongodb://${env:NOT_THERE}@h/'),
        entry('mongodb://h/'),
        entry('mongodb://h2/'),
      ],
      {},
    );
    expect(connections.map(({ profile }) => profile.uri)).toEqual(['mongodb://h/']);
    expect(refused).toEqual([
      { name: '#1', reason: 'not-an-object' },
      { name: '#2', reason: 'no-name' },
      { name: 'shop', reason: 'bad-role' },
      { name: 'shop', reason: 'no-connection-string' },
      { name: 'shop', reason: 'literal-secret' },
      { name: 'shop', reason: 'not-set', variable: 'NOT_THERE' },
      { name: 'shop', reason: 'same-name' },
    ]);
  });

  it('with a literal secret is refused wherever the secret stands', () => {
    const places = [
      'mongodb://u:SECRET@h/',
      'mongodb://u:SEC@RET@h/',
      'mongodb://u:SEC:RET@h1,h2/db?tls=true',
      'mongodb://h/?tlsCertificateKeyFilePassword=SECRET',
      'mongodb://h/?tls=true&proxyPassword=SECRET&proxyHost=p',
      'mongodb://h/?authMechanism=MONGODB-AWS&authMechanismProperties=AWS_SESSION_TOKEN:SECRET',
      'mongodb+srv://u:SECRET@h/?appName=@a@',
    ];
    for (const text of places) {
      expect(readDeclared([entry(text)], {}).refused, text).toEqual([{ name: 'shop', reason: 'literal-secret' }]);
    }
  });

  it('never shows in its profile what a variable of a secret holds', () => {
    const templates = [
      'mongodb://u:${env:S}@h/',
      'mongodb://u:${env:S}@h/db?tls=true&tlsCertificateKeyFilePassword=${env:S}',
      'mongodb://h/?authMechanismProperties=SERVICE_NAME:x,AWS_SESSION_TOKEN:${env:S}',
      'mongodb+srv://u:${env:S}@h/?appName=@u@',
    ];
    for (const template of templates) {
      const { connections } = readDeclared([entry(template)], { S: 'canary-4711' });
      expect(connections, template).toHaveLength(1);
      expect(JSON.stringify(connections[0]?.profile)).not.toContain('canary-4711');
      expect(() => parseConnectionString(connections[0]?.profile.uri ?? '')).not.toThrow();
    }
  });
});

describe('the references of a connection string', () => {
  it('are replaced so that the password is the value of the variable, whatever it holds', () => {
    const value = fc.string({ minLength: 1, unit: 'grapheme' });
    fc.assert(
      fc.property(value, (password) => {
        const resolved = resolveReferences('mongodb://user:${env:PW}@host/', { PW: password });
        expect(resolved.kind).toBe('resolved');
        if (resolved.kind === 'resolved') expect(parseConnectionString(resolved.text).password).toBe(password);
      }),
    );
  });

  it('name the first variable that is not set or empty', () => {
    expect(resolveReferences('mongodb://${env:A}:${env:B}@h/', { A: 'a', B: '' })).toEqual({
      kind: 'not-set',
      variable: 'B',
    });
  });
});
