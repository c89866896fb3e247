import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What another caller of the server waits for. */
export interface Waits {
  /** Longest wait for /health since this was asked before, milliseconds. */
  longestMs(): Promise<number>;
  stop(): Promise<void>;
}

/** Watch the server at `url` from a process of its own. */
export async function watchWaits(url: string): Promise<Waits> {
  const child = fork(fileURLToPath(new URL('poll.ts', import.meta.url)), [url]);
  const ended = once(child, 'exit');
  const gone = ended.then(() => {
    throw new Error('the other caller is gone: the server answers /health no more');
  });
  gone.catch(() => undefined);
  const said = (): Promise<unknown[]> => Promise.race([once(child, 'message'), gone]);
  await said();
  return {
    async longestMs() {
      const answer = said();
      child.send('longest');
      return (await answer)[0] as number;
    },
    async stop() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
