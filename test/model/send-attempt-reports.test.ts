import { describe, expect, it } from 'vitest';
import type { Provider } from '../../src/model/provider.ts';
import { ANSWER, fakeProvider } from '../support/fake-provider.ts';
import { ask, down, saying, START, TICK_MS } from './send-attempt-fixture.ts';

describe('how far an attempt got', () => {
  it('is not_sent while there was no connection, and that is free', async () => {
    const { record } = await ask(saying([], false));
    expect(record).toMatchObject({ reached: 'not_sent', usage: { source: 'none' } });
    expect(record.estimate).toBeNull();
  });

  it('is unknown when it was sent and nothing came back', async () => {
    const { record } = await ask(saying([]));
    expect(record).toMatchObject({ reached: 'unknown', usage: { source: 'none' } });
  });

  it('is answered from the first header on', async () => {
    const headers = { type: 'headers', requestId: 'req_7', limits: {} } as const;
    const { record } = await ask(saying([headers]));
    expect(record).toMatchObject({ reached: 'answered', requestId: 'req_7' });
  });

  it('comes with what the headers said of limits, whatever the answer', async () => {
    const limits = { requests: { limit: 50, remaining: 0, fullAt: START + 60_000 } };
    const refusing: Provider = {
      name: 'fake',
      async *stream(_request, { onSent }) {
        onSent();
        yield await Promise.resolve({ type: 'headers' as const, requestId: null, limits });
        throw down;
      },
    };
    expect(await ask(refusing)).toMatchObject({ problem: down, limits });
  });
});

describe('the speed of an attempt', () => {
  it('is that of its tokens from the first on', async () => {
    // The clock ticks at the first token, at the first text, and at the end.
    const { tokensPerSecond } = await ask(ANSWER);
    expect(tokensPerSecond).toBe(20 / ((2 * TICK_MS) / 1000));
  });

  it('leaves out the time its reader took', async () => {
    const speed = async (readerMs: number): Promise<number | null> => {
      let clock = START;
      const reading = async (): Promise<void> => {
        await Promise.resolve();
        clock += readerMs;
      };
      const provider: Provider = {
        name: 'fake',
        async *stream(request, watch) {
          for await (const event of fakeProvider(ANSWER).stream(request, watch)) {
            clock += 1_000;
            yield event;
          }
        },
      };
      const asked = ask(provider, { onText: reading, now: () => clock });
      return (await asked).tokensPerSecond;
    };
    // Two more pieces and the end, a second each.
    expect(await speed(0)).toBeCloseTo(20 / 3);
    expect(await speed(100_000)).toBeCloseTo(20 / 3);
  });

  it('is unknown for an answer of a few tokens', async () => {
    expect((await ask({ ...ANSWER, counts: { output: 19 } })).tokensPerSecond).toBeNull();
    expect((await ask({ error: down })).tokensPerSecond).toBeNull();
  });
});

describe('whoever guards the model', () => {
  it('hears when an answer begins, with its limits and counts, and when the first token came', async () => {
    const heard: unknown[] = [];
    await ask(ANSWER, {
      observer: {
        began: (limits, counts) => heard.push({ limits, counts }),
        firstToken: (ms) => heard.push(ms > 0),
        silent: () => heard.push('silent'),
      },
    });
    expect(heard).toMatchObject([{ limits: {}, counts: { input: 100 } }, true]);
  });

  it('hears of no beginning when the model refused by status', async () => {
    const heard: unknown[] = [];
    await ask(
      { error: down },
      {
        observer: {
          began: (limits) => heard.push(limits),
          firstToken: (ms) => heard.push(ms),
          silent: (ms) => heard.push(ms),
        },
      },
    );
    expect(heard).toEqual([]);
  });
});
