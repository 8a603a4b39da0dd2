import type { JournalRecord } from './record.js';

/**
 * The records that still matter, numbered anew: whatever is appended, they say the same as all of them. Progress is left out that a later record of its kind
 * replaces, ranges that were planned anew, and results of verification and indexes that later ones replace. What tells the run's history stays.
 */
export function compactRecords(records: readonly JournalRecord[]): JournalRecord[] {
  const dropped = new Set<number>();
  /** Where the record is that holds a place until the next one of its kind comes. */
  const holders = new Map<string, number>();
  /** Places that concern the ranges of a namespace, since they were planned. */
  const ofRanges = new Map<string, { readonly places: Set<string>; readonly splits: number[] }>();
  /** Counters begin again with each process, and a collection that is made again keeps what had been brought before: both need what was last before them. */
  let attempt = 0;
  const made = new Map<string, number>();

  const leave = (place: string): void => {
    const holder = holders.get(place);
    if (holder !== undefined) dropped.add(holder);
    holders.delete(place);
  };
  const take = (place: string, index: number): void => {
    leave(place);
    holders.set(place, index);
  };

  for (const [index, record] of records.entries()) {
    switch (record.type) {
      case 'process':
        attempt += 1;
        break;
      case 'collection-created':
        made.set(record.ns, (made.get(record.ns) ?? 0) + 1);
        break;
      case 'copy-progress':
        take(`copy ${attempt} ${made.get(record.ns) ?? 0} ${record.ns}`, index);
        break;
      case 'verification':
        take(`verification ${record.ns}`, index);
        break;
      case 'index-fate':
        take(`index ${JSON.stringify([record.ns, record.index])}`, index);
        break;
      case 'ranges-planned': {
        const before = ofRanges.get(record.ns);
        for (const place of before?.places ?? []) leave(place);
        for (const split of before?.splits ?? []) dropped.add(split);
        take(`planned ${record.ns}`, index);
        ofRanges.set(record.ns, { places: new Set(), splits: [] });
        break;
      }
      case 'range-split':
        ofRanges.get(record.ns)?.splits.push(index);
        break;
      case 'range-progress':
      case 'range-done': {
        const progress = `progress ${record.range} ${record.ns}`;
        const place = record.type === 'range-done' ? `done ${record.range} ${record.ns}` : progress;
        leave(progress);
        take(place, index);
        ofRanges.get(record.ns)?.places.add(place);
        break;
      }
      default:
    }
  }
  return records
    .filter((_record, index) => !dropped.has(index))
    .map((record, index) => ({ ...record, seq: index + 1 }));
}
