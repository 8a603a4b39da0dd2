/**
 * A way to the target that cuts a Spark job off at one point, whatever the machine's pace: every task has had a batch acknowledged, its note of that has not arrived,
 * and an earlier batch of the same range is noted. That is where a rerun has most to repeat. What was sent is counted here, and not by the job.
 */
import { deserialize, type Document } from 'bson';
import { findElement, rawId, readString } from '../../../src/core/bson/raw-document.js';
import type { Namespace } from '../../../src/core/model/namespace.js';
import { openOpMsg, payloadDocuments, readBody } from '../../../src/relay/wire.js';
import { startFaultProxy } from '../fault-proxy.js';

export interface CutOffOptions {
  /** Of the target, on 127.0.0.1. */
  readonly port: number;
  /** Whose documents are counted; its ranges hold three batches or more, those of all other collections fewer. */
  readonly ns: Namespace;
  /** Tasks that copy at once. */
  readonly tasks: number;
  /** Called once, when each task waits for its note to be taken. */
  readonly cut: () => void;
}

export interface CutOff extends AsyncDisposable {
  readonly port: number;
  /** Documents of the batch of each task whose note never arrived, and of those before it in the same range. */
  readonly tasks: readonly { readonly unnoted: number; readonly noted: number }[];
  /** Documents that were sent before the cut, after it, and on both sides of it. */
  sent(): { readonly before: number; readonly after: number; readonly again: number };
}

export async function startCutOff({ port, ns, tasks: most, cut }: CutOffOptions): Promise<CutOff> {
  const [before, after] = [new Set<string>(), new Set<string>()];
  /** Documents by the number of a range, as its last note had them. */
  const noted = new Map<number, number>();
  const tasks: { unnoted: number; noted: number }[] = [];
  const isCut = (): boolean => tasks.length === most;
  const proxy = await startFaultProxy({
    port,
    breaks: (command, message) => {
      if (command === 'insert') {
        for (const id of insertedInto(ns, message)) (isCut() ? after : before).add(id);
        return undefined;
      }
      const note = command === 'update' && !isCut() ? noteOf(message) : undefined;
      if (!note || note.done) return undefined;
      const earlier = noted.get(note.range);
      // An account may throttle a note, which then comes once more.
      if (earlier === note.documents) return undefined;
      noted.set(note.range, note.documents);
      if (earlier === undefined) return undefined;
      tasks.push({ unnoted: note.documents - earlier, noted: earlier });
      if (isCut()) cut();
      return 'half-open';
    },
  });
  return {
    port: proxy.port,
    tasks,
    sent: () => ({
      before: before.size,
      after: after.size,
      again: [...after].filter((id) => before.has(id)).length,
    }),
    [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
  };
}

function insertedInto({ db, coll }: Namespace, bytes: Buffer): string[] {
  const message = openOpMsg(bytes);
  // Not decoded: documents may be in the body, and those of this test hold what no driver decodes.
  const told = (name: string): string | undefined => {
    const found = findElement(bytes, name, message.bodyStart);
    return found && readString(bytes, found);
  };
  if (told('$db') !== db || told('insert') !== coll) return [];
  return payloadDocuments(message, 'documents').map(({ start }) => rawId(bytes, start)?.toString('latin1') ?? '');
}

interface Note {
  readonly range: number;
  readonly documents: number;
  readonly done: boolean;
}

/** Of how far a range is, as `mongo_to_cosmos/state.py` writes it; undefined for every other update. */
function noteOf(bytes: Buffer): Note | undefined {
  const message = openOpMsg(bytes);
  if (readBody(message)['update'] !== 'ranges') return undefined;
  const [update] = payloadDocuments(message, 'updates');
  if (!update) return undefined;
  const { q, u } = deserialize(bytes.subarray(update.start, update.start + update.length)) as {
    readonly q: Document;
    readonly u: { readonly $set?: { readonly done?: boolean; readonly counts?: Record<string, number> } };
  };
  const { done, counts } = u.$set ?? {};
  if (done === undefined || !counts) return undefined;
  const documents = ['acknowledged', 'already_there', 'conflicts', 'dead_lettered'].map((name) => counts[name] ?? 0);
  return { range: Number(q['_id']), done, documents: documents.reduce((sum, one) => sum + one, 0) };
}
