import { hash } from 'node:crypto';
import type { Namespace } from '../../core/model/namespace.js';
import { formatNamespace } from '../../core/model/namespace.js';

/** File systems take names of 255 bytes; endings are added to this. */
const LONGEST_NAME = 180;
/** Names that Windows keeps for devices, with any ending. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/;

function escape(character: string): string {
  return [...Buffer.from(character, 'utf8')].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}

/**
 * A file name for a namespace, without an ending: readable where it can be, different for different namespaces also where the file system does not
 * tell upper from lower case, and never longer than file systems take.
 */
export function namespaceFileName(ns: Namespace): string {
  const full = formatNamespace(ns);
  const escaped = full
    .replace(/[^a-z0-9._-]/gu, escape)
    .replace(DEVICE, (name) => escape(name.charAt(0)) + name.slice(1));
  const name = escaped.replace(/^\./, '%2e');
  if (name.length <= LONGEST_NAME) return name;
  return `${name.slice(0, LONGEST_NAME).replace(/%.?$/, '')}~${hash('sha256', full, 'hex').slice(0, 32)}`;
}
