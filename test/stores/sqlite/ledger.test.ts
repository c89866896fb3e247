import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CallMeta as WireCall } from '../../../schemas/wire/call.ts';
import type { Usage } from '../../../schemas/wire/call.ts';
import { LOCAL } from '../../../src/core/call/principal.ts';
import { NO_USAGE } from '../../../src/core/call/usage.ts';
import { toWireCall } from '../../../src/core/call/wire.ts';
import type { Grouping, Store } from '../../../src/stores/ports/store.ts';
import { openSqlite } from '../../../src/stores/sqlite/open.ts';
import { fakeAttempt, fakeCall } from '../../support/calls.ts';

let store: Store;
beforeEach(() => {
  store = openSqlite(':memory:');
});
afterEach(() => store.close());

const usage = (input: number, output: number, more: Partial<Usage> = {}): Usage => ({
  ...NO_USAGE,
  input,
  output,
  source: 'provider',
  ...more,
});
const DAY = 24 * 3600 * 1000;
const NOON = Date.parse('2026-11-23T12:00:00Z');

describe('a ledger row', () => {
  it('keeps every field of a call', async () => {
    const full = fakeCall(
      {
        id: 'call_full',
        principal: { ...LOCAL, id: 'key_7' },
        front: 'mcp_stdio',
        labels: { feature: 'help', user: 'u1', team: 't1' },
      },
      {
        prompt: { id: 'faq', version: 'v3', variant: 'split', hash: 'h3' },
        model: 'claude-haiku-5-5',
        route: { chain: 'balanced', reason: 'Because. One was passed over.' },
        servedBy: 'replay',
        replayOf: 'call_0',
        budget: { fitted: { how: 'queued', why: 'Because.' }, limits: [] },
        degraded: true,
        similarity: 0.93,
        savedNanoUsd: 12_345,
        ttftMs: 41.5,
        latencyMs: 977.25,
        startedAt: NOON + 123,
        finish: 'truncated',
        errorCode: 'output_truncated',
        simulated: true,
        attempts: [
          fakeAttempt({
            outcome: 'failed',
            errorCode: 'model_unavailable',
            reached: 'unknown',
            requestId: 'req_1',
            promptCacheSavedNanoUsd: -25,
          }),
          fakeAttempt({
            model: 'claude-haiku-5-5',
            outcome: 'truncated',
            usage: usage(10, 20, {
              thinking: 5,
              cache_read: 30,
              cache_write_5m: 40,
              cache_write_1h: 50,
            }),
            costNanoUsd: 987_654_321,
            priceId: 'claude-haiku-5-5@2026-10-07',
            promptCacheSavedNanoUsd: 1_025,
            estimate: { input: 128, output: 19, content: 'prose' },
            ttftMs: 12,
            latencyMs: 900,
          }),
        ],
      },
    );
    await store.ledger.record(full);
    const kept = await store.ledger.get('call_full', null);
    expect(kept).toEqual(toWireCall(full));
    expect(WireCall.strict().parse(kept)).toEqual(kept);
    expect(kept).toMatchObject({
      cost_usd: 0.987654321,
      prompt_cache_saved_usd: 1e-6,
      started_at: '2026-11-23T12:00:00.123Z',
    });
  });

  it('keeps what is not there as null', async () => {
    const bare = fakeCall({ id: 'call_bare' });
    await store.ledger.record(bare);
    const kept = await store.ledger.get('call_bare', null);
    expect(kept).toEqual(toWireCall(bare));
    expect(kept).toMatchObject({
      prompt: null,
      model: null,
      route: null,
      similarity: null,
      ttft_ms: null,
      error_code: null,
      attempts: [],
    });
  });

  it('is not changed by recording the call again', async () => {
    await store.ledger.record(fakeCall({}, { finish: 'complete' }));
    await store.ledger.record(fakeCall({}, { finish: 'error' }));
    expect(await store.ledger.list({ limit: 9 }, null)).toMatchObject([{ finish: 'complete' }]);
  });

  it('that nobody wrote is null', async () => {
    expect(await store.ledger.get("call_x' OR 1=1 --", null)).toBeNull();
  });
});

describe('the list of calls', () => {
  beforeEach(async () => {
    for (let i = 1; i <= 7; i += 1)
      await store.ledger.record(
        fakeCall(
          { id: `call_${String(i)}`, toolName: i % 2 === 0 ? 'even' : 'odd' },
          { finish: i > 4 ? 'error' : 'complete' },
        ),
      );
  });
  const ids = async (query: Parameters<Store['ledger']['list']>[0]) =>
    (await store.ledger.list(query, null)).map(({ id }) => Number(id.slice('call_'.length)));

  it('is newest first, page by page', async () => {
    expect(await ids({ limit: 3 })).toEqual([7, 6, 5]);
    expect(await ids({ limit: 3, before: 'call_5' })).toEqual([4, 3, 2]);
    expect(await ids({ limit: 3, before: 'call_2' })).toEqual([1]);
    expect(await ids({ limit: 3, before: 'call_1' })).toEqual([]);
  });

  it('can be of one tool, of one end, or of both', async () => {
    expect(await ids({ limit: 9, tool: 'even' })).toEqual([6, 4, 2]);
    expect(await ids({ limit: 9, finish: 'error' })).toEqual([7, 6, 5]);
    expect(await ids({ limit: 1, tool: 'odd', finish: 'error', before: 'call_7' })).toEqual([5]);
    expect(await ids({ limit: 9, tool: 'none' })).toEqual([]);
  });
});

