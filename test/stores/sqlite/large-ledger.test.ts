import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeCall } from '../../support/calls.ts';
import { fillLedger } from '../../support/fill-ledger.ts';
import { openSqlite } from '../../../src/stores/sqlite/open.ts';
import { migrate } from '../../../src/stores/sqlite/migrate.ts';
import type { Store } from '../../../src/stores/ports/store.ts';
import { openPatience, type Patience } from '../../../src/stores/sqlite/usage/patience.ts';
import { openQuestions } from '../../../src/stores/sqlite/usage/questions.ts';
import { newThreadedFile } from './new-file.ts';

const NOON = Date.parse('2026-11-23T12:00:00Z');
const EVERYTHING = { groupBy: 'tool', from: 0, to: NOON + 1 } as const;

describe('a question that takes longer than it may', () => {
  let db: Database.Database;
  let now: number;
  let patience: Patience;
  beforeEach(() => {
    db = new Database(':memory:');
    migrate(db);
    now = 0;
    // Every look at the clock costs a second.
    patience = openPatience(db, () => (now += 1_000));
  });
  afterEach(() => db.close());

  const fill = (rows: number): void => {
    fillLedger(db, rows, NOON);
  };

  it('ends with a problem that says what to narrow, and the next is answered', () => {
    fill(5_000);
    const questions = openQuestions(db);
    patience.start(2_000);
    expect(() => questions.sum(EVERYTHING, null)).toThrow(
      expect.objectContaining({
        code: 'question_too_large',
        message: expect.stringMatching(/`from`.*`to`.*`tool`/) as string,
      }) as Error,
    );
    patience.start(1_000_000);
    expect(questions.sum(EVERYTHING, null)).toMatchObject([{ key: 'a_tool', calls: 5_000 }]);
  });

  it.each([
    ['lists', (ask: ReturnType<typeof openQuestions>) => ask.list({ limit: 1, tool: 'x' }, null)],
    ['of prompts', (ask: ReturnType<typeof openQuestions>) => ask.promptUse('faq')],
    ['of the cache', (ask: ReturnType<typeof openQuestions>) => ask.cacheUse(EVERYTHING, 'local')],
    ['of money', (ask: ReturnType<typeof openQuestions>) => ask.spent(NOON, null)],
  ])('is ended too where it is one for %s', (_, ask) => {
    fill(5_000);
    const questions = openQuestions(db);
    patience.start(2_000);
    expect(() => ask(questions)).toThrow(expect.objectContaining({ code: 'question_too_large' }));
  });

  it('is none where what is asked for is little, however much there is', () => {
    fill(20_000);
    const questions = openQuestions(db);
    patience.start(2_000);
    expect(questions.sum({ ...EVERYTHING, to: NOON }, null)).toEqual([]);
  });
});

describe('a ledger that is asked in a thread', () => {
  let database: ReturnType<typeof newThreadedFile>;
  let store: Store;
  beforeEach(async () => {
    database = newThreadedFile();
    store = database.open();
    for (let number = 0; number < 20; number += 1)
      await store.ledger.record(fakeCall({ id: `call_${String(number)}` }, { startedAt: NOON }));
  });
  afterEach(() => database.remove());

  it('leaves the event loop to others until the answer is there', async () => {
    let turns = 0;
    let isOver = false;
    const turn = (): void => {
      turns += 1;
      if (!isOver) setImmediate(turn);
    };
    setImmediate(turn);
    const answer = await store.ledger.sum(EVERYTHING, null);
    isOver = true;
    expect(answer).toMatchObject([{ calls: 20 }]);
    expect(turns).toBeGreaterThan(1);
  });

  it('answers many who ask at once, and tells those beyond its line to come back', async () => {
    const asked = Array.from({ length: 100 }, () => store.ledger.sum(EVERYTHING, null));
    const ended = await Promise.allSettled(asked);
    const refused = ended.flatMap((each) =>
      each.status === 'rejected' ? [(each.reason as { code: string }).code] : [],
    );
    expect(refused).toEqual(Array.from({ length: 36 }, () => 'ledger_busy'));
    expect(await store.ledger.sum(EVERYTHING, null)).toMatchObject([{ calls: 20 }]);
  });

  it('answers while rows are brought into the sums, and the same before and after', async () => {
    const answers = await Promise.all([
      store.ledger.sum(EVERYTHING, null),
      store.ledger.rollUp(),
      store.ledger.sum(EVERYTHING, null),
    ]);
    expect(answers[1]).toBe(20);
    expect(answers[2]).toEqual(answers[0]);
    expect(await store.ledger.sum(EVERYTHING, null)).toEqual(answers[0]);
  });

  it('is closed with questions under way, and they end', async () => {
    const asked = [store.ledger.sum(EVERYTHING, null), store.ledger.rollUp()];
    const ended = Promise.allSettled(asked);
    await store.close();
    expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(openAgain()).resolves.toMatchObject([{ calls: 20 }]);
  });

  const openAgain = async (): Promise<unknown> => {
    const again = openSqlite(database.path);
    try {
      return await again.ledger.sum(EVERYTHING, null);
    } finally {
      await again.close();
    }
  };
});
