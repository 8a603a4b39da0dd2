import type { ClusterKind } from '../model/facts.js';
import type { Reason } from '../model/method.js';
import { isAtLeast } from '../plan/target.js';
import type { AdviceFacts, SizeBand, Skill } from './facts.js';
import type { KnownReason, ReasonId } from './reason-ids.js';

type Params = Reason['params'];

export interface Verdict {
  readonly possible: boolean;
  readonly score: number;
  readonly reasons: readonly KnownReason[];
  readonly needs: readonly KnownReason[];
  /** Writes to the source stop for all of the copy, or only while applications change over. */
  readonly writes: 'stop' | 'go-on';
}

/** Points of the size, by far the heaviest reason: it is what Microsoft's guidance goes by. */
export type BandPoints = Readonly<Record<SizeBand, number>>;

/** Points of the rest: less than the distance between a method in its band and one outside, so that facts decide ties and near-ties. */
export const POINTS = { small: 3, some: 5, much: 10, wish: 60 } as const;

/** Writes a second from which on somebody notices that they stop. Judged. */
const MANY_WRITES = 1;
/** Sources whose changes nobody has confirmed that these services follow. */
const UNVERIFIED_CHANGES: ReadonlySet<ClusterKind> = new Set(['cosmos-ru', 'amazon-documentdb', 'ferretdb']);

/** Gathers what speaks for and against a method. */
export class Verdicts {
  private readonly reasons: KnownReason[] = [];
  private readonly needs: KnownReason[] = [];
  private score = 0;
  private possible = true;
  private writes: Verdict['writes'] = 'stop';

  constructor(private readonly facts: AdviceFacts) {}

  pro(points: number, id: ReasonId, params: Params = {}): this {
    this.score += points;
    this.reasons.push({ id, params, weight: '+' });
    return this;
  }

  con(points: number, id: ReasonId, params: Params = {}): this {
    this.score -= points;
    this.reasons.push({ id, params, weight: '-' });
    return this;
  }

  ruleOut(condition: boolean, id: ReasonId, params: Params = {}): this {
    if (condition) {
      this.possible = false;
      this.reasons.push({ id, params, weight: '!' });
    }
    return this;
  }

  need(id: ReasonId, params: Params = {}): this {
    this.needs.push({ id, params, weight: '-' });
    return this;
  }

  /** `home`: the band that the method is advised for. */
  size(home: SizeBand, points: BandPoints): this {
    const { band, logicalBytes, settings } = this.facts;
    const order: readonly SizeBand[] = ['native', 'services', 'beyond'];
    const distance = order.indexOf(band) - order.indexOf(home);
    const upper = home === 'native' ? settings.nativeToolsUpTo : settings.servicesUpTo;
    const lower = home === 'beyond' ? settings.servicesUpTo : settings.nativeToolsUpTo;
    const params = { sizeBytes: logicalBytes, limitBytes: distance < 0 ? lower : upper, band };
    this.score += points[band];
    const id = distance === 0 ? 'size-in-band' : distance > 0 ? 'size-above-band' : 'size-below-band';
    this.reasons.push({ id, params, weight: distance === 0 ? '+' : '-' });
    return this;
  }

  /** What holds for every method that writes through the relay or our own engine. */
  ownWriter(): this {
    const { source, metered, tooLargeIn, mixedIdsIn } = this.facts;
    this.ruleOut(!isAtLeast(source.versionArray, [3, 6]), 'source-version-too-old', {
      version: source.version,
      oldest: '3.6',
    });
    if (metered) this.pro(POINTS.some, 'relay-absorbs-throttling');
    if (tooLargeIn > 0) this.pro(POINTS.small, 'sets-large-documents-aside', { collections: tooLargeIn });
    if (mixedIdsIn > 0) this.pro(POINTS.small, 'mixed-id-types-kept', { collections: mixedIdsIn });
    if (source.kind === 'cosmos-ru') this.con(POINTS.small, 'source-charges-for-reads');
    if (this.facts.atlasShared) this.con(POINTS.small, 'atlas-shared-limits-transfer');
    return this;
  }

