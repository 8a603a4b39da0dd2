import { deserialize, type Document } from 'bson';
import type { CommandLink } from '../../src/relay/upstream.js';
import {
  commandName,
  openOpMsg,
  payloadDocuments,
  readBody,
  writeDocumentMessage,
  writeOpMsg,
} from '../../src/relay/wire.js';

/** A command as the script sees it: the body, and the operations of a write, decoded. */
export interface SeenCommand {
  readonly name: string;
  readonly body: Document;
  readonly operations: readonly Document[];
}

const PAYLOAD: Readonly<Record<string, string>> = { insert: 'documents', update: 'updates', delete: 'deletes' };

/** Answers each command with what `answer` returns, a body or a whole message, and remembers what was asked. */
export class ScriptedLink implements CommandLink {
  readonly seen: SeenCommand[] = [];
  private nextId = 1;

  constructor(private readonly answer: (command: SeenCommand, nth: number) => Document | Buffer) {}

  newRequestId(): number {
    this.nextId += 1;
    return this.nextId;
  }

  async rawCommand(body: Uint8Array): Promise<Buffer> {
    return this.roundTrip(writeOpMsg({ requestId: this.newRequestId(), responseTo: 0, body }));
  }

  roundTrip(message: Uint8Array): Promise<Buffer> {
    const request = openOpMsg(Buffer.from(message));
    const name = commandName(request);
    const operations = payloadDocuments(request, PAYLOAD[name] ?? '').map(({ start, length }) =>
      deserialize(request.buffer.subarray(start, start + length)),
    );
    const command = { name, body: readBody(request), operations };
    this.seen.push(command);
    const reply = this.answer(command, this.seen.length);
    return Promise.resolve(Buffer.isBuffer(reply) ? reply : writeDocumentMessage(0, request.header.requestId, reply));
  }

  count(name: string): number {
    return this.seen.filter((command) => command.name === name).length;
  }
}
