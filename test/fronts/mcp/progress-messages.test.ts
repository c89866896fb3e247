import { describe, expect, it } from 'vitest';
import type { Event } from '../../../src/core/call/call.ts';
import { openProgress } from '../../../src/fronts/mcp/progress.ts';

/** What a person reads of an event. */
async function messageOf(event: Event): Promise<unknown> {
  const sent: { params: { message?: string } }[] = [];
  const notify = (one: object): Promise<void> => {
    sent.push(one as (typeof sent)[number]);
    return Promise.resolve();
  };
  const progress = openProgress({ _meta: { progressToken: 1 }, notify } as never);
  await progress.emit(event);
  progress.stop();
  return sent.map(({ params }) => params.message);
}

describe('a call that waits says for what', () => {
  it.each<[string, { model: string | null; budget: string | null }, string]>([
    ['a model', { model: 'haiku', budget: null }, 'waiting for haiku, number 2 in the queue'],
    ['a budget', { model: null, budget: 'team-day' }, 'waiting for the budget team-day'],
  ])('%s', async (_what, waitsFor, message) => {
    expect(await messageOf({ event: 'queue', data: { ...waitsFor, position: 2 } })).toEqual([
      message,
    ]);
  });
});
