import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Call, CallMeta } from '../../../src/core/call/call.ts';
import type { PromptUse } from '../../../src/core/call/prompt.ts';
import type { Store } from '../../../src/stores/ports/store.ts';
import { fakeAttempt, fakeCall } from '../../support/calls.ts';
import { NOW } from './cache-entries.ts';
import type { Database } from './database.ts';
import { runs } from '../../support/depth.ts';

/** What the ledger says of versions of prompts. */
export function promptUseCases(newDatabase: () => Database): void {
  let database: Database;
  let store: Store;
  beforeEach(() => {
    database = newDatabase();
    store = database.open();
  });
  afterEach(() => database.remove());

  let calls = 0;
  const answered = (
    prompt: { id?: string; version?: string; hash?: string | null },
    meta: Partial<CallMeta> = {},
    call: Partial<Call> = {},
  ): Promise<unknown> => {
    calls += 1;
    const whole = { id: 'faq', version: 'v1', hash: 'h1', variant: 'split', ...prompt };
    return store.ledger.record(
      fakeCall(
        { id: `call_${String(calls)}`, ...call },
        { prompt: whole, startedAt: NOW, servedBy: 'model', ...meta },
      ),
    );
  };
  const spent = (costNanoUsd: number) => ({ attempts: [fakeAttempt({ costNanoUsd })] });

  describe('what a version of a prompt served', () => {
    it('is counted by version and content, the oldest first, over all fronts', async () => {
      await answered({ version: 'v2', hash: 'h3' }, { startedAt: NOW + 9, ...spent(70) });
      await answered({ hash: 'h2' }, { startedAt: NOW + 5, ...spent(20) });
      await answered({ hash: 'h2' }, { startedAt: NOW + 7, ...spent(30) }, { front: 'internal' });
      await answered({ hash: null }, { startedAt: NOW + 1 }, { front: 'mcp_stdio' });
      await answered({}, { startedAt: NOW + 3, ...spent(1) });
      const nothing = { cached: 0, failed: 0 };
      expect(await database.open().ledger.promptUse('faq')).toEqual([
        {
          version: 'v1',
          hash: null,
          calls: 1,
          ...nothing,
          costNanoUsd: 0,
          firstAt: NOW + 1,
          lastAt: NOW + 1,
        },
        {
          version: 'v1',
          hash: 'h1',
          calls: 1,
          ...nothing,
          costNanoUsd: 1,
          firstAt: NOW + 3,
          lastAt: NOW + 3,
        },
        {
          version: 'v1',
          hash: 'h2',
          calls: 2,
          ...nothing,
          costNanoUsd: 50,
          firstAt: NOW + 5,
          lastAt: NOW + 7,
        },
        {
          version: 'v2',
          hash: 'h3',
          calls: 1,
          ...nothing,
          costNanoUsd: 70,
          firstAt: NOW + 9,
          lastAt: NOW + 9,
        },
      ]);
    });

    it('says how many calls were answered from the cache, and how many failed', async () => {
      for (const servedBy of ['exact_cache', 'similar_cache', 'shared', 'fallback'] as const)
        await answered({}, { servedBy });
      await answered({}, { servedBy: 'none', finish: 'error', errorCode: 'model_unavailable' });
      await answered({}, { finish: 'truncated', errorCode: 'output_truncated' });
      await answered({}, { finish: 'refused' });
      expect(await store.ledger.promptUse('faq')).toMatchObject([
        { calls: 7, cached: 3, failed: 2 },
      ]);
    });

    it('is nothing of other prompts, nor of plain functions', async () => {
      await answered({ id: 'extract' });
      await store.ledger.record(fakeCall({ id: 'function' }, { servedBy: 'function' }));
      expect(await store.ledger.promptUse('faq')).toEqual([]);
      expect(await store.ledger.promptUse('extract')).toHaveLength(1);
    });

    const call = fc.record({
      version: fc.constantFrom('v1', 'v2', 'v10'),
      hash: fc.constantFrom('a', 'b', null),
      servedBy: fc.constantFrom('model', 'exact_cache', 'similar_cache', 'shared', 'none'),
      failed: fc.boolean(),
      cost: fc.nat(2_000_000_000),
      startedAt: fc.nat(1_000).map((ms) => NOW + ms),
    });

    it('adds up to its calls, one by one, whatever they were', async () => {
      let prompts = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(call, { maxLength: 25 }), async (all) => {
          const id = `prompt-${String((prompts += 1))}`;
          await Promise.all(
            all.map(({ version, hash, servedBy, failed, cost, startedAt }) =>
              answered(
                { id, version, hash },
                {
                  servedBy,
                  startedAt,
                  ...spent(cost),
                  errorCode: failed ? 'internal_error' : null,
                },
              ),
            ),
          );
          const nameOf = ({ version, hash }: { version: string; hash: string | null }): string =>
            `${version} ${String(hash)}`;
          const groups = [...new Set(all.map(nameOf))].map((name) =>
            all.filter((each) => nameOf(each) === name),
          );
          const expected = groups.map((group): PromptUse => ({
            version: group[0]?.version ?? '',
            hash: group[0]?.hash ?? null,
            calls: group.length,
            cached: group.filter(({ servedBy }) => /cache|shared/.test(servedBy)).length,
            failed: group.filter(({ failed }) => failed).length,
            costNanoUsd: group.reduce((sum, { cost }) => sum + cost, 0),
            firstAt: Math.min(...group.map(({ startedAt }) => startedAt)),
            lastAt: Math.max(...group.map(({ startedAt }) => startedAt)),
          }));
          const found = await store.ledger.promptUse(id);
          expect(new Set(found)).toEqual(new Set(expected));
          expect(found).toHaveLength(expected.length);
          expect(found).toEqual(found.toSorted((a, b) => a.firstAt - b.firstAt));
        }),
        { numRuns: runs(30) },
      );
    });
  });
}
