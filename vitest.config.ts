import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    testTimeout: 30_000,
    // Colour and terminal detection must not depend on who runs the tests.
    env: { NO_COLOR: '1', CI: '' },
  },
});
