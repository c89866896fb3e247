import { describe, expect, it } from 'vitest';
import type { Hold, Recount } from '../../src/core/call/hold.ts';
import { problem } from '../../src/errors/problem.ts';
import { nothingReceived } from '../../src/model/attempt-usage.ts';
import { watchOverrun } from '../../src/model/overrun.ts';
import { fakeAttempt } from '../support/calls.ts';
import { fakeProvider } from '../support/fake-provider.ts';
import { modelParts } from '../support/model-parts.ts';
import { ask, MODEL, saying, START } from './send-attempt-fixture.ts';

const CUT = problem('budget_cut', { detail: 'It ran out.' });

/** A hold that answers every recount with so many tokens. */
function holdWith(tokens: number) {
  const recounts: Recount[] = [];
  const hold: Hold = {
    buy: () => Promise.resolve(null),
    recount: (counted) => {
      recounts.push(counted);
      return Promise.resolve(tokens);
    },
    cut: () => CUT,
  };
  return { hold, recounts };
}

const { prices } = modelParts(fakeProvider({}));
const NEED = { promptTokens: 1_000, outputTokens: 500, nanoUsd: 7_000_000 };

function watching(hold: Hold | null, needs = { need: NEED, likely: NEED }) {
  const stopped: unknown[] = [];
  const overrun = watchOverrun({
    hold,
    purchase: { model: MODEL, ...needs, lost: fakeAttempt({ outcome: 'lost' }) },
    prices,
    now: () => START,
    written: ({ text }) => text.length / 4,
    stop: (reason) => void stopped.push(reason),
  });
  return { overrun, stopped };
}
const heardOf = (chars: number) => ({ ...nothingReceived(), text: 'x'.repeat(chars) });

describe('an answer under a hold', () => {
  it('is not looked at again when the prompt is as long as was held for', async () => {
    const { hold, recounts } = holdWith(0);
    const { overrun } = watching(hold);
    await overrun.counted({ input: 1_000 });
    await overrun.counted({ input: 100, cache_read: 900, cache_write_5m: 0 });
    await overrun.counted({});
    expect(recounts).toEqual([]);
  });

  it('is recounted with the true prompt when that is longer', async () => {
    const { hold, recounts } = holdWith(Infinity);
    await watching(hold).overrun.counted({ input: 1_400 });
    // 2 and 10 US dollars per million tokens: 2,000 and 10,000 nano-dollars each.
    expect(recounts).toMatchObject([
      {
        need: { promptTokens: 1_400, outputTokens: 500, nanoUsd: 1_400 * 2_000 + 500 * 10_000 },
        prompt: { promptTokens: 1_400, outputTokens: 0, nanoUsd: 1_400 * 2_000 },
        nanoUsdPerOutputToken: 10_000,
        lost: { outcome: 'lost', usage: { input: 1_400, output: 500 } },
      },
    ]);
  });

  it('is recounted at the price of another model that answers, also before it has counted', async () => {
    const { hold, recounts } = holdWith(Infinity);
    const { overrun } = watching(hold);
    await overrun.counted({}, 'claude-opus-5');
    await overrun.counted({}, 'gpt-other');
    // 5 and 25 US dollars per million tokens.
    expect(recounts).toMatchObject([
      {
        model: MODEL,
        need: { promptTokens: 1_000, outputTokens: 500, nanoUsd: 1_000 * 5_000 + 500 * 25_000 },
        nanoUsdPerOutputToken: 25_000,
      },
    ]);
  });

  it('gives back at once what was held for nothing, and waits for nothing then', () => {
    const { hold, recounts } = holdWith(Infinity);
    const likely = { promptTokens: 300, outputTokens: 100, nanoUsd: 1_600_000 };
    const need = { promptTokens: 4_000, outputTokens: 100, nanoUsd: 9_000_000 };
    expect(watching(hold, { need, likely }).overrun.counted({ input: 280 })).toBeUndefined();
    expect(recounts).toMatchObject([{ need: { promptTokens: 280, outputTokens: 100 } }]);
    // A little is not worth it.
    void watching(hold, { need, likely }).overrun.counted({ input: 3_000 });
    // This is a placeholder, or less than all: the end will tell.
    void watching(hold, { need, likely }).overrun.counted({ input: 1 });
    expect(recounts).toHaveLength(1);
  });

  it('may be as long as the rest pays for, less a margin for our count and for what is under way', async () => {
    const { hold } = holdWith(400);
    const { overrun, stopped } = watching(hold);
    await overrun.counted({ input: 1_400 });
    for (let chars = 10; chars <= 4 * 329; chars += 1) overrun.grew(heardOf(chars));
    expect(stopped).toEqual([]);
    for (let chars = 4 * 330; chars <= 4 * 332; chars += 1) overrun.grew(heardOf(chars));
    expect(stopped[0]).toBe(CUT);
  });

  it('is stopped at once when nothing is left for it', async () => {
    const { hold } = holdWith(20);
    const { overrun, stopped } = watching(hold);
    await overrun.counted({ input: 1_400 });
    expect(stopped).toEqual([CUT]);
  });

  it('goes on to its end where no budget cuts it, and where there is no hold', async () => {
    for (const hold of [holdWith(Infinity).hold, null]) {
      const { overrun, stopped } = watching(hold);
      await overrun.counted({ input: 99_000 });
      overrun.grew(heardOf(100_000));
      expect(stopped).toEqual([]);
    }
  });

  it('that is cut ends the attempt as cut, with the tokens it had by best evidence', async () => {
    const words = Array.from(
      { length: 300 },
      () => ({ type: 'text', text: 'seventeen ' }) as const,
    );
    const { record, problem: why } = await ask(
      saying([{ type: 'start', counts: { input: 5_000 } }, ...words]),
      { hold: holdWith(150).hold },
    );
    expect(why).toBe(CUT);
    expect(record).toMatchObject({ outcome: 'cut', errorCode: 'budget_cut' });
    expect(record.usage).toMatchObject({ input: 5_000, source: 'estimated' });
    expect(record.usage.output).toBeGreaterThan(90);
    expect(record.usage.output).toBeLessThan(150);
  });
});
