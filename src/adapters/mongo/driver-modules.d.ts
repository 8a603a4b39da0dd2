/** The parts of the driver's private modules that the copy relies on; see driver-internals.ts. */
declare module 'mongodb/lib/cmap/commands.js' {
  const commands: {
    readonly DocumentSequence?: new (field: string) => object;
    readonly OpMsgRequest?: new (
      db: string,
      command: Record<string, unknown>,
      options: Record<string, unknown>,
    ) => { toBin(): Uint8Array[] };
  };
  export default commands;
}

declare module 'mongodb/lib/cmap/connect.js' {
  import type { Socket } from 'node:net';

  export interface DriverConnection {
    readonly description?: { readonly compressor?: string };
    readonly supportsOpMsg?: boolean;
    /** A message that carries the session, the read preference and whatever else this server wants with a command. */
    prepareCommand(
      db: string,
      command: Record<string, unknown>,
      options: Record<string, unknown>,
    ): { toBin(): Uint8Array[] };
    destroy(): void;
  }

  const connecting: {
    readonly makeConnection?: (options: object, socket: Socket) => DriverConnection;
    readonly performInitialHandshake?: (connection: DriverConnection, options: object) => Promise<void>;
    readonly LEGAL_TCP_SOCKET_OPTIONS?: readonly string[];
    readonly LEGAL_TLS_SOCKET_OPTIONS?: readonly string[];
  };
  export default connecting;
}
