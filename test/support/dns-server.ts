/** A DNS server of a few fixed records, on loopback: what `mongodb+srv` asks for. https://www.rfc-editor.org/rfc/rfc1035 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

export interface DnsRecords {
  /** By name of the service, `_mongodb._tcp.cluster.example.test`. */
  readonly srv: Readonly<Record<string, readonly { readonly name: string; readonly port: number }[]>>;
  readonly txt: Readonly<Record<string, string>>;
}

export interface DnsServer extends AsyncDisposable {
  /** For `setServers`. */
  readonly address: string;
}

const TYPE = { txt: 16, srv: 33 } as const;
const NO_SUCH_NAME = 3;

function encodeName(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label, 'latin1')]));
  return Buffer.concat([...labels, Buffer.of(0)]);
}

function decodeName(message: Buffer, start: number): { name: string; end: number } {
  const labels: string[] = [];
  let position = start;
  for (let length = message[position] ?? 0; length > 0; length = message[position] ?? 0) {
    labels.push(message.toString('latin1', position + 1, position + 1 + length));
    position += 1 + length;
  }
  return { name: labels.join('.'), end: position + 1 };
}

const uint16 = (value: number): Buffer => Buffer.of(value >> 8, value & 0xff);

function dataOf(records: DnsRecords, name: string, type: number): Buffer[] | undefined {
  if (type === TYPE.srv) {
    return records.srv[name]?.map((r) => Buffer.concat([uint16(0), uint16(0), uint16(r.port), encodeName(r.name)]));
  }
  const text = type === TYPE.txt ? records.txt[name] : undefined;
  return text === undefined ? undefined : [Buffer.concat([Buffer.of(text.length), Buffer.from(text, 'latin1')])];
}

function answer(records: DnsRecords, query: Buffer): Buffer {
  const { name, end } = decodeName(query, 12);
  const type = query.readUInt16BE(end);
  const data = dataOf(records, name.toLowerCase(), type) ?? [];
  const question = query.subarray(12, end + 4);
  const flags = 0x8180 | (data.length > 0 ? 0 : NO_SUCH_NAME);
  const header = Buffer.concat([query.subarray(0, 2), ...[flags, 1, data.length, 0, 0].map(uint16)]);
  // Each answer points at the question's name, class IN, no time to live.
  const answers = data.map((d) =>
    Buffer.concat([uint16(0xc00c), uint16(type), uint16(1), Buffer.alloc(4), uint16(d.length), d]),
  );
  return Buffer.concat([header, question, ...answers]);
}

export async function startDnsServer(records: DnsRecords): Promise<DnsServer> {
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => socket.send(answer(records, query), from.port, from.address));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    [Symbol.asyncDispose]: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
}
