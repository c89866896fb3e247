import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import type { SearcherReply, ToSearcher } from './messages.ts';
import { openSearcher } from './searcher.ts';
import { load } from './vectors.ts';

const db = new Database((workerData as { path: string }).path, { readonly: true });
load(db);
const searcher = openSearcher(db);

function answerTo({ id, lateAt, question }: ToSearcher & { kind: 'ask' }): SearcherReply {
  try {
    // Nobody waits for it any more, but the next will ask for the same scope.
    if (Date.now() > lateAt) {
      searcher.prepare(question);
      return { id, error: 'the search is late' };
    }
    return { id, hits: searcher.nearest(question) };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on('message', (said: ToSearcher) => {
  switch (said.kind) {
    case 'ask':
      parentPort?.postMessage(answerTo(said));
      break;
    case 'add':
      searcher.added(said.added);
      break;
    case 'gone':
      searcher.gone(said.gone);
      break;
  }
});
