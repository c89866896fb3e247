import { describe, expect, it } from 'vitest';
import type { CacheLookup } from '../../src/core/call/cache-lookup.ts';
import type { Call, Event, Layer, Next, Outcome } from '../../src/core/call/call.ts';
import type { LlmTool } from '../../src/core/tool/define-tool.ts';
import { problem } from '../../src/errors/problem.ts';
import { buildShareInFlight } from '../../src/layers/share-in-flight.ts';
import { fakeAttempt, fakeCall } from '../support/calls.ts';

const tool = { name: 'answer_question', policy: { deadlineMs: 1_000 } } as LlmTool;
const askWith = (exactKey: string, control: Partial<CacheLookup['control']> = {}): CacheLookup =>
  ({ tool, exactKey, control: { mayRead: true, mayStore: true, ...control } }) as CacheLookup;

const delta = (text: string): Event => ({ event: 'delta', data: { text } });
const opening: Event = {
  event: 'call',
  data: { id: 'leader', tool: 'answer_question', prompt: 'faq@v1', budget: null },
};

/** A caller: what it heard, and how to make it leave. */
function caller(id: string, over: Partial<Call> = {}) {
  const heard: Event[] = [];
  const controller = new AbortController();
  const call = fakeCall({
    id,
    tool,
    cacheLookup: askWith('same'),
    signal: controller.signal,
    emit: (event) => void heard.push(event),
    ...over,
  });
  const text = (): string =>
    heard.map((each) => (each.event === 'delta' ? each.data.text : '')).join('');
  return {
    call,
    heard,
    text,
    leave: () => {
      controller.abort();
    },
  };
}

/** What is below: each journey is held until it is told how to go on. */
function below() {
  const journeys: {
    call: Call;
    say: (text: string) => void | Promise<void>;
    end: (outcome: Outcome) => void;
    fail: (error: unknown) => void;
  }[] = [];
  const next: Next = (call) =>
    new Promise((resolve, reject) => {
      void call.emit(opening);
      call.signal.addEventListener('abort', () => {
        reject(call.signal.reason as Error);
      });
      journeys.push({ call, say: (text) => call.emit(delta(text)), end: resolve, fail: reject });
    });
  return { next, journeys };
}

const ANSWER: Outcome = { ok: true, output: { answer: 'yes' } };
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
const layer = (): Layer => buildShareInFlight(() => Date.now());
const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'answered',
    (error: unknown) => (error as { code: string }).code,
  );

