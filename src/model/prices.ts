import type { Usage } from '../../schemas/wire/call.ts';
import { problem } from '../errors/problem.ts';
import { NO_USAGE, promptTokens } from '../core/call/usage.ts';
import type { ModelFacts, PriceRow, Prices } from './catalog.ts';

export interface Priced {
  /** Integer nano-dollars (1e-9 USD). */
  costNanoUsd: number;
  /** `<model>@<first day of the row>`, with `+long` when the long-prompt price applied. */
  priceId: string;
  /** Against the same tokens as plain input; below 0 where writing to the cache cost more. */
  promptCacheSavedNanoUsd: number;
}

export interface PriceList {
  /** Whether a model has a price. */
  knows(model: string): boolean;
  /** @throws ProblemError unknown_model: an unpriced model is never called */
  facts(model: string): ModelFacts;
  /** Price of some usage at a moment (milliseconds since the epoch). */
  price(model: string, usage: Usage, at: number): Priced;
  /** List price at a moment, US dollars per million tokens. */
  pricesAt(model: string, at: number): Prices;
}

/** Names a model may be listed by: its own, or that of its line, without the date. */
export const namesOf = (model: string): string[] => [model, model.replace(/-\d{8}$/, '')];

/** The price list over a catalog of models. */
export function buildPriceList(catalog: Readonly<Record<string, ModelFacts>>): PriceList {
  const find = (model: string): ModelFacts | undefined => {
    const name = namesOf(model).find((each) => Object.hasOwn(catalog, each));
    return name === undefined ? undefined : catalog[name];
  };
  const facts = (model: string): ModelFacts => {
    const known = find(model);
    if (known) return known;
    throw problem('unknown_model', {
      detail: `The model ${model} has no row in the price table, and nothing is called without a price.`,
    });
  };
  const price = (model: string, usage: Usage, at: number): Priced => {
    const row = rowAt(facts(model).prices, at);
    const { longPrompt } = row;
    const long = longPrompt !== undefined && promptTokens(usage) > longPrompt.overTokens;
    const prices = long ? longPrompt.prices : row;
    const costNanoUsd = bounded(cost(prices, usage));
    return {
      costNanoUsd,
      priceId: `${model}@${row.from}${long ? '+long' : ''}`,
      promptCacheSavedNanoUsd: bounded(cost(prices, uncached(usage))) - costNanoUsd,
    };
  };
  const pricesAt = (model: string, at: number): Prices => rowAt(facts(model).prices, at);
  return { knows: (model) => find(model) !== undefined, facts, price, pricesAt };
}

/** The last row in effect; before the first day of a model, its first row. */
const rowAt = (rows: ModelFacts['prices'], at: number): PriceRow =>
  rows.findLast((row) => Date.parse(row.from) <= at) ?? rows[0];

/**
 * USD per million tokens = millionths of a millionth of a dollar per token. Prices are whole in that
 * unit, so sums are exact in any order; a cost is rounded up to nano-dollars once, for each attempt.
 */
const picoPerToken = (usdPerMillion: number): number => Math.round(usdPerMillion * 1e6);
const PICO_PER_NANO = 1000;

/** Ten thousand dollars: no single request to a model costs so much, and many of them can be added up. */
const MOST_NANO_USD = 1e13;

/** Amount for the ledger: an integer that it can hold, whatever prices and counts come to. */
const bounded = (nanoUsd: number): number =>
  nanoUsd <= MOST_NANO_USD ? Math.max(0, Math.ceil(nanoUsd)) : MOST_NANO_USD;

/** The same tokens, had there been no cache. */
const uncached = (usage: Usage): Usage => ({
  ...usage,
  input: promptTokens(usage),
  cache_read: 0,
  cache_write_5m: 0,
  cache_write_1h: 0,
});

/** `output` includes thinking, so thinking is not added again. */
const cost = (prices: Prices, usage: Usage): number =>
  Math.ceil(
    (usage.input * picoPerToken(prices.input) +
      usage.output * picoPerToken(prices.output) +
      usage.cache_write_5m * picoPerToken(prices.cacheWrite5m) +
      usage.cache_write_1h * picoPerToken(prices.cacheWrite1h) +
      usage.cache_read * picoPerToken(prices.cacheRead)) /
      PICO_PER_NANO,
  );

/** Something to be bought of a model, before it is known how its provider will count the prompt. */
interface PricedPrompt {
  model: string;
  /** Time that the provider is asked to keep the beginning of the prompt. */
  cacheSystem: '5m' | '1h' | null;
  promptTokens: number;
  outputTokens: number;
  at: number;
}

/** Its price with the prompt counted as whatever costs most: none of it is cheaper than that. */
export function dearestPrice(
  list: PriceList,
  { model, cacheSystem, promptTokens, outputTokens, at }: PricedPrompt,
): Priced & { usage: Usage } {
  const write = cacheSystem === null ? [] : [`cache_write_${cacheSystem}` as const];
  const kinds = ['input', 'cache_read', ...write] as const;
  const priced = kinds.map((kind) => {
    const usage: Usage = { ...NO_USAGE, [kind]: promptTokens, output: outputTokens };
    return { ...list.price(model, usage, at), usage };
  });
  return priced.reduce((dear, each) => (each.costNanoUsd > dear.costNanoUsd ? each : dear));
}
