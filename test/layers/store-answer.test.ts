import { describe, expect, it } from 'vitest';
import { noVerdict } from '../../src/cache/serve-entry.ts';
import { readCacheControl } from '../../src/core/call/cache-control.ts';
import type { CacheLookup } from '../../src/core/call/cache-lookup.ts';
import type { Call, CallMeta, Outcome } from '../../src/core/call/call.ts';
import { problem } from '../../src/errors/problem.ts';
import { buildStoreAnswer } from '../../src/layers/store-answer.ts';
import type { NewCachedAnswer } from '../../src/stores/ports/cache.ts';
import { fakeAttempt, fakeCall } from '../support/calls.ts';
import { answerQuestion } from '../../tools/answer-question.ts';

const HOUR_MS = 3_600_000;
const NOW = 1_000_000;
const QUESTION = { text: 'How long?', canon: 'how long', kind: 'plain' } as const;

const ASK: CacheLookup = {
  tool: answerQuestion,
  policy: { compare: 'question', visibility: 'team', ttlHours: 24 },
  control: readCacheControl(null),
  scope: 's',
  tenant: 't',
  class: 'c',
  exactKey: 'k',
  tags: [],
  question: QUESTION,
};

interface Case {
  ask?: Partial<CacheLookup>;
  meta?: Partial<CallMeta>;
  call?: Partial<Call>;
  outcome?: Outcome;
  fails?: boolean;
}

async function keeping({ ask, meta, call, outcome = { ok: true, output: 1 }, fails }: Case = {}) {
  const kept: NewCachedAnswer[] = [];
  const errors: unknown[] = [];
  const layer = buildStoreAnswer({
    store: {
      keep: (entry) => {
        if (fails) return Promise.reject(new Error('the disk is full'));
        kept.push(entry);
        return Promise.resolve();
      },
    },
    most: { entries: 10, bytes: 1_000 },
    staleMs: HOUR_MS,
    onError: (error) => errors.push(error),
    now: () => NOW,
  });
  const attempts = [
    fakeAttempt({ purpose: 'judge', costNanoUsd: 3 }),
    fakeAttempt({ costNanoUsd: 7 }),
  ];
  const whole = { servedBy: 'model', cache: noVerdict('New.'), attempts, model: 'm' } as const;
  const made = fakeCall(
    { cacheLookup: { ...ASK, ...ask }, ...call },
    { ...whole, attempts, ...meta },
  );
  const ended = await layer(made, () => Promise.resolve(outcome)).catch((error: unknown) => error);
  return { kept, errors, meta: made.meta, ended };
}

const aborted = (): AbortSignal => AbortSignal.abort();

describe('keep-answer', () => {
  it('keeps a whole answer, with what answering took and nothing else', async () => {
    const { kept, meta } = await keeping();
    expect(kept).toMatchObject([
      {
        id: 'call_1',
        canon: 'how long',
        costNanoUsd: 7,
        output: '1',
        exactUntil: NOW + 24 * HOUR_MS,
      },
    ]);
    expect(meta.cache).toMatchObject({ stored: true, entry: 'call_1' });
  });

  it.each<[string, Case]>([
    ['a problem', { outcome: { ok: false, problem: problem('model_refused', { detail: 'No.' }) } }],
    ['a degraded answer', { meta: { degraded: true } }],
    ["the tool's own answer", { meta: { servedBy: 'fallback' } }],
    ['what was kept before', { meta: { servedBy: 'similar_cache' } }],
    [
      'an answer that had to be mended',
      { meta: { attempts: [fakeAttempt({ outcome: 'invalid' })] } },
    ],
    ['an answer to somebody who left', { call: { signal: aborted() } }],
    ['what the caller wants nothing kept of', { ask: { control: readCacheControl('no-store') } }],
    [
      'an answer that was made shorter for a budget',
      { meta: { budget: { fitted: { how: 'clamped', why: '' }, limits: [] } } },
    ],
    [
      'an answer by a cheaper model for a budget',
      { meta: { budget: { fitted: { how: 'downgraded', why: '' }, limits: [] } } },
    ],
  ])('never keeps %s, and says why', async (_name, given) => {
    const { kept, meta } = await keeping(given);
    expect(kept).toEqual([]);
    expect(meta.cache).toMatchObject({ stored: false });
    expect(meta.cache?.reason).toContain('Not kept: ');
  });

  it('keeps an answer that waited for its budget', async () => {
    const budget = { fitted: { how: 'queued', why: '' } as const, limits: [] };
    expect((await keeping({ meta: { budget } })).kept).toHaveLength(1);
  });

  it('keeps what changes with time for minutes, and for nobody who asks in other words', async () => {
    const question = { ...QUESTION, kind: 'time_bound' } as const;
    const [entry] = (await keeping({ ask: { question } })).kept;
    expect(entry).toMatchObject({ canon: null, exactUntil: NOW + 300_000, similarUntil: NOW });
  });

  it('lets other wordings find an answer for an hour unless the tool says otherwise', async () => {
    expect((await keeping()).kept[0]?.similarUntil).toBe(NOW + HOUR_MS);
    const policy = { ...ASK.policy, similarTtlHours: 48 };
    expect((await keeping({ ask: { policy } })).kept[0]?.similarUntil).toBe(NOW + 24 * HOUR_MS);
  });

  it('does not let a question that points at something be found in other words', async () => {
    const question = { ...QUESTION, kind: 'pointing' } as const;
    expect((await keeping({ ask: { question } })).kept[0]?.canon).toBeNull();
  });

  it('hands the answer over all the same when it cannot be kept', async () => {
    const { ended, errors, meta } = await keeping({ fails: true });
    expect(ended).toEqual({ ok: true, output: 1 });
    expect(errors).toHaveLength(1);
    expect(meta.cache?.stored).toBe(false);
  });
});
