import { parentPort } from 'node:worker_threads';
import { buildJudge } from './judge-job.ts';
import type { Job, Said } from './messages.ts';

const judge = buildJudge();

function answerTo(job: Job): Said {
  try {
    return judge(job);
  } catch (error) {
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

const say = (said: Said): void => parentPort?.postMessage(said);

parentPort?.on('message', (job: Job) => {
  say(answerTo(job));
});
say('ready');
