import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: process.cwd(),
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/fail-on-console.ts'],
    testTimeout: 20_000,
    coverage: {
      provider: 'v8',
      include: ['src/**', 'tools/**', 'schemas/**'],
    },
  },
});
