import { parentPort } from 'node:worker_threads';
import { buildJudge } from './judge-job.ts';
import type { Job, CheckMessage } from './messages.ts';

const judge = buildJudge();

function answerTo(job: Job): CheckMessage {
  try {
    return judge(job);
  } catch (error) {
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

const say = (said: CheckMessage): void => parentPort?.postMessage(said);

parentPort?.on('message', (job: Job) => {
  say(answerTo(job));
});
say('ready');
