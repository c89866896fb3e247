import type { RateLimits } from '../provider.ts';
import { Bucket, type Share } from './bucket.ts';

/** Tokens an attempt is expected to use. */
export interface TokenNeed {
  inputTokens: number;
  outputTokens: number;
}

/** Need of a number of calls together. */
export interface Load extends TokenNeed {
  calls: number;
}

/** One attempt's share of each bucket. */
export type Shares = Record<keyof RateLimits, Share>;

/** End of an attempt, as far as its request goes. */
export type RequestEnding = 'sent' | 'unsent';

/** The API rounds what remains of tokens to the nearest thousand. */
const TOKENS_ROUNDED_TO = 1_000;

/** To start, output needs only be positive: the provider counts it as it is written. */
const LEAST_OUTPUT_TOKENS = 1;

/** The three token buckets of one model at its provider. */
export class ProviderLimits {
  readonly #requests = new Bucket(1);
  readonly #input = new Bucket(TOKENS_ROUNDED_TO);
  readonly #output = new Bucket(TOKENS_ROUNDED_TO);
  #known: 'unknown' | 'none' | 'told' = 'unknown';

  get areUnknown(): boolean {
    return this.#known === 'unknown';
  }

  /** Reserve for an attempt that starts now. */
  take({ inputTokens, outputTokens }: TokenNeed, now: number): Shares {
    return {
      requests: this.#requests.take(1, now),
      inputTokens: this.#input.take(inputTokens, now),
      outputTokens: this.#output.take(outputTokens, now),
    };
  }

  /** Its response headers came: the request and its prompt are counted, its answer is to come. */
  told(shares: Shares, said: RateLimits, now: number): void {
    this.#requests.count(shares.requests, now);
    this.#input.count(shares.inputTokens, now);
    if (said.requests) this.#requests.learn(shares.requests, said.requests, now);
    if (said.inputTokens) this.#input.learn(shares.inputTokens, said.inputTokens, now);
    if (said.outputTokens) this.#output.learn(shares.outputTokens, said.outputTokens, now);
    if (said.requests ?? said.inputTokens ?? said.outputTokens) this.#known = 'told';
    // A page of a proxy says nothing of limits either; what is known is not forgotten for it.
    else if (this.#known === 'unknown') this.#known = 'none';
  }

  counted(shares: Shares, inputTokens: number): void {
    this.#input.correct(shares.inputTokens, inputTokens);
  }

  /** The attempt has ended. What has been sent may have been counted, with or without headers. */
  end(shares: Shares, ending: RequestEnding, now: number): void {
    if (ending === 'unsent') {
      this.#requests.giveBack(shares.requests);
      this.#input.giveBack(shares.inputTokens);
      this.#output.giveBack(shares.outputTokens);
    } else {
      this.#requests.abandon(shares.requests, now);
      this.#input.abandon(shares.inputTokens, now);
      this.#output.abandon(shares.outputTokens, now);
    }
  }

  /** Whether such an attempt may start now. */
  fit({ inputTokens }: TokenNeed, now: number): boolean {
    if (this.#known !== 'told') return true;
    return (
      this.#requests.available(now) >= this.#requests.needed(1) &&
      this.#input.available(now) >= this.#input.needed(inputTokens) &&
      this.#output.available(now) >= this.#output.needed(LEAST_OUTPUT_TOKENS)
    );
  }

  /** When it may, as far as that depends on time; Infinity: only attempts under way can tell. */
  readyAt({ inputTokens }: TokenNeed, now: number): number {
    if (this.#known !== 'told') return now;
    return Math.max(
      this.#requests.readyAt(1, now),
      this.#input.readyAt(inputTokens, now),
      this.#output.readyAt(LEAST_OUTPUT_TOKENS, now),
    );
  }

  /** Time until it may start after all those ahead of it. */
  waitMs(ahead: Load, { inputTokens }: TokenNeed, now: number): number {
    if (this.#known !== 'told') return 0;
    const output = ahead.outputTokens + this.#output.needed(LEAST_OUTPUT_TOKENS);
    return Math.max(
      this.#requests.waitMs(ahead.calls + this.#requests.needed(1), now),
      this.#input.waitMs(ahead.inputTokens + this.#input.needed(inputTokens), now),
      this.#output.waitMs(output, now),
    );
  }

  /** One more is ahead. */
  addTo(ahead: Load, { inputTokens, outputTokens }: TokenNeed): void {
    ahead.calls += 1;
    ahead.inputTokens += this.#input.needed(inputTokens);
    ahead.outputTokens += this.#output.needed(outputTokens);
  }

  /** Levels that are certain now, in the words of a header. */
  levels(now: number): 'unknown' | 'none' | RateLimits {
    if (this.#known !== 'told') return this.#known;
    const [requests, inputTokens, outputTokens] = [
      this.#requests.told(now),
      this.#input.told(now),
      this.#output.told(now),
    ];
    return {
      ...(requests && { requests }),
      ...(inputTokens && { inputTokens }),
      ...(outputTokens && { outputTokens }),
    };
  }
}
