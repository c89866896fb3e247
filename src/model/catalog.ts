/** Prices in US dollars per million tokens, as price lists print them. */
export interface Prices {
  input: number;
  output: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
  cacheRead: number;
}

/** A row of the price list, valid from its date (UTC midnight) until the next row of the model. */
export interface PriceRow extends Prices {
  from: string;
  /** The whole request costs this when its prompt has more tokens than `overTokens`. */
  longPrompt?: { overTokens: number; prices: Prices };
}

export interface ModelFacts {
  /** Tokens per token of the tokenizer up to Opus 4.6, Sonnet 4.6 and Haiku 4.5: the newer one writes 30 % more. */
  tokenFactor: number;
  /** Tokens it can hold, prompt and answer together. */
  contextTokens: number;
  maxOutputTokens: number;
  /** The provider's prompt cache silently ignores beginnings shorter than this, tokens. */
  cacheMinimumTokens: number;
  /** Oldest first. */
  prices: readonly [PriceRow, ...PriceRow[]];
}

type UnpricedFacts = Omit<ModelFacts, 'prices'>;

/** Since Opus 4.7. */
const NOW: UnpricedFacts = {
  tokenFactor: 1.3,
  contextTokens: 1_000_000,
  maxOutputTokens: 128_000,
  cacheMinimumTokens: 1024,
};
const SIX: UnpricedFacts = { ...NOW, tokenFactor: 1 };
const FIVE: UnpricedFacts = { ...SIX, contextTokens: 200_000, maxOutputTokens: 64_000 };
const SONNET_4_SIZE: UnpricedFacts = { ...SIX, maxOutputTokens: 64_000 };
/** Shortest beginnings that are cached, where they differ from most models'. */
const cachesFrom = (cacheMinimumTokens: number, size: UnpricedFacts): UnpricedFacts => ({
  ...size,
  cacheMinimumTokens,
});

/** In the order of price lists: input, output, cache write for 5 minutes and for 1 hour, cache read. */
const prices = (...list: [number, number, number, number, number]): Prices => {
  const [input, output, cacheWrite5m, cacheWrite1h, cacheRead] = list;
  return { input, output, cacheWrite5m, cacheWrite1h, cacheRead };
};

const FABLE_5 = prices(10, 50, 12.5, 20, 1);
const FABLE_5_1 = prices(10, 50, 12.5, 20, 0.25);
const FABLE_5_2 = prices(8, 40, 10, 16, 0.2);
const OPUS_5 = prices(5, 25, 6.25, 10, 0.5);
const SONNET_4 = prices(3, 15, 3.75, 6, 0.3);
const SONNET_5 = prices(2, 10, 2.5, 4, 0.2);

/** Known long before tollgate: a date that is earlier than any call. */
const ALWAYS = '2025-01-01';

const facts = (size: UnpricedFacts, ...rows: readonly [PriceRow, ...PriceRow[]]): ModelFacts => ({
  ...size,
  prices: rows,
});

/**
 * Models with their sizes and list prices with the day each took effect. Sources: the provider's pricing and model pages as of
 * November 2026. An alias with a date behind it (`-20251001`) has the price of the name before it.
 */
export const CATALOG: Readonly<Record<string, ModelFacts>> = {
  'claude-fable-5-2': facts(NOW, { from: '2026-11-09', ...FABLE_5_2 }),
  // Assumed: every earlier Mythos had the prices of the Fable of its number.
  'claude-mythos-5-2': facts(NOW, { from: '2026-11-09', ...FABLE_5_2 }),
  'claude-opus-5-5': facts(NOW, {
    from: ALWAYS,
    ...prices(4, 20, 5, 8, 0.2),
  }),
  'claude-sonnet-5-5': facts(
    NOW,
    { from: ALWAYS, ...SONNET_5 },
    { from: '2026-10-07', ...prices(2, 10, 2.5, 4, 0.1) },
  ),
  'claude-haiku-5-5': facts(NOW, {
    from: '2026-10-07',
    ...prices(0.1, 0.5, 0.125, 0.2, 0.01),
    longPrompt: { overTokens: 100_000, prices: prices(0.5, 2.5, 0.625, 1, 0.05) },
  }),
  'claude-fable-5-1': facts(cachesFrom(512, NOW), { from: ALWAYS, ...FABLE_5_1 }),
  'claude-mythos-5-1': facts(NOW, { from: ALWAYS, ...FABLE_5_1 }),
  'claude-fable-5': facts(cachesFrom(512, NOW), { from: ALWAYS, ...FABLE_5 }),
  'claude-mythos-5': facts(cachesFrom(512, NOW), { from: ALWAYS, ...FABLE_5 }),
  'claude-opus-5': facts(cachesFrom(512, NOW), { from: ALWAYS, ...OPUS_5 }),
  'claude-opus-4-8': facts(NOW, { from: ALWAYS, ...OPUS_5 }),
  'claude-opus-4-7': facts(cachesFrom(2048, NOW), { from: ALWAYS, ...OPUS_5 }),
  'claude-opus-4-6': facts(cachesFrom(4096, SIX), { from: ALWAYS, ...OPUS_5 }),
  'claude-opus-4-5': facts(cachesFrom(4096, FIVE), { from: ALWAYS, ...OPUS_5 }),
  'claude-sonnet-5': facts(NOW, { from: ALWAYS, ...SONNET_5 }),
  'claude-sonnet-4-6': facts(SONNET_4_SIZE, { from: ALWAYS, ...SONNET_4 }),
  'claude-sonnet-4-5': facts(SONNET_4_SIZE, {
    from: ALWAYS,
    ...SONNET_4,
    longPrompt: { overTokens: 200_000, prices: prices(6, 22.5, 7.5, 12, 0.6) },
  }),
  'claude-haiku-4-5': facts(cachesFrom(4096, FIVE), {
    from: ALWAYS,
    ...prices(1, 5, 1.25, 2, 0.1),
  }),
};
