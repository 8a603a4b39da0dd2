import type { Reason } from '../model/method.js';
import { isAtLeast } from '../plan/target.js';
import type { AdviceFacts, SizeBand } from './facts.js';
import type { KnownReason, ReasonId } from './reason-ids.js';

type Params = Reason['params'];

export interface Verdict {
  readonly possible: boolean;
  readonly score: number;
  readonly reasons: readonly KnownReason[];
  readonly needs: readonly KnownReason[];
}

/** Points of the size, by far the heaviest reason: it is what Microsoft's guidance goes by. */
export type BandPoints = Readonly<Record<SizeBand, number>>;

/** Points of the rest: less than the distance between a method in its band and one outside, so that facts decide ties and near-ties. */
export const POINTS = { small: 3, some: 5, much: 10, wish: 60 } as const;

/** Gathers what speaks for and against a method. */
export class Verdicts {
  private readonly reasons: KnownReason[] = [];
  private readonly needs: KnownReason[] = [];
  private score = 0;
  private possible = true;

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
    return this;
  }

  /** Moves what was there at the start: writes have to stop for a complete copy. */
  offline(): this {
    if (this.facts.wishes.online) this.con(POINTS.wish, 'writes-must-stop');
    return this.need('need-write-stop');
  }

  online(): this {
    if (!this.facts.wishes.online) return this;
    const alone = this.facts.source.topology === 'standalone';
    if (alone) return this.con(POINTS.wish, 'online-needs-replica-set').need('need-write-stop');
    return this.pro(POINTS.much, 'works-online').need('need-change-streams');
  }

  noTextFiles(): this {
    const wanted = this.facts.wishes.wantsFiles;
    return wanted ? this.con(POINTS.much, 'gives-no-text-files', { format: wanted }) : this;
  }

  done(): Verdict {
    return { possible: this.possible, score: this.score, reasons: this.reasons, needs: this.needs };
  }
}

/** DMS and Data Factory read 2.x to 4.0 for an RU target. Source: learn.microsoft.com/azure/cosmos-db/mongodb/pre-migration-steps. */
export function isTooNewForServices(facts: AdviceFacts): boolean {
  return facts.target.kind === 'cosmos-ru' && isAtLeast(facts.source.versionArray, [4, 1]);
}
