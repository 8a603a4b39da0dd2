import { describe, expect, it } from 'vitest';
import { bundleProblems, checkContributions, readFacts } from '../../scripts/check-contributions.js';
import { collectStrings } from '../../scripts/contributions/l10n-strings.js';
import { contributionProblems, type Facts } from '../../scripts/contributions/rules.js';
import { viewItemProblems } from '../../scripts/contributions/view-items.js';
import { comparisonsOf } from '../../scripts/contributions/when-clause.js';

const facts = await readFacts();

describe('what the extension contributes', () => {
  it('is what the code has', async () => {
    expect(await checkContributions()).toEqual([]);
  });

  const { contributes } = facts.manifest;
  const withMenu = (entry: { command: string; when?: string }): Facts['manifest'] => ({
    ...facts.manifest,
    contributes: { ...contributes, menus: { ...contributes.menus, 'view/title': [entry] } },
  });
  const known = facts.commands[0] ?? '';

  it.each([
    [
      'a command without a handler',
      { commands: facts.commands.slice(1) },
      `command ${known} is not in src/host/ids.ts`,
    ],
    ['a handler without a command', { commands: [...facts.commands, 'x.y'] }, 'command x.y is not in package.json'],
    ['a menu of an unknown command', { manifest: withMenu({ command: 'x.y' }) }, 'command x.y is not known'],
    ['a key that nobody sets', { manifest: withMenu({ command: known, when: 'x.y' }) }, 'nobody sets the key x.y'],
    [
      'a viewItem that no row has',
      { manifest: withMenu({ command: known, when: 'viewItem == x' }) },
      'no row has a viewItem',
    ],
    ['a view that is not there', { manifest: withMenu({ command: known, when: 'view == x' }) }, 'view x is not known'],
    ['a text that is not in the strings', { strings: {} }, 'is not in package.nls.json'],
    ['a string that nobody uses', { strings: { ...facts.strings, old: 'x' } }, 'package.nls.json: old is not used'],
    ['a picture that is not there', { fileExists: () => false }, 'is not there'],
    ['a key that is asked for and never set', { hostSource: '' }, 'is never set'],
    ['a setting that the code does not know', { settings: facts.settings.slice(1) }, 'is not in src/host/ids.ts'],
  ] as const)('is not accepted with %s', (_what, change, problem) => {
    expect(contributionProblems({ ...facts, ...change }).join('\n')).toContain(problem);
  });

  it('is not accepted with a text that is not localised', () => {
    const commands = [{ command: known, category: '%category%', title: 'Add' }, ...contributes.commands.slice(1)];
    const manifest = { ...facts.manifest, contributes: { ...contributes, commands } };
    expect(contributionProblems({ ...facts, manifest }).join('\n')).toContain('"Add" is not localised');
  });
});

describe('a when clause', () => {
  it('is read past regular expressions, negation and brackets', () => {
    expect(comparisonsOf("a == 'b' && !(c || d.e) && f =~ /x(&&|\\/)y/i")).toEqual([
      { key: 'a', value: 'b' },
      { key: 'c' },
      { key: 'd.e' },
      { key: 'f', value: /x(&&|\/)y/i },
    ]);
  });
});

describe('translatable texts', () => {
  const collect = (source: string) => collectStrings(new Map([['a.ts', source]]));

  it('are collected from every way of asking for one', () => {
    const { strings, problems } = collect(
      "l10n.t('one'); vscode.l10n.t(`two`); t(x ? 'three' : 'four', 1); other.t('five'); ports.t('six'); this.#ports.t('seven');",
    );
    expect([...strings]).toEqual(['one', 'two', 'three', 'four', 'six', 'seven']);
    expect(problems).toEqual([]);
  });

  it('have to stand there as they are', () => {
    expect(collect('l10n.t(`a ${b}`)').problems).toEqual(['a.ts:1: the text handed to t() is not a literal']);
  });

  it('are exactly those of the bundle', () => {
    expect(bundleProblems(collect("t('new')"), { old: 'old' })).toEqual([
      'l10n: "new" is not in the bundle (npm run l10n)',
      'l10n: nobody says "old" any more (npm run l10n)',
    ]);
  });
});

describe("rows' context values", () => {
  it('are those that the trees make', () => {
    const sources = new Map([
      ['tree.ts', 'const a = { contextValue: `cluster.${x}.saved` }; item.contextValue = y ? "run" : "gone";'],
    ]);
    expect(viewItemProblems(['cluster.source.saved', 'run', 'error'], sources)).toEqual([
      'no tree makes a row with the contextValue "error"',
      'a tree makes rows with the contextValue /^gone$/, which is not on the list',
    ]);
  });
});
