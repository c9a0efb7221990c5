import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Examples import the package by its name. */
const alias = { skein: fileURLToPath(new URL('src/index.ts', import.meta.url)) };

/** Tests are grouped by what they need: nothing, the XLA worker (a Python environment with JAX), or a browser. */
export default defineConfig({
  test: {
    reporters: ['default', './test/support/count-reporter.ts'],
    // One core is left idle otherwise.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'nothing',
          alias,
          testTimeout: 60_000,
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ['**/*.worker.test.ts', '**/*.browser.test.ts'],
        },
      },
      {
        test: {
          name: 'worker',
          alias,
          include: ['src/**/*.worker.test.ts', 'test/**/*.worker.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/**/*.browser.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
