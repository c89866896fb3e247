import { vi } from 'vitest';
import { WAIT_LIMIT_MS } from './limits.ts';

/** Wait until it no longer throws, looking often. @throws what it threw last, at the limit */
export const eventually = <T>(look: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(look, { timeout: WAIT_LIMIT_MS, interval: 10 });
