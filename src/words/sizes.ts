/** Numbers as people read them. English grouping; binary units under the names that the database tools print (1 KB = 1024 bytes). */

/** Rather than `Intl`, whose first number takes 12 ms of each start. */
const THOUSANDS = /\B(?=(?:\d{3})+$)/g;

/** Days, hours and minutes. */
const ROUGH_UNITS_MS = [86_400_000, 3_600_000, 60_000] as const;

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Of documents that were written; empty where there are some and whoever copied them tells no bytes. */
export function formatCopiedBytes(bytes: number, documents: number): string {
  return bytes === 0 && documents > 0 ? '' : formatBytes(bytes);
}

/** `1.5 GB`, `812 B`, `0 B`: three digits at most, 1 KB being 1024 bytes. */
export function formatBytes(bytes: number): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (Math.round(value) >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? Math.round(value) : shortNumber(value)} ${UNITS[unit]}`;
}

/** `1,234,567`. Whole numbers. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(THOUSANDS, ',');
}

/** `1 document`, `3 documents`. */
export function formatCountOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${Math.round(count) === 1 ? one : many}`;
}

/** `850 ms`, `42 s`, `3 min 5 s`, `2 h 10 min`, `3 d 4 h`: the two largest units. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return 'unknown';
  if (ms < 1000) return `${Math.round(Math.max(0, ms))} ms`;
  const seconds = Math.round(ms / 1000);
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([value]) => value > 0);
  const shown = parts.slice(first, first + 2).filter(([value]) => value > 0);
  return shown.map(([value, name]) => `${formatCount(value)} ${name}`).join(' ');
}

/** The same of what nobody knows to the second: from ten of a unit on, whole ones. `46 min`, `1 h 50 min`, `3 min 5 s`. */
export function formatRoughDuration(ms: number): string {
  const unit = ROUGH_UNITS_MS.find((one) => ms >= 10 * one) ?? 1;
  return formatDuration(Math.round(ms / unit) * unit);
}

interface Band {
  readonly low: number;
  readonly expected: number;
  readonly high: number;
}

/** `12 (10 to 15)`, each as `text` tells it; the expected one alone where low and high read the same. */
export function bandText({ low, expected, high }: Band, text: (value: number) => string): string {
  const [from, to] = [text(low), text(high)];
  return from === to ? text(expected) : `${text(expected)} (${from} to ${to})`;
}

/** `about 3 min (2 min to 5 min)`. */
export function formatDurationRange(duration: Band): string {
  return `about ${bandText(duration, formatRoughDuration)}`;
}

/** `12.4 RU`, `26,000,000 RU`. */
export function formatRu(requestUnits: number): string {
  return `${requestUnits < 100 ? shortNumber(requestUnits) : formatCount(requestUnits)} RU`;
}

/** `10,000 RU/s`. */
export function formatRuPerSecond(perSecond: number): string {
  return `${formatRu(perSecond)}/s`;
}

/** At most three digits that say something: `4.95`, `12.4`, `187`. */
export function shortNumber(value: number): string {
  const digits = Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0;
  return digits === 0 ? formatCount(value) : String(Number(value.toFixed(digits)));
}
