/** Single keys of a terminal, while something goes on. */

export interface Keys {
  /** False where no keys can be read (stdin is no terminal). */
  readonly possible: boolean;
  /** Reads keys until the listener is taken away; one listener at a time. */
  listen(listener: (key: string) => void): { stop(): void };
}

interface KeyInput {
  readonly isTTY?: boolean;
  setRawMode?(mode: boolean): unknown;
  on(event: 'data', listener: (data: Buffer | string) => void): unknown;
  on(event: 'error', listener: () => void): unknown;
  off(event: 'data', listener: (data: Buffer | string) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

const CTRL_C = '\x03';

/** `interrupt`: what Ctrl-C does, which a terminal in raw mode sends as a character. */
export function terminalKeys(input: KeyInput, interrupt: () => void): Keys {
  let isGuarded = false;
  return {
    possible: input.isTTY === true && input.setRawMode !== undefined,
    listen(listener) {
      const onData = (data: Buffer | string): void => {
        for (const key of data.toString()) {
          if (key === CTRL_C) interrupt();
          else listener(key);
        }
      };
      // A terminal that is gone cannot be set back any more: no reason to end in the middle.
      if (!isGuarded) input.on('error', () => undefined);
      isGuarded = true;
      input.setRawMode?.(true);
      input.on('data', onData);
      input.resume();
      return {
        stop: () => {
          input.off('data', onData);
          input.setRawMode?.(false);
          input.pause();
        },
      };
    },
  };
}

/** Resolves at the next key, Ctrl-C included, and when nobody can press one any more. */
export async function untilKey(input: KeyInput & Pick<NodeJS.ReadableStream, 'once'>): Promise<void> {
  let ended: () => void = () => undefined;
  const pressed = new Promise<void>((resolve) => (ended = resolve));
  const listening = terminalKeys(input, ended).listen(ended);
  for (const event of ['end', 'close', 'error']) input.once(event, ended);
  await pressed;
  listening.stop();
}
