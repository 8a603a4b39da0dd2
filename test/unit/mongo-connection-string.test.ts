import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ConnectionString,
  hostList,
  hostName,
  hostPort,
  isCosmosRuHost,
  isLoopbackHost,
  parseConnectionString,
  splitPassword,
  withoutPassword,
} from '../../src/adapters/mongo/connection-string.js';
import { MigrationError } from '../../src/core/model/error.js';

const anyPassword = fc.oneof(
  fc.string({ minLength: 1, unit: 'binary' }),
  fc.string({
    minLength: 1,
    unit: fc.constantFrom('#', '%', ',', '@', ':', '/', '?', '&', '=', '+', ' ', 'a', "'", '"', '[', '%41'),
  }),
);

function flawOf(text: string, password?: string): unknown {
  try {
    parseConnectionString(text, password === undefined ? {} : { password });
  } catch (error) {
    if (MigrationError.is(error, 'bad-connection-string')) return error.facts.reason;
    throw error;
  }
  return undefined;
}

describe('a password', () => {
  it('survives being put in, revealed, parsed again and split off, whatever it holds', () => {
    fc.assert(
      fc.property(anyPassword, anyPassword, (password, user) => {
        const base = `mongodb://${encodeURIComponent(user)}@db1.example:27018,db2.example/shop?authSource=admin`;
        const joined = parseConnectionString(base, { password });
        const again = parseConnectionString(joined.reveal());
        expect(again.password).toBe(password);
        expect(again.username).toBe(user);
        expect(again.hosts).toEqual(['db1.example:27018', 'db2.example']);
        const split = splitPassword(joined.reveal());
        expect(split.password).toBe(password);
        expect(parseConnectionString(split.uri, { password }).reveal()).toBe(joined.reveal());
        expect(parseConnectionString(split.uri).password).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

  it('is not seen in anything printed, serialised or inspected', () => {
    const canary = 'cAnArY%zz#1';
    const cs = parseConnectionString('mongodb://u@h/?tls=true', { password: canary });
    const shown = [
      String(cs),
      JSON.stringify({ cs }),
      inspect(cs, { showHidden: true, depth: 9 }),
      inspect({ cs }),
      `${cs.toString()}`,
    ];
    for (const text of shown) {
      expect(text).not.toContain('cAnArY');
      expect(text).toContain('***');
    }
  });

  it('that is not valid Unicode is refused and not shown', () => {
    expect(flawOf('mongodb://u@h', '\ud800')).toBe('bad-escape');
  });

  it('without a user is refused', () => {
    expect(flawOf('mongodb://h', 'p')).toBe('no-user-for-password');
  });

  it('given in the string as well is replaced by the one given apart', () => {
    expect(parseConnectionString('mongodb://u:old@h', { password: 'new' }).password).toBe('new');
  });
});

describe('secrets other than the password', () => {
  it('are taken out of what a plan keeps', () => {
    const uri =
      'mongodb://u:pw@h/?tls=true&tlsCertificateKeyFilePassword=s3cret&authMechanism=MONGODB-AWS&authMechanismProperties=AWS_SESSION_TOKEN:t0ken,X:1';
    const plain = withoutPassword(uri);
    for (const secret of ['pw', 's3cret', 't0ken']) expect(plain).not.toContain(secret);
    expect(parseConnectionString(plain).option('authMechanismProperties')).toBe('X:1');
    expect(parseConnectionString(uri).secrets).toEqual(expect.arrayContaining(['pw', 's3cret', 't0ken']));
  });
});

describe('the secrets of another string', () => {
  const whole = parseConnectionString(
    'mongodb://u:p%40ss@h/?tlsCertificateKeyFilePassword=s3cret&authMechanismProperties=AWS_SESSION_TOKEN:t0ken,X:1',
  );

  it('come back to the string that was stored without them', () => {
    expect(whole.withoutPassword().withSecretsOf(whole).secrets).toEqual(whole.secrets);
    expect(whole.withoutPassword().withSecretsOf(whole).option('authMechanismProperties')).toContain('X:1');
  });

  it('do not replace those that are there, nor give a password to nobody', () => {
    expect(parseConnectionString('mongodb://u:new@h').withSecretsOf(whole).password).toBe('new');
    const nobody = parseConnectionString('mongodb://h').withSecretsOf(whole);
    expect(nobody.password).toBeUndefined();
    expect(nobody.secrets).toContain('s3cret');
  });
});

describe('a bad string', () => {
  it.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['localhost:27017', 'scheme'],
    ['http://h', 'scheme'],
    ['mongodb://', 'no-host'],
    ['mongodb://u:p@', 'no-host'],
    ['mongodb://h:0', 'bad-port'],
    ['mongodb://h:70000', 'bad-port'],
    ['mongodb://h:port', 'bad-port'],
    ['mongodb://a b', 'bad-host'],
    ['mongodb://h1,,h2', 'bad-host'],
    ['mongodb://u:p@ss@h', 'unescaped-credentials'],
    ['mongodb://u:p/q@h', 'unescaped-credentials'],
    ['mongodb://u:p?q@h', 'unescaped-credentials'],
    ['mongodb://u:a:b@h', 'unescaped-credentials'],
    ['mongodb://u:p@ss:w/rd #%@h:27017/?a=b', 'unescaped-credentials'],
    ['mongodb://u:%zz@h', 'bad-escape'],
    ['mongodb://:p@h', 'no-user-for-password'],
    ['mongodb://@h', 'no-user-for-password'],
    ['mongodb+srv://a.example,b.example', 'srv-needs-one-name'],
    ['mongodb+srv://a.example:27017', 'srv-takes-no-port'],
  ])('%j is refused because of %s', (text, reason) => {
    expect(flawOf(text)).toBe(reason);
  });

  it('gives an error that holds nothing of the string, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), fc.constantFrom('', 'mongodb://', 'mongodb+srv://'), (junk, scheme) => {
        try {
          parseConnectionString(`${scheme}u:canary-${junk}@h`);
        } catch (error) {
          expect(MigrationError.is(error, 'bad-connection-string')).toBe(true);
          expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('canary');
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('an RU account', () => {
  const uri = 'mongodb://acc:k%3D%3D@acc.mongo.cosmos.azure.com:10255/?ssl=true&replicaSet=globaldb&appName=@acc@';

  it('gets retryWrites=false and keeps its idle time, even where the string says otherwise', () => {
    for (const more of ['', '&retrywrites=true', '&maxIdleTimeMS=120000']) {
      const cs = parseConnectionString(uri + more);
      expect(cs.option('retryWrites')).toBe('false');
      expect(cs.option('maxIdleTimeMS')).toBe('120000');
      expect(cs.reveal().match(/retrywrites/gi)).toHaveLength(1);
      expect(cs.tls).toBe(true);
      expect(cs.password).toBe('k==');
    }
  });

  it('is known by its host in every cloud, and vCore is not one', () => {
    for (const host of [
      'a.mongo.cosmos.azure.com:10255',
      'a.mongo.cosmos.azure.us',
      'a.documents.azure.com',
      'a.mongo.cosmos.azure.cn',
    ]) {
      expect(isCosmosRuHost(host)).toBe(true);
    }
    for (const host of ['a.mongocluster.cosmos.azure.com', 'mongo.cosmos.azure.com.evil.example', 'localhost']) {
      expect(isCosmosRuHost(host)).toBe(false);
    }
  });
});

describe('hosts', () => {
  it('come apart into name and port, IPv6 too', () => {
    expect([hostName('h:1'), hostPort('h:1')]).toEqual(['h', 1]);
    expect([hostName('h'), hostPort('h')]).toEqual(['h', 27_017]);
    expect([hostName('[::1]:28000'), hostPort('[::1]:28000')]).toEqual(['::1', 28_000]);
    expect([hostName('[fe80::1]'), hostPort('[fe80::1]')]).toEqual(['fe80::1', 27_017]);
    expect(hostList('mongodb://a,b:1,[::1]:2/')).toEqual(['a', 'b:1', '[::1]:2']);
  });

  it('of the machine itself are told from others', () => {
    for (const host of ['localhost', 'LOCALHOST:1', '127.0.0.1:27017', '127.9.9.9', '[::1]:1'])
      expect(isLoopbackHost(host)).toBe(true);
    for (const host of ['127.0.0.1.example', 'db', '10.0.0.1', '128.0.0.1']) expect(isLoopbackHost(host)).toBe(false);
  });

  it('can be addressed one by one, with the TLS of the whole and without its replica set', () => {
    const cs = ConnectionString.parse('mongodb+srv://u:p@c.example/shop?authSource=x');
    const direct = cs.direct('m1.example:27017', { authSource: 'admin' });
    expect(direct.reveal()).toBe('mongodb://u:p@m1.example:27017/shop?authSource=admin&tls=true&directConnection=true');
    const set = ConnectionString.parse('mongodb://a,b/?replicaSet=rs0&readPreference=secondary').direct('b');
    expect(set.option('replicaSet')).toBeUndefined();
    expect(set.option('readPreference')).toBeUndefined();
    expect(set.tls).toBe(false);
  });
});
