import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A file of this folder, running as a process of its own. */
export interface Child<T> {
  /** Its first message. */
  said: T;
  /** CPU it has used so far, milliseconds. */
  cpuMs(): Promise<number>;
  stop(): Promise<void>;
}

/** @throws Error when it ends before it has said anything */
export async function startChild<T>(file: string, ...args: string[]): Promise<Child<T>> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args);
  const ended = once(child, 'exit');
  const silent = ended.then(() => {
    throw new Error(`${file} ended without a word`);
  });
  const [said] = (await Promise.race([once(child, 'message'), silent])) as [T];
  return {
    said,
    async cpuMs() {
      const answer = once(child, 'message') as Promise<[number]>;
      child.send('cpu');
      return (await answer)[0];
    },
    async stop() {
      silent.catch(() => undefined);
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

/** In a child: say something to whoever started it, answer what CPU it used, and end with it. */
export function tellParent(message: unknown): void {
  process.once('disconnect', () => process.exit());
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.((user + system) / 1000);
  });
  process.send?.(message);
}
