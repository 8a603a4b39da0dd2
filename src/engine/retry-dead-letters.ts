/** Sends a run's dead letters to the target again, once what was in their way is gone, and makes the verdict true again. */
import { rawId } from '../core/bson/raw-document.js';
import { isChosen, UNTRANSFORMED, type DeadLetterChoice, type DeadLetterEntry } from '../core/model/dead-letter.js';
import { formatNamespace, parseNamespace, type Namespace } from '../core/model/namespace.js';
import { CODE_DUPLICATE_KEY, CODE_TOO_MANY_REQUESTS } from '../core/throttle/server-error.js';
import { conclude, enterStep, indexAndVerify } from './conclude.js';
import type { DeadLetterRetry, Verdict } from './journal/record.js';
import type { RunContext } from './run-context.js';
import { decodedId } from './raw-id.js';
import { prepareTarget } from './prepare/prepare-target.js';
import type { ClusterSession } from './ports.js';

/** The dead letters of a run, as far as they can be sent again. */
export interface DeadLetterShelf {
  /** Namespaces of the target that have some. */
  list(): Promise<readonly { readonly ns: string; readonly documents: number }[]>;
  read(ns: string): AsyncIterable<{ readonly entry: DeadLetterEntry; readonly document: Buffer }>;
  /** Takes letters away by the hexadecimal form of their `_id`; on disk when it resolves. */
  remove(ns: string, ids: ReadonlySet<string>): Promise<void>;
}

/** Small commands: whoever was refused once may be refused again, and a throttled target takes little at a time. */
const BATCH_DOCUMENTS = 24;
const BATCH_BYTES = 8 * 1024 * 1024;
/** Waits between two sendings to a throttled target; its budget is new every second. */
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 2_000;

type Letter = { readonly id: string; readonly document: Buffer };

/**
 * Sends every dead letter again, or those that are chosen. What arrives, or is there already with equal bytes, is a dead letter no more; the rest stays. Then builds the indexes that are
 * still missing, verifies the touched collections and those not proven so far, and judges. Returns the verdict; the journal says the same.
 * @throws MigrationError only where journal or dead letters cannot be written.
 */
export async function retryDeadLetters(
  context: RunContext,
  shelf: DeadLetterShelf,
  choice: DeadLetterChoice = {},
): Promise<Verdict> {
  return conclude(context, async () => {
    const { plan, target, ru, journal, clock, signal, onEvent } = context;
    await enterStep(context, 'preparing');
    const prepared = await prepareTarget(plan, target, ru, journal, { clock, signal });
    onEvent({ kind: 'prepared', prepared });
    const found = (await shelf.list()).filter(({ ns }) => choice.namespaces?.has(ns) ?? true);
    const proven = new Set(
      Object.entries(journal.status().collections).flatMap(([ns, c]) => (c.verification?.kind === 'equal' ? [ns] : [])),
    );
    const open = plan.collections.map((c) => formatNamespace(c.target)).filter((ns) => !proven.has(ns));
    const only = new Set([...found.map(({ ns }) => ns), ...open]);
    onEvent({ kind: 'scope', only });
    await enterStep(context, 'copying');
    for (const { ns } of found) await retryNamespace(ns, context, shelf, choice);
    return indexAndVerify(context, { prepared, relayed: [], only });
  });
}

async function retryNamespace(
  text: string,
  context: RunContext,
  shelf: DeadLetterShelf,
  choice: DeadLetterChoice,
): Promise<void> {
  const ns = parseNamespace(text);
  const sums = { sent: 0, arrived: 0, alreadyThere: 0, refused: 0 };
  const gone = new Set<string>();
  let batch: Letter[] = [];
  let size = 0;
  const send = async (): Promise<void> => {
    if (batch.length === 0) return;
    context.signal.throwIfAborted();
    const outcome = await sendBatch(ns, batch, context);
    for (const letter of [...outcome.arrived, ...outcome.alreadyThere]) gone.add(letter.id);
    sums.sent += batch.length;
    sums.arrived += outcome.arrived.length;
    sums.alreadyThere += outcome.alreadyThere.length;
    sums.refused += batch.length - outcome.arrived.length - outcome.alreadyThere.length;
    batch = [];
    size = 0;
  };
  try {
    for await (const { entry, document } of shelf.read(text)) {
      if (!isChosen(choice, entry)) continue;
      // Without `_id` the server would make one up: such a document can never be equal to its source. What could not be transformed is kept as it was.
      if (entry.idHex === '' || entry.codeName === UNTRANSFORMED) {
        sums.refused += 1;
        continue;
      }
      if (batch.length >= BATCH_DOCUMENTS || size + document.length > BATCH_BYTES) await send();
      batch.push({ id: entry.idHex, document });
      size += document.length;
    }
    await send();
  } finally {
    // Also of what was stopped in the middle: what the target has acknowledged is there.
    await settle(text, sums, gone, context, shelf);
  }
}

async function settle(
  ns: string,
  retry: DeadLetterRetry,
  gone: ReadonlySet<string>,
  context: RunContext,
  shelf: DeadLetterShelf,
): Promise<void> {
  await context.journal.append({ type: 'dead-letters-retried', ns, retry });
  if (gone.size > 0) await shelf.remove(ns, gone);
  context.onEvent({ kind: 'dead-letters-retried', ns, retry });
}

interface BatchOutcome {
  readonly arrived: Letter[];
  readonly alreadyThere: Letter[];
}

async function sendBatch(ns: Namespace, letters: readonly Letter[], context: RunContext): Promise<BatchOutcome> {
  const { target, clock, signal } = context;
  const arrived: Letter[] = [];
  const duplicates: Letter[] = [];
  let waiting = letters;
  for (let wait = FIRST_WAIT_MS; waiting.length > 0; wait = Math.min(LONGEST_WAIT_MS, wait * 2)) {
    const { writeErrors } = await target.insertRaw(
      ns,
      waiting.map((letter) => letter.document),
      { ordered: false, signal },
    );
    const codes = new Map(writeErrors.map((error) => [error.index, error.code]));
    const throttled: Letter[] = [];
    waiting.forEach((letter, index) => {
      const code = codes.get(index);
      if (code === undefined) arrived.push(letter);
      else if (code === CODE_TOO_MANY_REQUESTS) throttled.push(letter);
      else if (code === CODE_DUPLICATE_KEY) duplicates.push(letter);
    });
    waiting = throttled;
    if (waiting.length > 0) await clock.sleep(wait, signal);
  }
  return { arrived, alreadyThere: await equalOnes(ns, duplicates, target, signal) };
}

/** Those whose document on the target has the very same bytes: an earlier sending whose answer was lost, or somebody's own repair. */
async function equalOnes(
  ns: Namespace,
  letters: readonly Letter[],
  target: ClusterSession,
  signal: AbortSignal,
): Promise<Letter[]> {
  const ids = letters.flatMap(({ document }) => {
    const decoded = decodedId(document);
    return decoded === undefined ? [] : [decoded['_id'] as unknown];
  });
  if (ids.length === 0) return [];
  const there = new Map<string, Buffer>();
  for await (const batch of target.findRaw(ns, { filter: { _id: { $in: ids } } }, signal)) {
    for (const document of batch.documents) there.set(rawId(document)?.toString('hex') ?? '', Buffer.from(document));
  }
  return letters.filter(({ id, document }) => there.get(id)?.equals(document) === true);
}
