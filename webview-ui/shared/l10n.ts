/** The few texts that belong to the pages themselves. The frame carries their translations; English is what stands in the code. */

function readStrings(): Readonly<Record<string, unknown>> {
  const text = document.querySelector('meta[name="page-strings"]')?.getAttribute('content');
  const parsed: unknown = text ? JSON.parse(text) : {};
  return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
}

const strings = readStrings();

export const l10n = {
  /** Named as in the host, so that the same tool collects the strings of both. `{0}` is replaced by the first argument. */
  t(message: string, ...args: readonly (string | number)[]): string {
    const translated = strings[message];
    const text = typeof translated === 'string' ? translated : message;
    return text.replace(/\{(\d+)\}/g, (whole, index: string) => String(args[Number(index)] ?? whole));
  },
};

export function countText(value: number): string {
  return value.toLocaleString(document.documentElement.lang || 'en');
}
