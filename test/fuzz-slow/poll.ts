/**
 * Another caller, in a process of its own: asks for /health on one connection, a few milliseconds after
 * each answer. Says how long it has waited at most, the answer that is still awaited included.
 */
import { Agent, get } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { answerAsked } from './asked.ts';

const [, , url = ''] = process.argv;
const BETWEEN_MS = 2;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

let longestMs = 0;
let askedAt: number | null = null;

const ask = (): Promise<void> =>
  new Promise((resolve, reject) => {
    get(`${url}/health`, { agent }, (response) => {
      response.resume();
      response.once('end', resolve);
    }).once('error', reject);
  });

// The first request opens the connection, which is no part of any wait.
await ask();
answerAsked('polling', () => {
  const awaitedMs = askedAt === null ? 0 : performance.now() - askedAt;
  const longest = Math.max(longestMs, awaitedMs);
  longestMs = 0;
  return longest;
});
for (;;) {
  askedAt = performance.now();
  await ask();
  longestMs = Math.max(longestMs, performance.now() - askedAt);
  askedAt = null;
  await setTimeout(BETWEEN_MS);
}
