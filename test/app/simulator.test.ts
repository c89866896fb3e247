import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSimulator, type SimulatorThread } from '../../src/app/simulator.ts';

describe('the simulator in a thread', () => {
  let simulator: SimulatorThread;
  beforeAll(async () => {
    simulator = await openSimulator({ speed: Infinity });
  }, 120_000);
  afterAll(() => simulator.close());

  const ask = (text: string): Promise<Response> =>
    fetch(`${simulator.url}/v1/messages`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-api-key': 'a-key',
        'anthropic-version': '2023-06-01',
      },
      body: JSON.stringify({
        model: 'claude-haiku-5-5',
        max_tokens: 100,
        messages: [{ role: 'user', content: text }],
      }),
    });

  it('answers as in the process', async () => {
    const response = await ask('Summarize: The shop opens at nine. It closes at six.');
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ type: 'message', role: 'assistant' });
  });

  it('leaves the loop of its process turning while it works on a long text', async () => {
    let turns = 0;
    let working = true;
    const turn = (): void => {
      turns += 1;
      if (working) setImmediate(turn);
    };
    const answered = ask(`Summarize:\n\n${'W. '.repeat(60_000)}`);
    turn();
    await (await answered).text();
    working = false;
    expect(turns).toBeGreaterThan(100);
  }, 120_000);

  it('is gone when it is closed', async () => {
    const other = await openSimulator();
    await other.close();
    await expect(fetch(other.url)).rejects.toThrow('fetch failed');
  }, 120_000);
});
