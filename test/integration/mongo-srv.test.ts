import dns from 'node:dns';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { connect } from '../../src/adapters/mongo/connect.js';
import { parseConnectionString } from '../../src/adapters/mongo/connection-string.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import { makeCertificates, type TestCertificates } from '../support/certificates.js';
import { startDnsServer, type DnsServer } from '../support/dns-server.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';

const PASSWORD = 'pw#,1';
const resolvers = dns.promises.getServers();
const lookUp = dns.lookup;
let certificates: TestCertificates;
let server: RunningMongod;
let names: DnsServer;

beforeAll(async () => {
  certificates = await makeCertificates();
  server = await startMongod({
    auth: { user: 'root', password: PASSWORD },
    tls: {
      mode: 'requireTLS',
      certificateKeyFile: certificates.srvServerFile,
      caFile: certificates.caFile,
      allowConnectionsWithoutCertificates: true,
    },
  });
  names = await startDnsServer({
    srv: { '_mongodb._tcp.cluster.example.test': [{ name: 'node1.example.test', port: server.port }] },
    txt: { 'cluster.example.test': 'authSource=admin' },
  });
  dns.promises.setServers([names.address]);
  // The machine's own look-up of host names takes no server to ask; only this one name is answered for it.
  vi.spyOn(dns, 'lookup').mockImplementation(((host: string, ...rest: never[]) =>
    (lookUp as (host: string, ...rest: never[]) => void)(
      host === 'node1.example.test' ? '127.0.0.1' : host,
      ...rest,
    )) as typeof dns.lookup);
});
afterAll(async () => {
  dns.promises.setServers(resolvers);
  vi.restoreAllMocks();
  await names[Symbol.asyncDispose]();
  await server.stop();
  await certificates.remove();
});

describe('mongodb+srv', () => {
  it('finds the servers by the SRV record, TLS and the TXT record’s options included', async () => {
    const connectionString = parseConnectionString('mongodb+srv://root@cluster.example.test/', { password: PASSWORD });
    await using cluster = await connect({ connectionString, clock: systemClock, tlsCAFile: certificates.caFile });
    expect(cluster.facts).toMatchObject({ tls: true, kind: 'mongodb', hosts: [`node1.example.test:${server.port}`] });
    const status = await cluster.session.command('admin', { connectionStatus: 1 });
    expect(status.authInfo).toMatchObject({ authenticatedUsers: [{ user: 'root', db: 'admin' }] });
  });

  it('without a record is unreachable because of dns', async () => {
    const connectionString = parseConnectionString('mongodb+srv://root@other.example.test/', { password: PASSWORD });
    await expect(connect({ connectionString, clock: systemClock })).rejects.toMatchObject({
      code: 'unreachable-host',
      facts: { reason: 'dns', srv: true },
    });
  });
});
