import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A file of this folder as a process of its own, which remembers the longest of something. */
export interface Asked {
  /** Its first message. */
  said: string;
  /** The longest since this was asked before, milliseconds. */
  longestMs(): Promise<number>;
  stop(): Promise<void>;
}

/** @throws Error, then and later, when it ends by itself */
export async function startAsked(file: string, ...args: string[]): Promise<Asked> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args);
  const ended = once(child, 'exit');
  const gone = ended.then(() => {
    throw new Error(`${file} has ended`);
  });
  gone.catch(() => undefined);
  const next = async (): Promise<unknown> =>
    ((await Promise.race([once(child, 'message'), gone])) as unknown[])[0];
  return {
    said: (await next()) as string,
    async longestMs() {
      const answer = next();
      child.send('longest');
      return (await answer) as number;
    },
    async stop() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

/** In such a process: says something to begin with, answers each question, and ends with who started it. */
export function answerAsked(first: string, longestMs: () => number): void {
  process.once('disconnect', () => process.exit());
  process.on('message', () => process.send?.(longestMs()));
  process.send?.(first);
}
