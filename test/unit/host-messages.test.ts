import { describe, expect, it } from 'vitest';
import { unlinked } from '../../src/host/unlinked.js';

/** As VS Code finds links in messages (src/vs/base/common/linkedText.ts). */
const LINK = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;

describe('a message with names in it', () => {
  it.each([
    'The plan reads from "[Add it](command:workbench.action.terminal.new)", which is no saved source here.',
    '[a](https://example.net) and [b](file:///etc/passwd "look")',
    'two [a [b](command:x) [c](command:y)',
  ])('has nothing to click: %s', (text) => {
    expect(text).toMatch(LINK);
    expect(unlinked(text)).not.toMatch(LINK);
    expect(unlinked(text).replaceAll('\u2060', '')).toBe(text);
  });

  it('is as it was where there is no link', () => {
    for (const text of ['db (1) [2] was added', 'orders[0] (x)']) expect(unlinked(text)).toBe(text);
  });
});
