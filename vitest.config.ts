import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    testTimeout: 30_000,
    // Of the tests that say they may run side by side; files do so anyway.
    maxConcurrency: 2,
    // Colour and terminal detection must not depend on who runs the tests.
    env: { NO_COLOR: '1', CI: '' },
  },
});
