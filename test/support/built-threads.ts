import { startThreadsFrom } from '../../src/core/call/start-thread.ts';

/** The build is made fresh before the tests (`global-setup.ts`); a thread that reads sources starts slowly. */
startThreadsFrom(new URL('../../dist/src/', import.meta.url));
