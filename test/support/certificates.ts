/** Certificates for TLS tests: an authority, a server's certificate, a client's. Made anew for each suite. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { makeTempFolder } from './temp.js';

export interface TestCertificates {
  readonly caFile: string;
  /** Key and certificate of a server at 127.0.0.1 and localhost. */
  readonly serverFile: string;
  /** The same for the name `elsewhere.example` only. */
  readonly wrongNameServerFile: string;
  /** The same for `*.example.test`. */
  readonly srvServerFile: string;
  /** Key and certificate of a client. */
  readonly clientFile: string;
  /** The client's subject as MongoDB writes it: the name of its X.509 user. */
  readonly clientSubject: string;
  /** Another authority that signed nothing here. */
  readonly foreignCaFile: string;
  remove(): Promise<void>;
}

interface Authority {
  readonly key: string;
  readonly cert: string;
}

const EC = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;

async function makeAuthority(name: string): Promise<Authority> {
  const made = await generate([{ name: 'commonName', value: name }], {
    ...EC,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return { key: made.private, cert: made.cert };
}

type AltName = { type: 2; value: string } | { type: 7; ip: string };

async function makeServer(ca: Authority, name: string, altNames: AltName[]): Promise<string> {
  const made = await generate(
    [
      { name: 'commonName', value: name },
      { name: 'organizationName', value: 'Test servers' },
    ],
    {
      ...EC,
      ca,
      extensions: [
        { name: 'basicConstraints', cA: false },
        { name: 'keyUsage', digitalSignature: true, keyEncipherment: true },
        // mongod checks its own certificate for client use too when it has an authority.
        { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
        { name: 'subjectAltName', altNames },
      ],
    },
  );
  return made.private + made.cert;
}

export async function makeCertificates(): Promise<TestCertificates> {
  const folder = await makeTempFolder('certificates');
  const write = async (name: string, text: string): Promise<string> => {
    const path = join(folder.path, name);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  };
  const ca = await makeAuthority('Test authority');
  const foreign = await makeAuthority('Foreign authority');
  const client = await generate(
    [
      { name: 'commonName', value: 'migrator' },
      { name: 'organizationName', value: 'Test clients' },
    ],
    {
      ...EC,
      ca,
      extensions: [
        { name: 'basicConstraints', cA: false },
        { name: 'keyUsage', digitalSignature: true },
        { name: 'extKeyUsage', clientAuth: true },
      ],
    },
  );
  return {
    caFile: await write('ca.pem', ca.cert),
    serverFile: await write(
      'server.pem',
      await makeServer(ca, 'localhost', [
        { type: 2, value: 'localhost' },
        { type: 7, ip: '127.0.0.1' },
      ]),
    ),
    wrongNameServerFile: await write(
      'wrong-name.pem',
      await makeServer(ca, 'elsewhere.example', [{ type: 2, value: 'elsewhere.example' }]),
    ),
    srvServerFile: await write('srv.pem', await makeServer(ca, 'example.test', [{ type: 2, value: '*.example.test' }])),
    clientFile: await write('client.pem', client.private + client.cert),
    clientSubject: 'O=Test clients,CN=migrator',
    foreignCaFile: await write('foreign-ca.pem', foreign.cert),
    remove: () => folder.remove(),
  };
}
