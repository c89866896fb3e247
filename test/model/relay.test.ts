import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/core/call/call.ts';
import { buildRelay } from '../../src/model/relay.ts';
import { answerQuestion } from '../../tools/answer-question.ts';
import { classifyText } from '../../tools/classify-text.ts';
import { fakeCall } from '../support/calls.ts';

/** A relay of a call that began at 1,000, on a clock that the test sets. */
function relayOf(tool = answerQuestion, emit?: (event: Event) => Promise<void>) {
  const clock = { now: 1_000 };
  const events: Event[] = [];
  const say = (event: Event): void | Promise<void> => {
    events.push(event);
    return emit?.(event);
  };
  const call = fakeCall({ emit: say }, { startedAt: 1_000 });
  const relay = buildRelay(tool, call, () => clock.now);
  return { relay, events, clock, meta: call.meta };
}

const delta = (text: string): Event => ({ event: 'delta', data: { text } });
const restart = (model: string, reason: string): Event => ({
  event: 'restart',
  data: { model, reason },
});

describe('the text of an answer', () => {
  it('is passed on as it comes, without the JSON around it', async () => {
    const { relay, events, meta } = relayOf();
    relay.begin('one', null);
    for (const piece of ['{"answ', 'er":"With', 'in 30 days.","found":true', '}']) {
      await relay.take(piece);
    }
    expect(events).toEqual([delta('With'), delta('in 30 days.')]);
    expect(meta.partial).toEqual({ usable: true, text_chars: 15 });
  });

  it('is first there when the model first spoke', async () => {
    const { relay, clock, meta } = relayOf();
    relay.begin('one', null);
    clock.now = 1_300;
    await relay.take('{"ans');
    clock.now = 1_900;
    await relay.take('wer":"A');
    expect(meta.ttftMs).toBe(300);
  });

  it('of a second model begins anew, said with its first text and not before', async () => {
    const { relay, events, meta } = relayOf();
    relay.begin('one', null);
    await relay.take('{"answer":"With');
    relay.begin('two', 'model_stream_broken');
    await relay.take('{"answer":');
    expect(events).toEqual([delta('With')]);
    expect(meta.partial?.text_chars).toBe(4);
    await relay.take('"Up to');
    await relay.take(' 30 days');
    expect(events.slice(1)).toEqual([
      restart('two', 'model_stream_broken'),
      delta('Up to'),
      delta(' 30 days'),
    ]);
    // What is void is not counted any more.
    expect(meta.partial?.text_chars).toBe(13);
  });

  it('says nothing of a restart when no more text follows: the caller keeps what it has', async () => {
    const { relay, events, meta } = relayOf();
    relay.begin('one', null);
    await relay.take('{"answer":"With');
    relay.begin('two', 'model_stream_broken');
    await relay.take('{"ans');
    expect(events).toEqual([delta('With')]);
    expect(meta.partial).toEqual({ usable: true, text_chars: 4 });
  });

  it('of a second model that is whole without any still voids what came before', async () => {
    const { relay, events } = relayOf();
    relay.begin('one', null);
    await relay.take('{"answer":"With');
    relay.begin('two', 'model_stream_broken');
    await relay.take('{"answer":""}');
    await relay.end();
    expect(events.slice(1)).toEqual([restart('two', 'model_stream_broken')]);
  });

  it('that never broke ends without a word', async () => {
    const { relay, events } = relayOf();
    relay.begin('one', null);
    await relay.take('{"answer":"A"}');
    await relay.end();
    expect(events).toEqual([delta('A')]);
  });

  it('restarts for the reason of the last break, by the model that answers', async () => {
    const { relay, events } = relayOf();
    relay.begin('one', null);
    await relay.take('{"answer":"A');
    relay.begin('two', 'model_stream_broken');
    relay.begin('three', 'model_timeout');
    await relay.take('{"answer":"B');
    expect(events.slice(1)).toEqual([restart('three', 'model_timeout'), delta('B')]);
  });

  it('restarts each time that text had been sent', async () => {
    const { relay, events } = relayOf();
    for (const [model, after] of [
      ['one', null],
      ['two', 'model_timeout'],
      ['three', 'model_paused'],
    ] as const) {
      relay.begin(model, after);
      await relay.take('{"answer":"A');
    }
    expect(events.filter(({ event }) => event === 'restart')).toHaveLength(2);
  });

  it('has nothing to restart when nothing had been sent', async () => {
    const { relay, events } = relayOf();
    relay.begin('one', null);
    await relay.take('{"ans');
    relay.begin('two', 'model_stream_broken');
    await relay.take('{"answer":"A');
    expect(events).toEqual([delta('A')]);
  });

  it('waits for the front, at a restart too', async () => {
    const order: string[] = [];
    const slow = async ({ event }: Event): Promise<void> => {
      order.push(`${event} sent`);
      await new Promise((resolve) => setImmediate(resolve));
      order.push(`${event} taken`);
    };
    const { relay } = relayOf(answerQuestion, slow);
    relay.begin('one', null);
    await relay.take('{"answer":"A');
    relay.begin('two', 'model_timeout');
    await relay.take('{"answer":"B');
    expect(order).toEqual([
      ...['delta sent', 'delta taken'],
      ...['restart sent', 'restart taken', 'delta sent', 'delta taken'],
    ]);
  });
});

describe('the progress of an answer that does not stream', () => {
  const tokens = (events: Event[]): number[] =>
    events.map((each) => (each.event === 'progress' ? each.data.output_tokens : NaN));

  it('is told at once, and then no oftener than twice a second', async () => {
    const { relay, events, clock, meta } = relayOf(classifyText);
    relay.begin('one', null);
    for (const at of [1_100, 1_300, 1_599, 1_600, 1_700]) {
      clock.now = at;
      await relay.take('x'.repeat(30));
    }
    expect(tokens(events)).toEqual([10, 40]);
    expect(meta.ttftMs).toBe(100);
    // Nothing of use has been sent.
    expect(meta.partial).toBeNull();
  });

  it('begins anew with another model, without a restart: there is nothing to forget', async () => {
    const { relay, events, clock } = relayOf(classifyText);
    relay.begin('one', null);
    await relay.take('x'.repeat(300));
    relay.begin('two', 'model_timeout');
    clock.now += 500;
    await relay.take('x'.repeat(30));
    expect(tokens(events)).toEqual([100, 10]);
  });
});
