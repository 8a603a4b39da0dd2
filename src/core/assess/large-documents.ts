import type { Finding } from '../model/finding.js';
import { MIB } from '../model/units.js';

const RULE = /^document-over-(\d+)mb$/;

/** Bytes above which a rule on large documents speaks; undefined for any other rule. */
export function largeDocumentLimit({ rule }: Pick<Finding, 'rule'>): number | undefined {
  const megabytes = RULE.exec(rule)?.[1];
  return megabytes === undefined ? undefined : Number(megabytes) * MIB;
}