describe('the sums of the ledger', () => {
  /** Two calls: one answered at once, one that failed on a dear model and was saved by a cheap one. */
  beforeEach(async () => {
    await store.ledger.record(
      fakeCall(
        { id: 'call_1', labels: { feature: 'help', user: 'u1', team: 't1' } },
        {
          startedAt: NOON - DAY,
          prompt: { id: 'faq', version: 'v1', variant: null, hash: null },
          finish: 'complete',
          attempts: [
            fakeAttempt({
              model: 'cheap',
              usage: usage(100, 10, { cache_read: 5 }),
              costNanoUsd: 300,
              promptCacheSavedNanoUsd: 80,
            }),
          ],
        },
      ),
    );
    await store.ledger.record(
      fakeCall(
        { id: 'call_2', labels: { feature: 'help', user: 'u2', team: null } },
        {
          startedAt: NOON,
          prompt: { id: 'faq', version: 'v2', variant: null, hash: null },
          finish: 'complete',
          savedNanoUsd: 7,
          attempts: [
            fakeAttempt({
              model: 'dear',
              outcome: 'failed',
              usage: usage(200, 1, { thinking: 1, source: 'estimated' }),
              costNanoUsd: 900,
              promptCacheSavedNanoUsd: -30,
            }),
            fakeAttempt({ model: 'cheap', usage: usage(200, 20), costNanoUsd: 600 }),
          ],
        },
      ),
    );
    // A function: no model, no prompt, no money; and it failed.
    await store.ledger.record(
      fakeCall(
        { id: 'call_3', toolName: 'get_usage', principal: { ...LOCAL, id: 'key_2' } },
        { startedAt: NOON, finish: 'error' },
      ),
    );
  });

  const sums = async (groupBy: Grouping, from = 0, to = NOON + 1) =>
    (await store.ledger.sum({ groupBy, from, to }, null)).map(
      ({ key, calls, failed, cost_usd }) => [key, calls, failed, Math.round(cost_usd * 1e9)],
    );

  it.each<[Grouping, unknown[][]]>([
    ['all', [['all', 3, 1, 1_800]]],
    [
      'tool',
      [
        ['answer_question', 2, 0, 1_800],
        ['get_usage', 1, 1, 0],
      ],
    ],
    [
      'prompt',
      [
        ['faq@v2', 1, 0, 1_500],
        ['faq@v1', 1, 0, 300],
        [null, 1, 1, 0],
      ],
    ],
    [
      'principal',
      [
        ['local', 2, 0, 1_800],
        ['key_2', 1, 1, 0],
      ],
    ],
    [
      'feature',
      [
        ['help', 2, 0, 1_800],
        [null, 1, 1, 0],
      ],
    ],
    [
      'user',
      [
        ['u2', 1, 0, 1_500],
        ['u1', 1, 0, 300],
        [null, 1, 1, 0],
      ],
    ],
    [
      'team',
      [
        [null, 2, 1, 1_500],
        ['t1', 1, 0, 300],
      ],
    ],
    [
      'day',
      [
        ['2026-11-22', 1, 0, 300],
        ['2026-11-23', 2, 1, 1_500],
      ],
    ],
    // The second call stands under both models it asked; the dear one failed.
    [
      'model',
      [
        ['cheap', 2, 0, 900],
        ['dear', 1, 1, 900],
        [null, 1, 1, 0],
      ],
    ],
  ])('by %s are one row per value, dearest first', async (groupBy, rows) => {
    expect(await sums(groupBy)).toEqual(rows);
  });

  it('count all tokens of the prompt as input, at whatever price', async () => {
    const [all] = await store.ledger.sum({ groupBy: 'all', from: 0, to: NOON + 1 }, null);
    expect(all).toMatchObject({
      input_tokens: 505,
      output_tokens: 31,
      thinking_tokens: 1,
      cache_read_tokens: 5,
      saved_usd: 7e-9,
      prompt_cache_saved_usd: 5e-8,
    });
  });

  it('by model say where the prompt cache paid and where it did not', async () => {
    const rows = await store.ledger.sum({ groupBy: 'model', from: 0, to: NOON + 1 }, null);
    expect(rows.map(({ key, prompt_cache_saved_usd }) => [key, prompt_cache_saved_usd])).toEqual([
      ['cheap', 8e-8],
      ['dear', -3e-8],
      [null, 0],
    ]);
  });

  it('by model add up to the whole, in money and tokens', async () => {
    const rows = await store.ledger.sum({ groupBy: 'model', from: 0, to: NOON + 1 }, null);
    const total = (pick: (row: (typeof rows)[number]) => number) =>
      rows.reduce((sum, row) => sum + pick(row), 0);
    expect(total((row) => row.input_tokens)).toBe(505);
    expect(total((row) => row.output_tokens)).toBe(31);
    expect(total((row) => row.thinking_tokens)).toBe(1);
    expect(total((row) => row.cache_read_tokens)).toBe(5);
    expect(Math.round(total((row) => row.cost_usd) * 1e9)).toBe(1_800);
    expect(Math.round(total((row) => row.saved_usd) * 1e9)).toBe(7);
  });

  it('hold the first moment of the window and not its end', async () => {
    expect(await sums('all', NOON, NOON + 1)).toEqual([['all', 2, 1, 1_500]]);
    expect(await sums('all', NOON - DAY, NOON)).toEqual([['all', 1, 0, 300]]);
    for (const groupBy of ['all', 'tool', 'model', 'day'] as const)
      expect(await sums(groupBy, NOON + 1, NOON + 2)).toEqual([]);
  });
});
