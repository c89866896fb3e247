import { setTimeout } from 'node:timers/promises';
import { request } from 'undici';

/** The longest that others had to wait, milliseconds. */
export interface Waited {
  /** For `/health`. */
  health: number;
  /** Between two parts of a stream, in which a model writes. */
  stream: number;
}

interface Watched {
  url: string;
  secret: string;
}

const POLL_MS = 10;

/** Asks `/health` and reads streams for as long as the work takes. */
export async function whileWatching(
  { url, secret }: Watched,
  work: () => Promise<unknown>,
): Promise<Waited> {
  const waited: Waited = { health: 0, stream: 0 };
  let isOver = false;
  const health = async (): Promise<void> => {
    while (!isOver) {
      const began = performance.now();
      await (await request(`${url}/health`)).body.dump();
      waited.health = Math.max(waited.health, performance.now() - began);
      await setTimeout(POLL_MS);
    }
  };
  let question = 0;
  const stream = async (): Promise<void> => {
    while (!isOver) {
      question += 1;
      const longest = await longestGap(
        { url, secret },
        `How do I return order ${String(question)}?`,
      );
      waited.stream = Math.max(waited.stream, longest);
    }
  };
  const watching = [health(), stream()];
  await work();
  isOver = true;
  await Promise.all(watching);
  return waited;
}

/** From the first part of the answer on: what comes before is the model's own time. */
async function longestGap({ url, secret }: Watched, question: string): Promise<number> {
  const { body, statusCode } = await request(`${url}/v1/tools/answer_question`, {
    method: 'POST',
    headers: {
      accept: 'text/event-stream',
      authorization: `Bearer ${secret}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ question }),
  });
  if (statusCode !== 200) throw new Error(`the stream was refused: ${String(statusCode)}`);
  let last: number | null = null;
  let longest = 0;
  for await (const chunk of body) {
    if (last === null && !String(chunk).includes('event: delta')) continue;
    const now = performance.now();
    longest = Math.max(longest, now - (last ?? now));
    last = now;
  }
  return longest;
}
