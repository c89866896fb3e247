import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: process.cwd(),
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/fail-on-console.ts'],
    testTimeout: 20_000,
    // A worker keeps the modules it has loaded: to load them anew for each file took a fifth of all the time. What
    // a module remembers is only ever what it would compute again; fake clocks and spies end with their test.
    isolate: false,
    // Many files wait for processes and sockets: a worker more than there are cores works in the meantime.
    maxWorkers: availableParallelism() + 1,
    coverage: {
      provider: 'v8',
      include: ['src/**', 'tools/**', 'schemas/**'],
    },
  },
});
