import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FeedbackResult, type Feedback } from '../../schemas/wire/feedback.ts';
import type { CallMeta } from '../../src/core/call/call.ts';
import type { FeedbackService } from '../../src/core/services/feedback.ts';
import { LOCAL, type Principal } from '../../src/core/call/principal.ts';
import { buildCacheAdmin } from '../../src/cache/admin.ts';
import { buildFeedbackService } from '../../src/ledger/feedback.ts';
import type { Store } from '../../src/stores/ports/store.ts';
import { openSqlite } from '../../src/stores/sqlite/open.ts';
import { fakeCall } from '../support/calls.ts';
import { entry, MOST, NOW, use } from '../stores/cases/cache-entries.ts';
import { runs } from '../support/depth.ts';

const SHOP: Principal = { ...LOCAL, id: 'shop' };
const BOSS: Principal = { ...LOCAL, id: 'boss', isAdmin: true };
const PROMPT = { id: 'faq', version: 'v2', variant: 'split', hash: 'h2' };

let store: Store;
let complaints: string[];
let failing: boolean;
let admin: FeedbackService;
let now: number;
beforeEach(() => {
  store = openSqlite(':memory:');
  [complaints, failing, now] = [[], false, NOW];
  const { ledger, feedback, cache: cacheStore } = store;
  const cache = buildCacheAdmin({ store: cacheStore, ledger, maxFalseHits: 0.02, now: () => now });
  admin = buildFeedbackService({
    ledger,
    feedback,
    now: () => now,
    complain(call) {
      complaints.push(call);
      return failing ? Promise.reject(new Error('locked')) : cache.complain(call);
    },
  });
});
afterEach(() => store.close());

const record = (id: string, meta: Partial<CallMeta> = {}, principal = SHOP): Promise<unknown> =>
  store.ledger.record(fakeCall({ id, principal }, { prompt: PROMPT, startedAt: NOW, ...meta }));
const scores = async (): Promise<[string, number, number][]> =>
  (await store.feedback.scores('faq')).map(({ version, score, count }) => [version, score, count]);

describe('feedback', () => {
  it.each<[Feedback, number]>([
    [{ rating: 'up' }, 1],
    [{ rating: 'down' }, 0],
    [{ score: 0.7 }, 0.7],
    [{ score: 0 }, 0],
    [{ score: 1 }, 1],
  ])('of %j is a score of %d for the version that answered', async (said, score) => {
    await record('call_1');
    const given = await admin.give(SHOP, 'call_1', said);
    expect(FeedbackResult.strict().parse(given)).toEqual({ score, prompt: 'faq@v2', entry: null });
    expect(await scores()).toEqual([['v2', score, 1]]);
  });

  it('keeps who said it, when and why', async () => {
    await record('call_1');
    now += 5;
    await admin.give(SHOP, 'call_1', { score: 0.5, comment: 'It <b>names</b> 14 days.' });
    expect(await store.feedback.comments('faq', 9)).toEqual([
      {
        call: 'call_1',
        principal: 'shop',
        prompt: { id: 'faq', version: 'v2' },
        score: 0.5,
        comment: 'It <b>names</b> 14 days.',
        at: NOW + 5,
      },
    ]);
  });

  it('that comes later takes the place of what was said before', async () => {
    await record('call_1');
    await admin.give(SHOP, 'call_1', { rating: 'down', comment: 'Wrong.' });
    expect(await admin.give(SHOP, 'call_1', { rating: 'up' })).toMatchObject({ score: 1 });
    expect(await scores()).toEqual([['v2', 1, 1]]);
    expect(await store.feedback.comments('faq', 9)).toEqual([]);
  });

  it('on a plain function counts for no prompt', async () => {
    await record('call_1', { prompt: null });
    expect(await admin.give(SHOP, 'call_1', { rating: 'up' })).toMatchObject({ prompt: null });
    expect(await scores()).toEqual([]);
  });

  it.each<[string, Partial<CallMeta>]>([
    ['that no model answered', { servedBy: 'fallback' }],
    ['that ended with a problem', { servedBy: 'none', errorCode: 'model_unavailable' }],
  ])('on a call %s is kept, and counts for no version', async (_what, meta) => {
    await record('call_1', meta);
    const given = await admin.give(SHOP, 'call_1', { rating: 'down', comment: 'Nothing came.' });
    expect(given).toMatchObject({ score: 0, prompt: null });
    expect(await scores()).toEqual([]);
    expect(complaints).toEqual(['call_1']);
  });

  it('on a call that repeats another is said of that one: its answer is the same', async () => {
    await record('call_1');
    await record('call_2', { prompt: null, servedBy: 'replay', replayOf: 'call_1' });
    await admin.give(SHOP, 'call_1', { rating: 'up' });
    const given = await admin.give(SHOP, 'call_2', { rating: 'down' });
    expect(given).toMatchObject({ score: 0, prompt: 'faq@v2' });
    expect(await scores()).toEqual([['v2', 0, 1]]);
    expect(complaints).toEqual(['call_1']);
  });

  it('on a repeat of a call that is in no ledger is kept for the repeat', async () => {
    await record('call_2', { prompt: null, servedBy: 'replay', replayOf: 'call_lost' });
    expect(await admin.give(SHOP, 'call_2', { rating: 'down' })).toMatchObject({ prompt: null });
    expect(complaints).toEqual(['call_2']);
  });

  it('without a word is refused, and is no complaint', async () => {
    await record('call_1');
    await expect(admin.give(SHOP, 'call_1', {})).rejects.toMatchObject({ code: 'invalid_input' });
    expect([await scores(), complaints]).toEqual([[], []]);
  });
});

