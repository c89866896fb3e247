import type { Hold, WorstUse, Purchase, Recount } from '../core/call/hold.ts';
import { NO_USAGE, promptTokens } from '../core/call/usage.ts';
import type { ProblemError } from '../errors/problem.ts';
import type { ReceivedSoFar } from './attempt-usage.ts';
import type { PriceList } from './prices.ts';
import type { TokenCounts } from './provider.ts';

/** Watches whether an answer outgrows what is held for it. */
export interface Overrun {
  /**
   * The provider has counted the prompt, or said that another model answers. Await it: no more is
   * read before it is known what pays for it.
   */
  counted(counts: TokenCounts, answeredBy?: string | null): Promise<void> | undefined;
  /** There is more text, or more thinking. */
  grew(received: ReceivedSoFar): void;
}

interface OverrunParts {
  hold: Hold | null;
  purchase: Purchase;
  prices: PriceList;
  now: () => number;
  /** Tokens written so far, by our count. */
  written: (received: ReceivedSoFar) => number;
  /** Ends the attempt. */
  stop: (reason: ProblemError) => void;
}

/** Our count of what is written may be too low, and the provider writes on until it hears that we hung up. */
const MARGIN = { share: 0.1, tokens: 30 };

/** Less is not worth a transaction: it is free again when the call ends. */
const WORTH_GIVING_BACK = 0.5;
const LEAST_CREDIBLE = 0.5;

/**
 * When the provider has counted the prompt, what was held for it is set right. What is missing is held
 * now, or the answer gets only as long as the rest pays for; much of what was held for nothing is
 * given back at once. The output needs no such look: the provider itself keeps to the limit that was
 * held.
 */
export function watchOverrun({
  hold,
  purchase,
  prices,
  now,
  written,
  stop,
}: OverrunParts): Overrun {
  let most = Infinity;
  let lookAtChars = 0;

  const recount = async (hold: Hold, counted: Recount): Promise<void> => {
    const tokens = await hold.recount(counted);
    most = Math.floor(tokens * (1 - MARGIN.share)) - MARGIN.tokens;
    if (most <= 0) stop(hold.cut());
  };

  return {
    counted(counts, answeredBy = null) {
      const counted =
        hold === null ? null : recountOf({ purchase, prices, now }, counts, answeredBy);
      if (counted === null || hold === null) return undefined;
      if (isMore(counted.need, purchase.need)) return recount(hold, counted);
      // It fits into what is held, so the answer waits for nothing.
      if (isMuchLess(counted.need, purchase)) void hold.recount(counted);
      return undefined;
    },
    grew(received) {
      if (most === Infinity || hold === null) return;
      const chars = received.text.length + received.thinkingChars;
      if (chars < lookAtChars) return;
      const left = most - written(received);
      // A token has a character at least: so many more can be let pass without counting.
      lookAtChars = chars + Math.max(8, left);
      if (left <= 0) stop(hold.cut());
    },
  };
}

const isMore = (counted: WorstUse, held: WorstUse): boolean =>
  counted.promptTokens > held.promptTokens || counted.nanoUsd > held.nanoUsd;

function isMuchLess(counted: WorstUse, { need, likely }: Purchase): boolean {
  // Some endpoints begin with a placeholder, and give the count at the end.
  if (counted.promptTokens < LEAST_CREDIBLE * likely.promptTokens) return false;
  const kept = 1 - WORTH_GIVING_BACK;
  const tokens = ({ promptTokens, outputTokens }: WorstUse): number => promptTokens + outputTokens;
  return counted.nanoUsd < kept * need.nanoUsd || tokens(counted) < kept * tokens(need);
}

/** Recount of the attempt by the provider's count of its prompt; null if there is none. */
function recountOf(
  { purchase, prices, now }: Pick<OverrunParts, 'purchase' | 'prices' | 'now'>,
  counts: TokenCounts,
  answeredBy: string | null,
): Recount | null {
  const { need, lost } = purchase;
  const other = answeredBy !== null && prices.knows(answeredBy) ? answeredBy : null;
  if (counts.input === undefined && other === null) return null;
  const model = other ?? purchase.model;
  const prompt = { ...NO_USAGE, input: need.promptTokens, ...counts, output: 0, thinking: 0 };
  const usage = { ...prompt, output: need.outputTokens, source: 'estimated' } as const;
  const at = now();
  const priced = prices.price(model, usage, at);
  const tokens = promptTokens(prompt);
  if (tokens === 0) return null;
  return {
    model: purchase.model,
    need: { ...need, promptTokens: tokens, nanoUsd: priced.costNanoUsd },
    lost: { ...lost, ...priced, usage },
    prompt: {
      promptTokens: tokens,
      outputTokens: 0,
      nanoUsd: prices.price(model, prompt, at).costNanoUsd,
    },
    nanoUsdPerOutputToken: prices.price(model, { ...NO_USAGE, output: 1 }, at).costNanoUsd,
  };
}
