import type { Document } from 'bson';

const HELLO_NAMES = new Set(['hello', 'isMaster', 'ismaster']);

/** By the command's name, old and new. */
export function isHello(commandName: string): boolean {
  return HELLO_NAMES.has(commandName);
}

/** The tool's hello for the target: no compression, which the relay could not read, and no waiting for topology changes. */
export function rewriteHelloRequest(body: Document): Document {
  const request: Document = { ...body };
  for (const field of ['compression', 'topologyVersion', 'maxAwaitTimeMS']) delete request[field];
  return request;
}

/**
 * Everything by which a client finds other addresses is left out, so that it cannot go round the
 * relay, and what is left is a plain single server. Clients then send no retryable writes either, which an RU account refuses and which
 * could not be sent again in parts.
 */
const HIDDEN_FIELDS = [
  'hosts',
  'passives',
  'arbiters',
  'primary',
  'me',
  'setName',
  'setVersion',
  'electionId',
  'lastWrite',
  'topologyVersion',
  'compression',
  'msg',
  'arbiterOnly',
  'hidden',
  'tags',
];

/** Wire version of MongoDB 8.0, whose cross-namespace `bulkWrite` command the relay does not follow: clients are kept below it. */
const HIGHEST_WIRE_VERSION = 24;

/** The target's hello for the tool: a plain single server, with nothing that leads past the relay. */
export function rewriteHelloReply(body: Document): Document {
  const reply: Document = { ...body };
  for (const field of HIDDEN_FIELDS) delete reply[field];
  const wire = Number(reply['maxWireVersion'] ?? 0);
  if (wire > HIGHEST_WIRE_VERSION) reply['maxWireVersion'] = HIGHEST_WIRE_VERSION;
  return reply;
}
