/** The part of the driver's private module that raw-sequence.ts relies on. */
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