describe('who may speak of a call', () => {
  it('is whose it is, and an admin; to others it is not there', async () => {
    await record('call_1');
    const stranger = { ...LOCAL, id: 'app' };
    const refusal = (id: string): Promise<string> =>
      admin.give(stranger, id, { rating: 'down' }).then(
        () => 'taken',
        (error: unknown) =>
          `${(error as { code: string }).code}: ${(error as Error).message}`.replace(id, 'ID'),
      );
    expect(await refusal('call_1')).toMatch(/^unknown_call: There is no call "ID" in the ledger/);
    expect(await refusal('call_1')).toBe(await refusal('call_9'));
    expect([await scores(), complaints]).toEqual([[], []]);
    await admin.give(BOSS, 'call_1', { rating: 'down', comment: 'Read by me.' });
    expect(await store.feedback.comments('faq', 9)).toMatchObject([{ principal: 'boss' }]);
  });

  it('is nobody before it has ended', async () => {
    await expect(admin.give(BOSS, 'call_1', { rating: 'up' })).rejects.toMatchObject({
      code: 'unknown_call',
    });
  });
});

describe('a score below 0.5', () => {
  it('complains about the kept answer that was served', async () => {
    await store.cache.keep(entry('call_0'), MOST);
    await store.cache.used(use('call_1', 'call_0'));
    await record('call_1', { servedBy: 'exact_cache' });
    expect(await admin.give(SHOP, 'call_1', { score: 0.25 })).toEqual({
      score: 0.25,
      prompt: 'faq@v2',
      entry: { id: 'call_0', strikes: 1, quarantined: false },
    });
    // The same call says it once.
    expect(await admin.give(SHOP, 'call_1', { score: 0.1 })).toMatchObject({
      entry: { strikes: 1 },
    });
  });

  it('is the only one that complains', async () => {
    await record('call_1');
    const score = fc.double({ min: 0, max: 1, noNaN: true });
    await fc.assert(
      fc.asyncProperty(score, async (given) => {
        complaints = [];
        await admin.give(SHOP, 'call_1', { score: given });
        expect(complaints).toEqual(given < 0.5 ? ['call_1'] : []);
      }),
      { numRuns: runs(40), examples: [[0.5], [0.499_999]] },
    );
  });

  it('is kept also when the cache cannot be told, and told when it is said again', async () => {
    await record('call_1');
    failing = true;
    await expect(admin.give(SHOP, 'call_1', { rating: 'down' })).rejects.toThrow('locked');
    expect(await scores()).toEqual([['v2', 0, 1]]);
    failing = false;
    await admin.give(SHOP, 'call_1', { rating: 'down' });
    expect(complaints).toEqual(['call_1', 'call_1']);
    expect(await scores()).toEqual([['v2', 0, 1]]);
  });
});