  /** Runs on the machine where this product runs. */
  fromHere(): this {
    const { fromHere, privateEndpoint } = this.facts.wishes.network ?? {};
    this.ruleOut(fromHere === false, 'not-reachable-from-here');
    return privateEndpoint ? this.need('need-machine-inside-network') : this;
  }

  /** Runs in Azure. `knows`: what whoever sets it up has to know. */
  fromAzure(knows: Skill): this {
    const { network = {}, skills } = this.facts.wishes;
    const reached = network.sourceReachableFromAzure;
    this.ruleOut(reached === false, 'not-reachable-from-azure');
    if (reached) this.pro(POINTS.small, 'reachable-from-azure');
    if (network.privateEndpoint) this.con(POINTS.some, 'private-endpoint-needs-network');
    if (skills?.includes(knows)) this.pro(POINTS.small, 'skill-there', { skill: knows });
    else if (skills) this.con(POINTS.much, 'skill-missing', { skill: knows });
    return this.con(POINTS.some, 'setup-in-azure');
  }

  /** Moves what was there at the start: writes have to stop for a complete copy. */
  offline(): this {
    const { wishes, writesPerSecond = 0 } = this.facts;
    if (wishes.online) this.con(POINTS.wish, 'writes-must-stop');
    if (writesPerSecond >= MANY_WRITES) this.con(POINTS.small, 'stops-so-many-writes', { writesPerSecond });
    return this.need('need-write-stop');
  }

  /** Follows changes where the source lets it, which counts where that is wished for or a window is short. */
  online(): this {
    const { wishes, source, atlasShared, writesPerSecond, ruPerDocument, ruPerSecond } = this.facts;
    const isWanted = wishes.online === true || wishes.windowHours !== undefined;
    if (!isWanted) return this;
    if (source.topology === 'standalone') {
      if (wishes.online) this.con(POINTS.wish, 'online-needs-replica-set');
      return this.need('need-write-stop');
    }
    if (atlasShared) return this.con(wishes.online ? POINTS.wish : 0, 'atlas-shared-no-oplog').need('need-write-stop');
    this.writes = 'go-on';
    if (wishes.online) this.pro(POINTS.much, 'works-online');
    // Kept for three hours, and for seven days at most: docs.aws.amazon.com/documentdb/latest/developerguide/change_streams.html.
    if (source.kind === 'amazon-documentdb') this.need('need-change-streams-enabled');
    else this.need('need-change-streams');
    if (UNVERIFIED_CHANGES.has(source.kind))
      this.con(POINTS.some, 'online-from-kind-unverified', { kind: source.kind });
    const needed = writesPerSecond !== undefined && ruPerDocument !== undefined ? writesPerSecond * ruPerDocument : 0;
    // The copy itself wants its part of the throughput, too.
    if (ruPerSecond !== undefined && needed > ruPerSecond / 2)
      this.con(POINTS.much, 'writes-outrun-target', { writesPerSecond: writesPerSecond ?? 0, ruPerSecond });
    return this;
  }

  /** To be said last: where nothing follows changes after all. */
  writeStopUnlessOnline(): this {
    const isSaid = this.writes === 'go-on' || this.needs.some(({ id }) => id === 'need-write-stop');
    return isSaid ? this : this.need('need-write-stop');
  }

  noTextFiles(): this {
    const wanted = this.facts.wishes.wantsFiles;
    return wanted ? this.con(POINTS.much, 'gives-no-text-files', { format: wanted }) : this;
  }

  done(): Verdict {
    const { possible, score, reasons, needs, writes } = this;
    return { possible, score, reasons, needs, writes };
  }
}

/** DMS and Data Factory read 2.x to 4.0 for an RU target. Source: learn.microsoft.com/azure/cosmos-db/mongodb/pre-migration-steps. */
export function isTooNewForServices(facts: AdviceFacts): boolean {
  return facts.target.kind === 'cosmos-ru' && isAtLeast(facts.source.versionArray, [4, 1]);
}
