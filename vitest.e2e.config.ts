import { defineConfig } from 'vitest/config';

/** One window at a time: each has a server, a browser and databases behind it. */
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.e2e.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000, interval: 100 } },
    pool: 'forks',
    maxWorkers: 1,
  },
});
