import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addWishOptions, adviceWishes, type WishOptions } from '../../src/cli/wish-options.js';

function wishes(...args: readonly string[]): ReturnType<typeof adviceWishes> {
  const command = addWishOptions(new Command('x'))
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  return adviceWishes(command.parse(args, { from: 'user' }).opts<WishOptions>());
}

describe('what a person wants and knows', () => {
  it('is nothing where nothing is said', () => {
    expect(wishes()).toEqual({});
  });

  it('is taken as it is said, and what is not said stays unknown', () => {
    expect(wishes('--window-hours', '6', '--network', 'azure-does-not-reach-source', 'private-endpoint')).toEqual({
      windowHours: 6,
      network: { sourceReachableFromAzure: false, privateEndpoint: true },
    });
    expect(
      wishes('--network', 'azure-reaches-source', 'not-from-here', '--skills', 'azure', 'spark', '--online'),
    ).toEqual({
      online: true,
      network: { sourceReachableFromAzure: true, fromHere: false },
      skills: ['azure', 'spark'],
    });
  });

  it('is refused where it cannot be meant', () => {
    expect(() => wishes('--window-hours', '0')).toThrow(expect.objectContaining({ code: 'bad-number' }));
    expect(() => wishes('--network', 'somewhere')).toThrow('azure-reaches-source');
  });
});
