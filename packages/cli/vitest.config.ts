import { defineConfig } from 'vitest/config';

const prove = 'test/e2e/prove.test.ts';

export default defineConfig({
  test: {
    passWithNoTests: true,
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 30_000 } },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: [prove],
          testTimeout: 600_000,
          hookTimeout: 60_000,
          // Each file has an environment of its own, and waits for its servers more than it works.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'e2e-prove',
          include: [prove],
          testTimeout: 600_000,
          hookTimeout: 60_000,
          // It puts load on all that there is, and shares it with nobody.
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'console',
          include: ['test/console/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
