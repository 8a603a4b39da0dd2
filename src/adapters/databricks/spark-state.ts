/** What the Spark job writes into its database on the target, read by a session of ours. The Python side is `mongo_to_cosmos/state.py`. */
import { Binary, deserialize, type Document } from 'bson';
import { NO_COUNTS } from '../../core/model/counts.js';
import type { DeadLetterSink } from '../../core/model/dead-letter.js';
import { formatNamespace, type Namespace } from '../../core/model/namespace.js';
import type { PlannedCollection } from '../../core/model/plan.js';
import { redact } from '../../core/model/redact.js';
import type { Verdict } from '../../engine/journal/record.js';
import type { RelayedCounts } from '../../engine/native-ports.js';
import type { ClusterSession } from '../../engine/ports.js';
import { rawIdText } from '../../engine/raw-id.js';
import type { DifferenceKind, Differences, SideEvidence, VerificationResult } from '../../engine/verify/result.js';

export class SparkState {
  readonly #session: ClusterSession;
  readonly #db: string;
  readonly #secrets: readonly string[];

  /** `session`: of the target; `run`: the job's parameter; `secrets` are taken out of the server's words that the job has kept. */
  constructor(session: ClusterSession, run: string, secrets: readonly string[] = []) {
    this.#session = session;
    this.#db = `mcm_${run}`;
    this.#secrets = secrets;
  }

  /** Exact counts of every collection, as far as the job's tasks have written them down. */
  async counts(collections: readonly PlannedCollection[], signal?: AbortSignal): Promise<RelayedCounts[]> {
    const sums = collections.map(({ target }) => ({ ns: target, ...NO_COUNTS }));
    const projection = { collection: 1, counts: 1 };
    for await (const one of this.#all('ranges', signal, { projection })) {
      const sum = sums[Number(one['collection'])];
      if (!sum) continue;
      const counts = one['counts'] as Record<string, unknown>;
      sum.acknowledged += numberOf(counts['acknowledged']);
      sum.alreadyThere += numberOf(counts['already_there']);
      sum.conflicts += numberOf(counts['conflicts']);
      sum.deadLettered += numberOf(counts['dead_lettered']);
      sum.throttledOperations += numberOf(counts['throttled']);
      sum.sentOperations += numberOf(counts['sent']);
      sum.bytes += numberOf(counts['bytes']);
      sum.requestUnits += numberOf(counts['ru']);
    }
    return sums;
  }

  /**
   * The same of a job that goes through DataFrames, which nobody counts on their way: what is there of a collection once it is written, and no more than was read. Nothing
   * of one that is not.
   */
  async written(collections: readonly PlannedCollection[], signal?: AbortSignal): Promise<RelayedCounts[]> {
    const found = new Map((await this.results(signal)).map((result) => [result.ns, result.evidence]));
    return collections.map(({ target }) => {
      const evidence = found.get(formatNamespace(target));
      const acknowledged = evidence ? Math.min(evidence.source.documents, evidence.target.documents) : 0;
      return { ns: target, ...NO_COUNTS, acknowledged, sentOperations: acknowledged };
    });
  }

  /** Puts every dead letter, whole, into ours. */
  async fetchDeadLetters(sink: DeadLetterSink, signal?: AbortSignal): Promise<number> {
    let letters = 0;
    for await (const letter of this.#all('dead_letters', signal)) {
      const pieces: Buffer[] = [];
      const chunks = { filter: { letter: letter['_id'] as string }, sort: { _id: 1 } };
      for await (const chunk of this.#all('dead_letter_chunks', signal, chunks)) pieces.push(bytesOf(chunk['data']));
      const ns: Namespace = { db: String(letter['db']), coll: String(letter['coll']) };
      await sink.add(ns, Buffer.concat(pieces), {
        code: numberOf(letter['code']),
        message: redact(String(letter['message']), this.#secrets),
        attempts: numberOf(letter['attempts']),
      });
      letters += 1;
    }
    await sink.flush();
    return letters;
  }

  /** What the job found when it compared both sides, of the collections it was to bring. */
  async results(signal?: AbortSignal): Promise<VerificationResult[]> {
    const results: VerificationResult[] = [];
    for await (const one of this.#all('results', signal)) results.push(resultOf(one));
    return results;
  }

  /** Why the job could not go on, as its own tasks tell. */
  async failures(signal?: AbortSignal): Promise<Verdict['reasons']> {
    const reasons: Verdict['reasons'][number][] = [];
    for await (const one of this.#all('failures', signal)) {
      const params = one['params'] as Record<string, string | number>;
      const ns = String(params['ns']);
      if (one['_id'] === 'conflict') {
        const id = rawIdText(Buffer.from(String(params['idHex']), 'hex'));
        reasons.push({ id: 'conflict', params: { ns, id } });
      } else if (one['_id'] === 'hopeless') {
        const { documents, code, message } = params;
        const said = redact(String(message), this.#secrets);
        reasons.push({
          id: 'all-refused',
          params: { ns, documents: numberOf(documents), code: numberOf(code), message: said },
        });
      }
    }
    return reasons;
  }

  async drop(): Promise<void> {
    await this.#session.command(this.#db, { dropDatabase: 1 });
  }

  async *#all(coll: string, signal?: AbortSignal, find: Document = {}): AsyncGenerator<Document> {
    for await (const batch of this.#session.findRaw({ db: this.#db, coll }, find, signal)) {
      for (const document of batch.documents) yield deserialize(document);
    }
  }
}

function numberOf(value: unknown): number {
  return Number(value ?? 0);
}

function bytesOf(value: unknown): Buffer {
  return value instanceof Binary ? Buffer.from(value.value()) : Buffer.alloc(0);
}

function sideOf(side: Document): SideEvidence {
  return { documents: numberOf(side['documents']), bytes: numberOf(side['bytes']), digest: String(side['digest']) };
}

function differencesOf(found: Document): Differences {
  const documents = found['documents'] as { kind: DifferenceKind; id: string; idHex: string }[];
  return {
    missing: numberOf(found['missing']),
    extra: numberOf(found['extra']),
    different: numberOf(found['different']),
    exact: found['exact'] === true,
    documents: documents.map(({ kind, id, idHex }) => ({ kind, id: JSON.parse(id) as unknown, idHex })),
    definition: [],
  };
}

function resultOf(one: Document): VerificationResult {
  const evidence = one['evidence'] as Document;
  const dead = evidence['deadLettered'] as Document;
  const isCounted = one['why'] === 'counts-only';
  const base = {
    ns: String(one['ns']),
    source: String(one['source']),
    evidence: {
      means: isCounted ? ('counts' as const) : ('spark-job' as const),
      source: sideOf(evidence['source'] as Document),
      target: sideOf(evidence['target'] as Document),
      ranges: numberOf(evidence['ranges']),
      seconds: numberOf(evidence['seconds']),
      deadLettered: {
        known: numberOf(dead['known']),
        onSource: numberOf(dead['onSource']),
        onTarget: numberOf(dead['onTarget']),
      },
      mended: 0,
    },
  };
  if (one['kind'] === 'equal') return { ...base, kind: 'equal' };
  const differences = differencesOf(one['differences'] as Document);
  const differs = differences.missing + differences.extra + differences.different > 0;
  if (isCounted && !differs) return { ...base, kind: 'unverified', why: 'counts-only', differences };
  return { ...base, kind: 'different', differences };
}
