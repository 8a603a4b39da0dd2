/** The second reading: which documents make a segment differ. */
import { rawId } from '../../core/bson/raw-document.js';
import { readableId, shownIdHex } from '../raw-id.js';
import type { ComparedSegment, Comparison } from './compare-segments.js';
import { hashId, locateId, type IdSpan } from './document-sums.js';
import { IdTable } from './id-table.js';
import type { DifferenceKind, DocumentDifference } from './result.js';
import { readSegment, withReconnect, type Segment, type Side } from './side.js';

/** Documents that one pass remembers: 32 bytes each and room to spare make 32 MB. */
export const PASS_DOCUMENTS = 500_000;
/** Each pass reads its segments again; past this, totals are lower bounds. */
const MOST_PASSES = 64;
const NO_ID = Buffer.alloc(0);

export interface Located {
  missing: number;
  extra: number;
  different: number;
  exact: boolean;
  readonly documents: DocumentDifference[];
}

export interface LocateOptions {
  /** Documents to name. */
  readonly reportLimit: number;
  readonly passDocuments?: number;
  /** Is offered the source's bytes of each document that is different on the target, and flushed after each reply. */
  readonly mender?: DocumentMender;
}

export interface DocumentMender {
  /** The bytes are a window on a reply: they are good until the next flush. */
  offer(document: Buffer): void;
  flush(): Promise<void>;
}

/** Buckets of segments that are read again together. */
interface Pass {
  readonly parts: Map<Segment, Set<number>>;
  documents: number;
}

/** Finds the documents behind the differing buckets. @throws as the sessions do. */
export async function locateDifferences(
  work: Comparison,
  compared: readonly ComparedSegment[],
  options: LocateOptions,
): Promise<Located> {
  const located: Located = { missing: 0, extra: 0, different: 0, exact: true, documents: [] };
  const { twoSided, onlySource, onlyTarget } = passesOf(compared, options.passDocuments ?? PASS_DOCUMENTS);
  // Buckets with nothing on the other side need no comparison: their counts are known.
  located.missing += onlySource.documents;
  located.extra += onlyTarget.documents;
  await nameAll(work, work.source, onlySource, 'missing', located, options.reportLimit);
  await nameAll(work, work.target, onlyTarget, 'extra', located, options.reportLimit);
  for (const [index, pass] of twoSided.entries()) {
    if (index === MOST_PASSES) {
      located.exact = false;
      break;
    }
    await comparePass(work, pass, located, options);
  }
  return located;
}

function passesOf(
  compared: readonly ComparedSegment[],
  limit: number,
): { twoSided: Pass[]; onlySource: Pass; onlyTarget: Pass } {
  const fresh = (): Pass => ({ parts: new Map(), documents: 0 });
  const add = (pass: Pass, segment: Segment, bucket: number, documents: number): void => {
    const buckets = pass.parts.get(segment) ?? new Set();
    pass.parts.set(segment, buckets.add(bucket));
    pass.documents += documents;
  };
  const [onlySource, onlyTarget] = [fresh(), fresh()];
  const twoSided: Pass[] = [];
  for (const { segment, differing } of compared) {
    for (const { bucket, onSource, onTarget } of differing) {
      if (onTarget === 0) add(onlySource, segment, bucket, onSource);
      else if (onSource === 0) add(onlyTarget, segment, bucket, onTarget);
      else {
        let last = twoSided.at(-1);
        if (!last || (last.documents > 0 && last.documents + onSource > limit)) twoSided.push((last = fresh()));
        add(last, segment, bucket, onSource);
      }
    }
  }
  return { twoSided, onlySource, onlyTarget };
}

/** Calls `each` for the documents of one side that are in the pass's buckets, until it says true. */
async function readPass(
  work: Comparison,
  side: Side,
  pass: Pass,
  each: (document: Buffer) => boolean | void,
  afterReply?: () => Promise<void>,
): Promise<void> {
  const span: IdSpan = { type: 0, start: 0, end: 0 };
  for (const [segment, buckets] of pass.parts) {
    let stopped = false;
    await readSegment(
      side,
      segment,
      (document) => {
        locateId(document, span);
        const idHash = hashId(document, span);
        if (!buckets.has(idHash & (work.buckets - 1)) || work.excluded?.has(document, span, idHash)) return false;
        stopped = each(document) === true;
        return stopped;
      },
      work.signal,
      afterReply,
    );
    if (stopped) return;
  }
}

function name(located: Located, kind: DifferenceKind, document: Buffer): void {
  located.documents.push({ kind, id: readableId(document), idHex: shownIdHex(document) });
}

async function nameAll(
  work: Comparison,
  side: Side,
  pass: Pass,
  kind: DifferenceKind,
  located: Located,
  limit: number,
): Promise<void> {
  if (pass.parts.size === 0 || located.documents.length >= limit) return;
  const before = located.documents.length;
  await withReconnect({ clock: side.clock, signal: work.signal }, async () => {
    located.documents.length = before;
    await readPass(work, side, pass, (document) => {
      name(located, kind, document);
      return located.documents.length >= limit;
    });
  });
}

async function comparePass(work: Comparison, pass: Pass, located: Located, options: LocateOptions): Promise<void> {
  const { clock } = work.source;
  const idOf = (document: Buffer): Buffer => rawId(document) ?? NO_ID;
  const named = located.documents.length;
  const { table, extra } = await withReconnect({ clock, signal: work.signal }, async () => {
    located.documents.length = named;
    const filling = new IdTable(pass.documents);
    await readPass(work, work.source, pass, (document) => filling.addSource(idOf(document), document));
    let strangers = 0;
    await readPass(work, work.target, pass, (document) => {
      if (filling.addTarget(idOf(document), document)) return;
      strangers += 1;
      if (located.documents.length < options.reportLimit) name(located, 'extra', document);
    });
    return { table: filling, extra: strangers };
  });
  const totals = table.totals();
  located.missing += totals.missing;
  located.different += totals.different;
  located.extra += totals.extra + extra;
  const toName = totals.missing + totals.different + totals.extra;
  const { mender, reportLimit } = options;
  if (toName === 0 || (located.documents.length >= reportLimit && !mender)) return;
  const nameOne = (document: Buffer): void => {
    const slot = table.find(idOf(document));
    if (slot < 0) return;
    const found = table.verdict(slot);
    const kind =
      found.different > 0 ? 'different' : found.missing > 0 ? 'missing' : found.extra > 0 ? 'extra' : undefined;
    if (kind === undefined || !table.reportOnce(slot)) return;
    if (located.documents.length < reportLimit) name(located, kind, document);
    if (kind === 'different') mender?.offer(document);
  };
  // Each entry is named once, so that reading again after a lost connection repeats nothing.
  await withReconnect({ clock, signal: work.signal }, () =>
    readPass(work, work.source, pass, nameOne, mender ? () => mender.flush() : undefined),
  );
}
