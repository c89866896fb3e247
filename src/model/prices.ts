import type { Usage } from '../../schemas/call.ts';
import { problem } from '../errors/problem.ts';
import { promptTokens } from '../call/usage.ts';
import type { ModelFacts, PriceRow, Prices } from './catalog.ts';

export interface Priced {
  /** Integer nano-dollars (1e-9 USD). */
  costNanoUsd: number;
  /** `<model>@<first day of the row>`, with `+long` when the long-prompt price applied. */
  priceId: string;
}

export interface PriceList {
  /** @throws ProblemError unknown_model: an unpriced model is never called */
  facts(model: string): ModelFacts;
  /** Price of some usage at a moment (milliseconds since the epoch). */
  price(model: string, usage: Usage, at: number): Priced;
}

/** The price list over a catalog of models. */
export function buildPriceList(catalog: Readonly<Record<string, ModelFacts>>): PriceList {
  const facts = (model: string): ModelFacts => {
    const name = [model, model.replace(/-\d{8}$/, '')].find((each) => Object.hasOwn(catalog, each));
    const known = name === undefined ? undefined : catalog[name];
    if (known) return known;
    throw problem('unknown_model', {
      detail: `The model ${model} has no row in the price table, and nothing is called without a price.`,
    });
  };
  const price = (model: string, usage: Usage, at: number): Priced => {
    const row = rowAt(facts(model).prices, at);
    const { longPrompt } = row;
    return longPrompt && promptTokens(usage) > longPrompt.overTokens
      ? { costNanoUsd: cost(longPrompt.prices, usage), priceId: `${model}@${row.from}+long` }
      : { costNanoUsd: cost(row, usage), priceId: `${model}@${row.from}` };
  };
  return { facts, price };
}

/** The last row in effect; before the first day of a model, its first row. */
const rowAt = (rows: ModelFacts['prices'], at: number): PriceRow =>
  rows.findLast((row) => Date.parse(row.from) <= at) ?? rows[0];

/** USD per million tokens = 1000 nano-dollars per token; every list price is whole in that unit. */
const nanoPerToken = (usdPerMillion: number): number => Math.round(usdPerMillion * 1000);

/** `output` includes thinking, so thinking is not added again. */
const cost = (prices: Prices, usage: Usage): number =>
  usage.input * nanoPerToken(prices.input) +
  usage.output * nanoPerToken(prices.output) +
  usage.cache_write_5m * nanoPerToken(prices.cacheWrite5m) +
  usage.cache_write_1h * nanoPerToken(prices.cacheWrite1h) +
  usage.cache_read * nanoPerToken(prices.cacheRead);
