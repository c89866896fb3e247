import { afterEach } from 'vitest';
import type { Purchase } from '../../src/core/call/hold.ts';
import { openHold, type OpenHold } from '../../src/budget/hold.ts';
import { toMeter } from '../../src/budget/meters.ts';
import { refusalOf } from '../../src/budget/refusal.ts';
import type { Metered } from '../../src/budget/rule.ts';
import type { Store } from '../../src/stores/ports/store.ts';
import { fakeAttempt, fakeCall } from '../support/calls.ts';
import { NO_USAGE } from '../../src/core/call/usage.ts';
import { newFile } from '../stores/sqlite/new-file.ts';
import { START } from './fixture.ts';

export const NEED = { promptTokens: 100, outputTokens: 200, nanoUsd: 1_000 };
/** What is likely, and what is the most; the same where only one is said. */
export const needs = (over: Partial<typeof NEED> = {}, likely: Partial<typeof NEED> = over) => ({
  need: { ...NEED, ...over },
  likely: { ...NEED, ...likely },
});
export const NOW = START + 1_000;

/** A purchase of so many tokens in all. */
export const purchase = (promptTokens = 100, outputTokens = 200): Purchase => ({
  model: 'm',
  ...needs({ promptTokens, outputTokens }),
  lost: fakeAttempt({
    outcome: 'lost',
    reached: 'unknown',
    usage: { ...NO_USAGE, input: promptTokens, output: outputTokens, source: 'estimated' },
  }),
});

const files: ReturnType<typeof newFile>[] = [];
afterEach(async () => {
  for (const file of files.splice(0)) await file.remove();
});

export interface Rig {
  store: Store;
  /** Another process looks for what dead ones have left. */
  sweep: () => Promise<number>;
  hold: OpenHold;
  /** Used and held on each budget. */
  standings: () => Promise<[used: number, held: number][]>;
  call: ReturnType<typeof fakeCall>;
  /** The hold of another call of the same process. */
  another: (id: string) => OpenHold;
}

/** The hold of one call over a store in memory; `others` is what other calls hold on each budget. */
export async function fixture(on: Metered[], { others = 0 } = {}): Promise<Rig> {
  const file = newFile();
  files.push(file);
  const store = file.open();
  const parts = { store: store.budgets, leaseUntil: () => NOW + 60_000, now: () => NOW };
  const refusal = (answered: Parameters<typeof refusalOf>[0]) => refusalOf(answered, { now: NOW });
  const open = (id: string) => {
    const call = fakeCall({ id }, { startedAt: NOW });
    return { call, hold: openHold({ ...parts, call, refusal }) };
  };
  if (others > 0) {
    const all = { promptTokens: others, outputTokens: 0, nanoUsd: others };
    await open('other').hold.reserve(on, needs(all));
  }
  const { call, hold } = open('call_1');
  call.meta.settlement = hold;
  const meters = on.map(toMeter);
  const standings = async (): Promise<[number, number][]> =>
    (await store.budgets.standings(meters)).map(({ used, held }) => [used, held]);
  const sweep = () => file.open().leases.sweep(NOW + 120_000);
  const another = (id: string): OpenHold => open(id).hold;
  return { store, sweep, hold, standings, call, another };
}

export const settle = async ({ store, hold, call }: Rig): Promise<void> => {
  await store.ledger.record(call, await hold.settle());
};

/** The provider has counted the prompt so. */
export const recount = (hold: OpenHold, promptTokens: number) =>
  hold.recount({
    ...purchase(promptTokens),
    prompt: { promptTokens, outputTokens: 0, nanoUsd: 0 },
    nanoUsdPerOutputToken: 1,
  });
