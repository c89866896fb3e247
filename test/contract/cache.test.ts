import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../../src/simulator/server.ts';
import { WITH_CACHE } from '../support/test-app.ts';
import { type Called, type OpenFront } from '../support/fronts.ts';
import { IN_PROCESS } from './in-process.ts';

const SEED = ["What's your return policy?", 'How do I get a refund?', 'Can I send this back?'];
const ORDERS = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;

const BY = ['model', 'similar_cache', 'similar_cache'];

/** Answers written in full: a judge's verdict is none. */
const answersBy = (simulator: Simulator): number =>
  simulator.ledger().filter(({ model }) => model?.includes('haiku') === false).length;

const textOf = ({ events }: Called): string =>
  events
    .map(({ event, data }) => (event === 'delta' ? (data as { text: string }).text : ''))
    .join('');
const answerOf = ({ output }: Called): string => (output as { answer: string }).answer;

describe.each(IN_PROCESS)('the cache over $name', ({ name, open }) => {
  // Of the two that differ from the modern one only in how they carry it, two orders tell enough.
  const orders = name === 'MCP stdio' || name === 'MCP HTTP legacy' ? ORDERS.slice(0, 2) : ORDERS;
  let simulator: Simulator;
  let front: OpenFront;
  beforeAll(async () => {
    simulator = await startSimulator({ speed: 400, seed: 'cache' });
    front = await open({ modelUrl: simulator.url, settings: WITH_CACHE });
  });
  afterAll(async () => {
    await front.close();
    await simulator.close();
  });

  const ask = (question: string, options?: object, user = 'somebody'): Promise<Called> =>
    front.call(
      'answer_question',
      { question, ...(options && { options }) },
      { labels: { user, team: user } },
    );

  describe.each(orders)('three questions of one meaning, asked as %i, %i, %i', (...order) => {
    const team = `order-${order.join('')}`;
    const texts = order.map((index) => SEED[index] ?? '');
    const called: Called[] = [];
    it('are answered once', async () => {
      const before = answersBy(simulator);
      for (const text of texts) called.push(await ask(text, undefined, team));
      expect(answersBy(simulator) - before).toBe(1);
      expect(called.map(({ call }) => call?.served_by)).toEqual(BY);
      expect(called.map(({ call }) => call?.cache?.tier)).toEqual([null, 'judged', 'judged']);
      expect(new Set(called.map(({ output }) => JSON.stringify(output))).size).toBe(1);
    });

    it('cost a verdict each from the second on, in the row of the call itself', () => {
      for (const { call } of called.slice(1)) {
        expect(call?.attempts.map(({ purpose }) => purpose)).toEqual(['judge']);
        expect(call?.saved_usd).toBeGreaterThan(call?.cost_usd ?? 0);
        expect(call?.cache?.entry).toBe(called[0]?.call?.id);
      }
    });

    it('are not what is asked of a gift card', async () => {
      const gift = await ask('Can I return a gift card?', undefined, team);
      expect(gift.call?.served_by).toBe('model');
      expect(gift.output).not.toEqual(called[0]?.output);
    });

    it('are recognised for nothing once they have been judged', async () => {
      const again = await ask(texts[2] ?? '', undefined, team);
      expect(again.call).toMatchObject({ served_by: 'exact_cache', cost_usd: 0, attempts: [] });
      expect(again.call?.cache).toMatchObject({ tier: 'canonical', entry: called[0]?.call?.id });
    });
  });

  it('answers the same input again for nothing, with what it saved', async () => {
    const question = 'How long does standard delivery take?';
    const first = await ask(question);
    const second = await ask(question);
    expect(second.output).toEqual(first.output);
    expect(second.call).toMatchObject({
      served_by: 'exact_cache',
      cost_usd: 0,
      saved_usd: first.call?.cost_usd,
      usage: { input: 0, output: 0, source: 'none' },
      model: first.call?.model,
      prompt: first.call?.prompt,
      cache: { tier: 'exact', entry: first.call?.id, stored: false },
    });
    expect((await front.rows())[0]).toEqual(second.call);
    if (name === 'REST SSE') expect(textOf(second)).toBe(answerOf(second));
  });

  it('recognises the same question in another form', async () => {
    await ask('What are the delivery options?');
    const politely = await ask('Hi! could you please tell me what the delivery options are?');
    const loudly = await ask('WHAT ARE THE DELIVERY OPTIONS???');
    expect(loudly.call?.cache).toMatchObject({ tier: 'canonical' });
    expect(politely.call?.served_by).not.toBe('none');
  });

  it('asks anew when the caller wishes so, and keeps the new answer', async () => {
    const question = 'Which payment methods do you accept?';
    await ask(question);
    const fresh = await ask(question, { cache: 'no-cache' });
    expect(fresh.call).toMatchObject({ served_by: 'model', cache: { stored: true } });
    const kept = await ask(question);
    expect(kept.call?.cache?.entry).toBe(fresh.call?.id);
  });

  it('keeps nothing of a call that says no-store', async () => {
    const question = 'Do you ship to other countries?';
    const secret = await ask(question, { cache: 'no-store' }, 'private');
    expect(secret.call).toMatchObject({ served_by: 'model', cache: { stored: false } });
    expect((await ask(question, undefined, 'private')).call?.served_by).toBe('model');
  });

  it('says so when only a kept answer would do and there is none', async () => {
    const called = await ask('How do I change my e-mail address?', { cache: 'only-if-cached' });
    expect(called.problem).toMatchObject({ code: 'not_cached', status: 504, retryable: false });
  });

  it('keeps answers of teams apart', async () => {
    const question = 'How can I track my parcel?';
    await ask(question, undefined, 'red');
    expect((await ask(question, undefined, 'blue')).call?.served_by).toBe('model');
    expect((await ask(question, undefined, 'red')).call?.served_by).toBe('exact_cache');
  });

  it('is told of a wrong answer, which then answers that wording no more', async () => {
    const asked = 'Do you have a student discount?';
    await ask(asked, undefined, 'critic');
    const loudly = await ask(asked.toUpperCase(), undefined, 'critic');
    expect(loudly.call?.cache).toMatchObject({ tier: 'canonical' });
    const told = await front.call('give_feedback', { call: loudly.call?.id, rating: 'down' });
    expect(told.output).toMatchObject({ entry: { id: loudly.call?.cache?.entry, strikes: 1 } });
    expect((await ask(asked.toUpperCase(), undefined, 'critic')).call?.served_by).toBe('model');
    const nobodys = await front.call('give_feedback', { call: 'call_nobody', rating: 'down' });
    expect(nobodys.problem?.code).toBe('unknown_call');
  });

  it('makes one answer of many identical calls at once', async () => {
    const before = answersBy(simulator);
    const question = 'What happens when my parcel is lost?';
    const all = await Promise.all(
      Array.from({ length: 12 }, () => ask(question, undefined, 'crowd')),
    );
    expect(answersBy(simulator) - before).toBe(1);
    expect(new Set(all.map((each) => JSON.stringify(each.output))).size).toBe(1);
    const paid = all.filter(({ call }) => (call?.cost_usd ?? 0) > 0);
    expect(paid).toHaveLength(1);
  });
});
