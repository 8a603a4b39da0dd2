import type { Document } from 'bson';

/** A command that the server answers with `ok: 0`. */
export class CommandRefusal extends Error {
  constructor(
    readonly code: number,
    readonly codeName: string,
    message: string,
  ) {
    super(message);
  }

  reply(): Document {
    return { ok: 0, errmsg: this.message, code: this.code, codeName: this.codeName };
  }
}

export function badValue(message: string): CommandRefusal {
  return new CommandRefusal(2, 'BadValue', message);
}

export function notSupported(message: string): CommandRefusal {
  return new CommandRefusal(115, 'CommandNotSupported', message);
}
