import { MigrationError } from '../core/model/error.js';

/** A whole number of an option, within its bounds. `instead`: words that it takes as well. @throws MigrationError `bad-number`. */
export function wholeNumber(name: string, text: string, minimum: number, maximum: number, instead?: string): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value) || value < minimum || value > maximum) {
    throw new MigrationError('bad-number', {
      ...{ name, value: text, minimum, maximum },
      ...(instead === undefined ? {} : { instead }),
    });
  }
  return value;
}