describe('share-in-flight', () => {
  it('makes one journey of identical calls that run at the same time', async () => {
    const { next, journeys } = below();
    const share = layer();
    const callers = Array.from({ length: 500 }, (_, index) => caller(`call_${String(index)}`));
    const ends = callers.map(({ call }) => share(call, next));
    await settled();
    expect(journeys).toHaveLength(1);
    void journeys[0]?.say('all ');
    void journeys[0]?.say('right');
    journeys[0]?.call.meta.attempts.push(fakeAttempt({ costNanoUsd: 7 }));
    journeys[0]?.end(ANSWER);
    expect(await Promise.all(ends)).toEqual(ends.map(() => ANSWER));
    expect(new Set(callers.map(({ text }) => text()))).toEqual(new Set(['all right']));
    const paid = callers.map(({ call }) => call.meta.attempts.length);
    expect(paid.reduce((sum, each) => sum + each)).toBe(1);
    expect(callers[1]?.call.meta).toMatchObject({ servedBy: 'shared', savedNanoUsd: 7 });
    expect(callers[1]?.call.meta.cache).toMatchObject({ tier: 'shared' });
  });

  it('tells each caller of its own call id, and of no budget of another', async () => {
    const { next, journeys } = below();
    const share = layer();
    const [first, second] = [caller('first'), caller('second')];
    const ends = [share(first.call, next), share(second.call, next)];
    await settled();
    journeys[0]?.end(ANSWER);
    await Promise.all(ends);
    expect(first.heard[0]?.data).toMatchObject({ id: 'first' });
    expect(second.heard[0]?.data).toMatchObject({ id: 'second', budget: null, cache: 'shared' });
  });

  it('tells who comes late everything from the beginning', async () => {
    const { next, journeys } = below();
    const share = layer();
    const [first, second] = [caller('first'), caller('second')];
    const begun = share(first.call, next);
    await settled();
    void journeys[0]?.say('one ');
    const late = share(second.call, next);
    await settled();
    void journeys[0]?.say('two');
    journeys[0]?.end(ANSWER);
    await Promise.all([begun, late]);
    expect(second.text()).toBe('one two');
  });

  it('goes on for the others when the first leaves, whose row keeps the cost', async () => {
    const { next, journeys } = below();
    const share = layer();
    const [first, second] = [caller('first'), caller('second')];
    const begun = codeOf(share(first.call, next));
    const other = share(second.call, next);
    await settled();
    first.leave();
    await settled();
    void journeys[0]?.say('still here');
    journeys[0]?.call.meta.attempts.push(fakeAttempt({ costNanoUsd: 7 }));
    journeys[0]?.end(ANSWER);
    expect(await other).toEqual(ANSWER);
    expect(await begun).toBe('cancelled');
    expect(second.text()).toBe('still here');
    expect(first.text()).toBe('');
    expect(journeys).toHaveLength(1);
    expect(first.call.meta.attempts).toHaveLength(1);
  });

  it('stops when the last one has left, and not before', async () => {
    const { next, journeys } = below();
    const share = layer();
    const [first, second] = [caller('first'), caller('second')];
    const ends = [codeOf(share(first.call, next)), codeOf(share(second.call, next))];
    await settled();
    second.leave();
    await settled();
    expect(journeys[0]?.call.signal.aborted).toBe(false);
    first.leave();
    expect(journeys[0]?.call.signal.aborted).toBe(true);
    expect(await Promise.all(ends)).toEqual(['cancelled', 'cancelled']);
  });

  it('lets the next one set out when the first fails for reasons of its own', async () => {
    const { next, journeys } = below();
    const share = layer();
    const callers = [caller('first'), caller('second'), caller('third')];
    const [begun, ...others] = callers.map(({ call }) => share(call, next));
    const refused = codeOf(begun ?? Promise.resolve());
    await settled();
    journeys[0]?.fail(problem('budget_spent', { detail: 'All is spent.' }));
    expect(await refused).toBe('budget_spent');
    await settled();
    expect(journeys).toHaveLength(2);
    void journeys[1]?.say('fine');
    journeys[1]?.end(ANSWER);
    expect(await Promise.all(others)).toEqual([ANSWER, ANSWER]);
    expect(callers[2]?.text()).toBe('fine');
  });

  it('voids what was heard of a journey that broke off before the next one is heard', async () => {
    const { next, journeys } = below();
    const share = layer();
    const [first, second] = [caller('first'), caller('second')];
    const refused = codeOf(share(first.call, next));
    const other = share(second.call, next);
    await settled();
    void journeys[0]?.say('half an');
    await settled();
    journeys[0]?.fail(problem('budget_cut', { detail: 'Cut.' }));
    await refused;
    await settled();
    void journeys[1]?.say('whole');
    journeys[1]?.end(ANSWER);
    await other;
    expect(second.heard.map(({ event }) => event)).toEqual(['call', 'delta', 'restart', 'delta']);
  });

  it('shares a failure of the models, so that a crowd does not ask them again', async () => {
    const { next, journeys } = below();
    const share = layer();
    const ends = [caller('first'), caller('second')].map(({ call }) => codeOf(share(call, next)));
    await settled();
    journeys[0]?.fail(problem('model_unavailable', { detail: 'Down.' }));
    expect(await Promise.all(ends)).toEqual(['model_unavailable', 'model_unavailable']);
    expect(journeys).toHaveLength(1);
  });

  it('lets a slow reader hold up nobody but itself', async () => {
    const { next, journeys } = below();
    const share = layer();
    let goOn: () => void = () => undefined;
    const slow = caller('slow', {
      emit: () =>
        new Promise<void>((resolve) => {
          goOn = resolve;
        }),
    });
    const quick = caller('quick');
    const ends = [share(slow.call, next), share(quick.call, next)];
    await settled();
    for (const word of ['a', 'b', 'c']) await journeys[0]?.say(word);
    journeys[0]?.end(ANSWER);
    expect(await ends[1]).toEqual(ANSWER);
    expect(quick.text()).toBe('abc');
    const release = setInterval(() => {
      goOn();
    }, 1);
    expect(await ends[0]).toEqual(ANSWER);
    clearInterval(release);
  });

  it('holds the model up when the only reader is slow', async () => {
    const { next, journeys } = below();
    let goOn: () => void = () => undefined;
    const slow = caller('slow', {
      emit: (event) =>
        event.event === 'delta'
          ? new Promise<void>((resolve) => {
              goOn = resolve;
            })
          : undefined,
    });
    const end = layer()(slow.call, next);
    await settled();
    let isTaken = false;
    const said = Promise.resolve(journeys[0]?.say('a')).then(() => {
      isTaken = true;
    });
    await settled();
    expect(isTaken).toBe(false);
    goOn();
    await said;
    journeys[0]?.end(ANSWER);
    await end;
  });

  it('leaves alone what differs, and callers who want an answer of their own', async () => {
    const { next, journeys } = below();
    const share = layer();
    const askers = [
      caller('plain'),
      caller('other', { cacheLookup: askWith('another') }),
      caller('fresh', { cacheLookup: askWith('same', { mayRead: false }) }),
      caller('private', { cacheLookup: askWith('same', { mayStore: false }) }),
    ];
    const ends = askers.map(({ call }) => share(call, next));
    await settled();
    expect(journeys).toHaveLength(4);
    for (const { end } of journeys) end(ANSWER);
    await Promise.all(ends);
  });

  it('gives whoever sets out later no more time than it had from the start', async () => {
    const { next, journeys } = below();
    let now = 1_000;
    const share = buildShareInFlight(() => now);
    const [first, second] = [caller('first'), caller('second')];
    const refused = codeOf(share(first.call, next));
    const other = share(second.call, next);
    await settled();
    now = 1_700;
    journeys[0]?.fail(problem('deadline_exceeded', { detail: 'Late.' }));
    await refused;
    await settled();
    expect(journeys[1]?.call.deadlineAt).toBe(2_000);
    journeys[1]?.end(ANSWER);
    await other;
  });
});
