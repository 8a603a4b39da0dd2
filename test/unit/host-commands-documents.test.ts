import { describe, expect, it } from 'vitest';
import { decide } from '../../src/core/decide/decide.js';
import { EVERYTHING } from '../../src/core/model/namespace.js';
import { bytes } from '../../src/core/model/units.js';
import { describeTarget } from '../../src/core/plan/target.js';
import { rankedBy } from '../../src/host/assess/ranked-by.js';
import { recommendationDocument } from '../../src/host/commands/recommendation-document.js';
import { sizeDocument } from '../../src/host/commands/size-document.js';
import { methodName } from '../../src/words/methods.js';
import { aCluster, aCollection, anInventory } from './core-builders.js';
import { aUsage } from './size-sources.js';

/** What VS Code does in English. */
const t = (message: string, ...args: (string | number)[]): string =>
  message.replace(/\{(\d+)\}/g, (_, i: string) => String(args[Number(i)]));

const GIB = 1024 ** 3;
const INVENTORY = anInventory([
  aCollection('shop.small', { documents: 10, logicalBytes: bytes(1024) }),
  aCollection('shop.big', { documents: 1000, logicalBytes: bytes(GIB) }),
  aCollection('web.empty', { documents: 0, logicalBytes: bytes(0) }),
]);

describe('the page of a size analysis', () => {
  const page = sizeDocument('Size of shop', INVENTORY, t);
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));

  it('says the totals first and lists the biggest collection first', () => {
    expect(page).toMatch(/^# Size of shop\n\n\*\*3 collections in 2 databases, 1,010 documents, /);
    expect(rows.map((row) => /`([^`]+)`/.exec(row)?.[1])).toEqual(['shop.big', 'shop.small', 'web.empty']);
  });

  it('draws bars that compare: the longest for the biggest, a short one for what is there, none for nothing', () => {
    const bars = rows.map((row) => (row.match(/█/g) ?? []).length);
    expect(bars).toEqual([12, 1, 0]);
  });

  it('names what could not be read', () => {
    const failed = { ns: { db: 'shop', coll: 'secret' }, code: 'Unauthorized', message: 'not authorized' };
    const gap = sizeDocument('x', { ...INVENTORY, failed: [failed] }, t);
    expect(gap).toContain('- `shop.secret` could not be read: not authorized (Unauthorized)');
  });

  it('takes no name of a collection for markup', () => {
    const name = 'a|b`<img src=x>[x](command:y)';
    const odd = sizeDocument('x', anInventory([aCollection(`shop.${name}`)]), t);
    const row = odd.split('\n').find((line) => line.includes('command:y'));
    // A code span longer than any run of backticks inside, its bar escaped.
    expect(row).toContain('`` shop.a\\|b`<img src=x>[x](command:y) ``');
  });

  it('of ten thousand collections is short enough to be shown', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => aCollection(`db${i % 200}.c${i}`));
    const long = sizeDocument('x', anInventory(many), t);
    expect(long).toContain('9,000 smaller ones are left out here.');
    expect(long.length).toBeLessThan(300_000);
  });

  it('of an empty cluster says so', () => {
    expect(sizeDocument('x', anInventory([]), t)).toContain('0 collections in 0 databases');
  });
});

describe('the page of a recommendation', () => {
  const target = aCluster({ kind: 'cosmos-ru', version: '7.0.0', versionArray: [7, 0, 0] });
  const decisions = decide({
    inventory: INVENTORY,
    selection: EVERYTHING,
    target: describeTarget(target),
    targetCluster: target,
  });
  const page = recommendationDocument('Recommend a Method', 'From shop to cosmos', decisions, t);

  it('starts with the recommended method and has every other one with its reasons', () => {
    const titles = page.split('\n').filter((line) => line.startsWith('#'));
    expect(page).toContain(`**Recommended: ${methodName(decisions.recommendation.recommended)}**`);
    expect(titles[1]).toBe('## From shop to cosmos');
    for (const { method } of decisions.recommendation.ranked) {
      const wanted = method === decisions.recommendation.recommended ? 'Recommended: ' : '## ';
      expect(page).toContain(`${wanted}${methodName(method)}`);
    }
    expect(page.match(/^- (For it|Against it|Rules it out): /gm)?.length).toBeGreaterThanOrEqual(
      decisions.recommendation.ranked.length,
    );
  });

  it('explains the tuning and says what the figures rest on', () => {
    expect(page).toContain('## Tuning');
    expect(page).toContain('## What the figures rest on');
    const assessed = rankedBy({ madeAt: '2026-01-02T03:04:05.000Z', scans: [], usage: aUsage() }, t);
    expect(recommendationDocument('x', 'y', { ...decisions, assessed }, t)).toMatch(
      /## What the figures rest on\n+- Ranked by what the assessment of 2026-01-02 03:04:05 UTC has read of how the source is used\.\n/,
    );
  });

  it('says that nothing stands in the way where nothing does', () => {
    expect(recommendationDocument('x', 'y', { ...decisions, findings: [] }, t)).toContain('Nothing stands in the way.');
  });
});
