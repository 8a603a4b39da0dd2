import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConnectionString } from '../../src/adapters/mongo/connection-string.js';
import {
  buildConnectionString,
  escapeCredentials,
  seemsToHoldPassword,
  type ConnectionAnswers,
} from '../../src/host/clusters/build-connection-string.js';

/** Everything that people put into passwords, above all what means something in a connection string. */
const anyPassword = fc.oneof(
  fc.string({
    minLength: 1,
    unit: fc.constantFrom('#', '%', ',', '@', ':', '/', '?', '&', '=', '+', ' ', "'", 'a', '%41'),
  }),
  fc.string({ minLength: 1, unit: 'grapheme' }),
);

const ANSWERS: ConnectionAnswers = { hosts: 'db.example.net', srv: false, auth: 'none', tls: false };

describe('a connection that is given step by step', () => {
  it('keeps user and password whatever they hold', () => {
    fc.assert(
      fc.property(anyPassword, anyPassword, fc.boolean(), (user, password, tls) => {
        const text = buildConnectionString({ ...ANSWERS, auth: 'password', user, password, tls });
        const parsed = parseConnectionString(text);
        expect(parsed.username).toBe(user);
        expect(parsed.password).toBe(password);
        expect(parsed.tls).toBe(tls);
        expect(parsed.hosts).toEqual(['db.example.net']);
      }),
    );
  });

  it('takes hosts with blanks after their commas', () => {
    const text = buildConnectionString({ ...ANSWERS, hosts: ' a:27017, b:27018 ,', replicaSet: 'rs0' });
    expect(text).toBe('mongodb://a:27017,b:27018/?replicaSet=rs0');
  });

  it('says TLS only where it is not the default of the scheme', () => {
    expect(buildConnectionString({ ...ANSWERS, srv: true, tls: true })).toBe('mongodb+srv://db.example.net/');
    expect(buildConnectionString({ ...ANSWERS, srv: true })).toBe('mongodb+srv://db.example.net/?tls=false');
    expect(buildConnectionString({ ...ANSWERS, tls: true })).toBe('mongodb://db.example.net/?tls=true');
  });

  it('logs in with a certificate without sending a password', () => {
    const text = buildConnectionString({
      ...ANSWERS,
      auth: 'x509',
      user: 'CN=me,O=shop',
      password: 'left over',
      tls: true,
    });
    const parsed = parseConnectionString(text);
    expect(parsed.username).toBe('CN=me,O=shop');
    expect(parsed.secrets).toEqual([]);
    expect(parsed.option('authMechanism')).toBe('MONGODB-X509');
    expect(parsed.option('authSource')).toBe('$external');
  });

  it('names the database of the user, a single server, and LDAP', () => {
    const scram = { ...ANSWERS, auth: 'password', user: 'u', password: 'p', authSource: 'shop', direct: true } as const;
    expect(buildConnectionString(scram)).toBe('mongodb://u:p@db.example.net/?authSource=shop&directConnection=true');
    const ldap = buildConnectionString({ ...ANSWERS, auth: 'ldap', user: 'u', password: 'p' });
    expect(parseConnectionString(ldap).option('authMechanism')).toBe('PLAIN');
  });
});

describe('a connection string that was typed without percent-encoding', () => {
  it('is encoded so that the password is what was typed', () => {
    const typed = fc.string({
      minLength: 1,
      unit: fc.constantFrom('#', '%', ',', '@', ':', '/', '[', ' ', 'a', 'Z', '9'),
    });
    fc.assert(
      fc.property(typed, fc.constantFrom('', '/', '/shop', '/?ssl=true&appName=@account@'), (password, rest) => {
        // Blanks at the ends are not the user's but the clipboard's.
        fc.pre(!`${password}x`.startsWith(' '));
        const escaped = escapeCredentials(`mongodb://user:${password}@db.example.net:10255${rest}`);
        expect(escaped).toBeDefined();
        const parsed = parseConnectionString(escaped ?? '');
        expect(parsed.username).toBe('user');
        expect(parsed.password).toBe(password);
        expect(parsed.hosts).toEqual(['db.example.net:10255']);
      }),
    );
  });

  it('is left alone where there is no password', () => {
    expect(escapeCredentials('mongodb://db.example.net/')).toBeUndefined();
    expect(escapeCredentials('mongodb://user@db.example.net/')).toBeUndefined();
    expect(escapeCredentials('https://user:pass@db.example.net/')).toBeUndefined();
  });
});

describe('a text in the box', () => {
  it.each([
    ['mongodb://user:secret@host/', true],
    ['mongodb+srv://user:p#w@host/', true],
    ['mongodb://user:sec', true],
    ['mongodb://user:1a', true],
    ['mongodb://user:27017@', true],
    ['mongodb://h/?tls=true&tlsCertificateKeyFilePassword=x', true],
    ['mongodb://h/?authMechanismProperties=AWS_SESSION_TOKEN%3Ax', true],
    ['mongodb://user@host:27017/', false],
    ['mongodb://host:27', false],
    ['mongodb://a:27017,b:27018/?tls=true', false],
    ['mongodb://[::1]:27017/', false],
    ['mongodb://host:27017/', false],
    ['', false],
  ])('%s holds a password: %s', (text, expected) => {
    expect(seemsToHoldPassword(text)).toBe(expected);
  });
});
