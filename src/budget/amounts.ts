import type { AttemptRecord } from '../core/call/attempt-record.ts';
import type { WorstUse } from '../core/call/hold.ts';
import type { Rule } from './rule.ts';

/** A rule's part about counting. */
type Count = Pick<Rule, 'unit' | 'weights'>;
type Attempts = readonly AttemptRecord[];

/**
 * Sums are taken in parts of the unit. Weights are decimals, and a token times a weight is a whole
 * number of millionths, so sums are exact in any order and rounded up once.
 */
const PARTS = { tokens: 1e6, usd: 1, requests: 1 };

/** Use of a call so far: tokens, nano-dollars or requests, integer. */
export const amountUsed = (rule: Count, attempts: Attempts): number =>
  toAmount(rule, partsUsed(rule, attempts));

/** Most that a call will have used after one more attempt with that need; same units. */
export const amountNeeded = (rule: Count, attempts: Attempts, need: WorstUse): number =>
  toAmount(rule, partsNeeded(rule, attempts, need));

/** Money or tokens for one more attempt. */
export interface Room {
  /** The need of the prompt alone: no output. */
  prompt: WorstUse;
  nanoUsdPerOutputToken: number;
  /** The call's limit in all. */
  amount: number;
}

/**
 * The most tokens that one more attempt may write so that the call needs no more than the amount: 0
 * where not even the prompt fits, Infinity where what is written does not count.
 */
export function mostOutput(
  rule: Count,
  attempts: Attempts,
  { prompt, nanoUsdPerOutputToken, amount }: Room,
): number {
  const room = toParts(rule, amount) - partsNeeded(rule, attempts, prompt);
  if (room < 0) return 0;
  const each = partsPerOutputToken(rule, nanoUsdPerOutputToken);
  return each === 0 ? Infinity : Math.floor(room / each);
}

const toAmount = ({ unit }: Count, parts: number): number => Math.ceil(parts / PARTS[unit]);

/** Larger sums would not be exact, and no call comes near: it is billions of tokens. */
const toParts = ({ unit }: Count, amount: number): number =>
  Math.min(amount * PARTS[unit], Number.MAX_SAFE_INTEGER);

function partsUsed({ unit, weights }: Count, attempts: Attempts): number {
  switch (unit) {
    case 'tokens':
      return attempts.reduce((sum, { usage }) => sum + weigh(weights, usage), 0);
    case 'usd':
      return attempts.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0);
    case 'requests':
      return attempts.some(({ reached }) => reached !== 'not_sent') ? 1 : 0;
  }
}

function partsNeeded(rule: Count, attempts: Attempts, need: WorstUse): number {
  switch (rule.unit) {
    case 'tokens':
      return partsUsed(rule, attempts) + weighNeed(rule.weights, need);
    case 'usd':
      return partsUsed(rule, attempts) + need.nanoUsd;
    // A call is one request, however many attempts it takes.
    case 'requests':
      return 1;
  }
}

function partsPerOutputToken({ unit, weights }: Count, nanoUsdPerOutputToken: number): number {
  switch (unit) {
    case 'tokens':
      return heaviest(weights.output, weights.thinking);
    case 'usd':
      return nanoUsdPerOutputToken;
    case 'requests':
      return 0;
  }
}

/** Millionths of a token. `output` includes thinking. */
const weigh = (weights: Rule['weights'], usage: AttemptRecord['usage']): number =>
  usage.input * parts(weights.input) +
  usage.cache_read * parts(weights.cache_read) +
  (usage.cache_write_5m + usage.cache_write_1h) * parts(weights.cache_write) +
  (usage.output - usage.thinking) * parts(weights.output) +
  usage.thinking * parts(weights.thinking);

/** Millionths of a token, with every token as the kind that weighs most. */
const weighNeed = (weights: Rule['weights'], { promptTokens, outputTokens }: WorstUse): number =>
  promptTokens * heaviest(weights.input, weights.cache_read, weights.cache_write) +
  outputTokens * heaviest(weights.output, weights.thinking);

const heaviest = (...weights: number[]): number => parts(Math.max(...weights));

/** A weight in millionths; finer ones make no difference. */
const parts = (weight: number): number => Math.round(weight * PARTS.tokens);
