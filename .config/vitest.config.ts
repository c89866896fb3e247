import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import { IS_DEEP } from '../test/support/depth.ts';
import { TEST_LIMIT_MS } from '../test/support/limits.ts';

export default defineConfig({
  test: {
    root: process.cwd(),
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(IS_DEEP ? [] : ['test/**/*.deep.test.ts'])],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: [
      'test/support/fail-on-console.ts',
      'test/support/properties.ts',
      'test/support/built-threads.ts',
    ],
    testTimeout: TEST_LIMIT_MS,
    hookTimeout: TEST_LIMIT_MS,
    teardownTimeout: TEST_LIMIT_MS,
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
