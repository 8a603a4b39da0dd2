import type { Document } from 'bson';
import type { EmulatedVersion, Settings } from './options.js';

/** MongoDB's own wire versions (facts section 8.1). */
const WIRE_VERSION: Readonly<Record<EmulatedVersion, number>> = { '4.2': 8, '5.0': 13, '6.0': 17, '7.0': 21 };

/** From Microsoft's "batches up to 1,000"; what the service's hello really says is not published. */
export const MAX_WRITE_BATCH = 1000;

/** Kept of the backend's hello: what belongs to the client's own authentication and negotiation. */
const KEPT = ['helloOk', 'saslSupportedMechs', 'speculativeAuthenticate', 'clientMetadata', 'localTime', 'ok'];

/** The backend's hello as the service would say it: one primary of the set `globaldb`, no compression, no streaming. */
export function rewriteHello(reply: Document, settings: Settings, address: string): Document {
  if (Number(reply['ok']) !== 1) return reply;
  const kept = Object.fromEntries(KEPT.filter((name) => name in reply).map((name) => [name, reply[name] as unknown]));
  return {
    ...('isWritablePrimary' in reply ? { isWritablePrimary: true } : {}),
    ...('ismaster' in reply ? { ismaster: true } : {}),
    secondary: false,
    setName: 'globaldb',
    setVersion: 1,
    hosts: [address],
    primary: address,
    me: address,
    maxBsonObjectSize: 16_777_216,
    maxMessageSizeBytes: 48_000_000,
    maxWriteBatchSize: MAX_WRITE_BATCH,
    ...(settings.logicalSessions ? { logicalSessionTimeoutMinutes: 30 } : {}),
    minWireVersion: 0,
    maxWireVersion: WIRE_VERSION[settings.emulatedVersion],
    readOnly: false,
    ...kept,
  };
}

export function buildInfo(settings: Settings): Document {
  const [major, minor] = settings.emulatedVersion.split('.').map(Number);
  return {
    _t: 'BuildInfoResponse',
    version: `${settings.emulatedVersion}.0`,
    versionArray: [major ?? 0, minor ?? 0, 0, 0],
    bits: 64,
    debug: false,
    maxBsonObjectSize: 16_777_216,
    ok: 1,
  };
}
