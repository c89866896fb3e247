import type { MessageUsage } from './usage.ts';

/**
 * List prices in nano-USD per token: 1 USD per million tokens is 1,000 of them, so every price is an
 * integer and so is every bill. An oracle: nothing outside this folder may share this table.
 */
interface TokenPrices {
  readonly input: number;
  readonly output: number;
  readonly write5m: number;
  readonly write1h: number;
  readonly read: number;
}

interface Rate {
  readonly price: TokenPrices;
  /** For a prompt longer than this, the whole request costs `price`. */
  readonly longPrompt?: { readonly above: number; readonly price: TokenPrices };
  /** Prices before a day of change. */
  readonly before?: { readonly day: string; readonly price: TokenPrices };
}

const FABLE_5_2: Rate = { price: price(8000, 40000, 200) };
const FABLE_5_1: Rate = { price: price(10000, 50000, 250) };
const FABLE_5: Rate = { price: price(10000, 50000, 1000) };
const OPUS: Rate = { price: price(5000, 25000, 500) };
const OPUS_4: Rate = { price: price(15000, 75000, 1500) };
const SONNET_4: Rate = { price: price(3000, 15000, 300) };
const HAIKU_4_5: Rate = { price: price(1000, 5000, 100) };

const RATES: Readonly<Record<string, Rate>> = {
  'claude-fable-5-2': FABLE_5_2,
  'claude-mythos-5-2': FABLE_5_2,
  'claude-opus-5-5': { price: price(4000, 20000, 200) },
  'claude-sonnet-5-5': {
    price: price(2000, 10000, 100),
    before: { day: '2026-10-07', price: price(2000, 10000, 200) },
  },
  'claude-haiku-5-5': {
    price: price(100, 500, 10),
    longPrompt: { above: 100_000, price: price(500, 2500, 50) },
  },
  'claude-fable-5-1': FABLE_5_1,
  'claude-mythos-5-1': FABLE_5_1,
  'claude-fable-5': FABLE_5,
  'claude-mythos-5': FABLE_5,
  'claude-opus-5': OPUS,
  'claude-opus-4-8': OPUS,
  'claude-opus-4-7': OPUS,
  'claude-opus-4-6': OPUS,
  'claude-opus-4-5': OPUS,
  'claude-opus-4-5-20251101': OPUS,
  'claude-sonnet-5': { price: price(2000, 10000, 200) },
  'claude-sonnet-4-6': SONNET_4,
  'claude-sonnet-4-5': SONNET_4,
  'claude-sonnet-4-5-20250929': SONNET_4,
  'claude-haiku-4-5': HAIKU_4_5,
  'claude-haiku-4-5-20251001': HAIKU_4_5,
  'claude-opus-4-1': OPUS_4,
  'claude-opus-4-1-20250805': OPUS_4,
  'claude-opus-4-20250514': OPUS_4,
  'claude-sonnet-4-20250514': SONNET_4,
};

/** Cache writes cost 1.25 (5 minutes) and 2 (1 hour) times the input in every published row. */
function price(input: number, output: number, read: number): TokenPrices {
  return { input, output, read, write5m: (input * 5) / 4, write1h: input * 2 };
}

/** Cost of a request at list price on that day, in integer nano-USD. */
export function billNanoUsd(model: string, usage: MessageUsage, day: Date): number {
  const rate = RATES[model];
  if (!rate) throw new Error(`no list price for ${model}`);
  const written = usage.cache_creation;
  const promptTokens =
    usage.input_tokens + usage.cache_creation_input_tokens + usage.cache_read_input_tokens;
  const { input, output, write5m, write1h, read } = priceFor(rate, promptTokens, day);
  return (
    usage.input_tokens * input +
    usage.output_tokens * output +
    usage.cache_read_input_tokens * read +
    written.ephemeral_5m_input_tokens * write5m +
    written.ephemeral_1h_input_tokens * write1h
  );
}

function priceFor(rate: Rate, promptTokens: number, day: Date): TokenPrices {
  if (rate.longPrompt && promptTokens > rate.longPrompt.above) return rate.longPrompt.price;
  if (rate.before && day.toISOString() < rate.before.day) return rate.before.price;
  return rate.price;
}
