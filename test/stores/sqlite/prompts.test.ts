import { describe, expect, it } from 'vitest';
import { openSqlite } from '../../../src/stores/sqlite/open.ts';
import { evalCases } from '../cases/evals.ts';
import { feedbackCases } from '../cases/feedback.ts';
import { promptUseCases } from '../cases/prompt-use.ts';
import { newFile } from './new-file.ts';

describe('in SQLite', () => {
  feedbackCases(newFile);
  evalCases(newFile);
  promptUseCases(newFile);

  it('a database that is closed rejects, and throws at nobody', async () => {
    const store = openSqlite(':memory:');
    await store.close();
    const { feedback, evals, ledger } = store;
    for (const asked of [
      ...[feedback.scores('faq'), feedback.comments('faq', 1), ledger.promptUse('faq')],
      ...[evals.list('faq', 1), evals.get('x')],
    ])
      await expect(asked).rejects.toThrow(/not open/);
  });
});
