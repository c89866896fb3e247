import { ApiError, invalid } from './errors.ts';
import { isObject } from './json.ts';
import type { JsonObject } from './json.ts';
import { MODELS } from './models.ts';
import { buildTokenBucket } from './token-buckets.ts';
import type { TokenBucket } from './token-buckets.ts';

export interface SimulatedLimits {
  readonly requestsPerMinute: number;
  readonly inputTokensPerMinute: number;
  readonly outputTokensPerMinute: number;
}

/** For every model, and for single ones by id. What is not given stays at the default. */
export interface RateLimitOptions extends Partial<SimulatedLimits> {
  readonly models?: Readonly<Record<string, Partial<SimulatedLimits>>>;
}

const DEFAULT_LIMITS: SimulatedLimits = {
  requestsPerMinute: 4000,
  inputTokensPerMinute: 4_000_000,
  outputTokensPerMinute: 800_000,
};
const NAMES = Object.keys(DEFAULT_LIMITS) as readonly (keyof SimulatedLimits)[];

/** The buckets that the requests to one model share. */
export interface Pool {
  /** Takes a request and its input at once, or nothing: then the refusal to answer with. */
  admit(inputTokens: number): ApiError | null;
  /** Called while the answer is written; it may overdraw, because a written token is a written token. */
  spendOutput(tokens: number): void;
  headers(): Readonly<Record<string, string>>;
}

export interface RateLimiter {
  messages(model: string): Pool;
  /** Counting tokens is limited too, but does not use up what messages have. */
  counting(model: string): Pool;
  limits(): SimulatedLimits & { readonly models: Readonly<Record<string, SimulatedLimits>> };
  /** New limits start with full buckets. */
  change(options: RateLimitOptions): void;
}

export function buildRateLimiter(options: RateLimitOptions, now: () => Date): RateLimiter {
  let current = options;
  const pools = new Map<string, Pool>();
  function poolFor(use: string, model: string): Pool {
    const key = `${use} ${model}`;
    const pool = pools.get(key) ?? buildPool(model, limitsOf(current, model), now);
    pools.set(key, pool);
    return pool;
  }
  return {
    messages: (model) => poolFor('messages', model),
    counting: (model) => poolFor('counting', model),
    limits: () => ({
      ...limitsOf(current, ''),
      models: Object.fromEntries(
        Object.keys(current.models ?? {}).map((model) => [model, limitsOf(current, model)]),
      ),
    }),
    change: (changed) => {
      current = changed;
      pools.clear();
    },
  };
}

function limitsOf({ models, ...all }: RateLimitOptions, model: string): SimulatedLimits {
  return { ...DEFAULT_LIMITS, ...all, ...models?.[model] };
}

function buildPool(model: string, limits: SimulatedLimits, now: () => Date): Pool {
  const requests = buildTokenBucket(limits.requestsPerMinute, now);
  const input = buildTokenBucket(limits.inputTokensPerMinute, now);
  const output = buildTokenBucket(limits.outputTokensPerMinute, now);
  return {
    admit: (inputTokens) => {
      const short = [
        { unit: 'requests', bucket: requests, amount: 1 },
        { unit: 'input tokens', bucket: input, amount: inputTokens },
        // The length of the answer nobody knows: it begins if anything is left.
        { unit: 'output tokens', bucket: output, amount: 1 },
      ].filter(({ bucket, amount }) => bucket.left() < amount);
      const [worst] = short.sort((a, b) => msOf(b) - msOf(a));
      if (worst) return toRefusal(model, worst);
      requests.take(1);
      input.take(inputTokens);
      return null;
    },
    spendOutput: (tokens) => {
      output.take(tokens);
    },
    headers: () => toHeaders({ requests, input, output }, now()),
  };
}

interface Shortage {
  readonly unit: string;
  readonly bucket: TokenBucket;
  readonly amount: number;
}

/** A request for more than there can ever be is told to wait for a full bucket, in vain. */
function msOf({ bucket, amount }: Shortage): number {
  return bucket.msUntil(Math.min(amount, bucket.perMinute));
}

function toRefusal(model: string, shortage: Shortage): ApiError {
  const limit = shortage.bucket.perMinute.toLocaleString('en-US');
  const seconds = Math.max(1, Math.ceil(msOf(shortage) / 1000));
  return new ApiError(
    'rate_limit_error',
    `This request would exceed your organization's rate limit of ${limit} ${shortage.unit} per minute (model: ${model}). Please try again later.`,
    { headers: { 'retry-after': String(seconds) } },
  );
}

type Buckets = Readonly<Record<'requests' | 'input' | 'output', TokenBucket>>;

/** The three pairs of the API, and `tokens`, which is input and output together. */
function toHeaders({ requests, input, output }: Buckets, now: Date): Record<string, string> {
  const resetOf = (...buckets: readonly TokenBucket[]): string =>
    toTime(now, Math.max(...buckets.map((bucket) => bucket.msUntil(bucket.perMinute))));
  const leftOf = (bucket: TokenBucket): number => Math.max(0, bucket.left());
  const rows = [
    ['requests', requests.perMinute, Math.floor(leftOf(requests)), resetOf(requests)],
    ['input-tokens', input.perMinute, toThousands(leftOf(input)), resetOf(input)],
    ['output-tokens', output.perMinute, toThousands(leftOf(output)), resetOf(output)],
    [
      'tokens',
      input.perMinute + output.perMinute,
      toThousands(leftOf(input) + leftOf(output)),
      resetOf(input, output),
    ],
  ] as const;
  return Object.fromEntries(
    rows.flatMap(([name, limit, left, reset]) => [
      [`anthropic-ratelimit-${name}-limit`, String(limit)],
      [`anthropic-ratelimit-${name}-remaining`, String(Math.min(limit, left))],
      [`anthropic-ratelimit-${name}-reset`, reset],
    ]),
  );
}

/** The API tells what is left of tokens to the nearest thousand only. */
function toThousands(tokens: number): number {
  return Math.round(tokens / 1000) * 1000;
}

/** Whole seconds, never too early. */
function toTime(now: Date, afterMs: number): string {
  const seconds = Math.ceil((now.getTime() + afterMs) / 1000);
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** The body of `PUT /_sim/limits`. */
export function readRateLimits(body: unknown): RateLimitOptions {
  if (!isObject(body)) throw invalid('limits: Input should be an object');
  const { models = {}, ...all } = body;
  if (!isObject(models)) throw invalid('limits.models: Input should be an object');
  const perModel = Object.entries(models).map(([model, limits]) => {
    if (!MODELS.has(model)) throw invalid(`limits.models: no such model: ${model}`);
    if (!isObject(limits)) throw invalid(`limits.models.${model}: Input should be an object`);
    return [model, readLimits(limits)] as const;
  });
  return { ...readLimits(all), models: Object.fromEntries(perModel) };
}

function readLimits(limits: JsonObject): Partial<SimulatedLimits> {
  for (const [name, value] of Object.entries(limits)) {
    if (!NAMES.some((known) => known === name)) throw invalid(`limits: no such limit: ${name}`);
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) {
      throw invalid(`limits.${name}: Input should be an integer of at least 1`);
    }
  }
  return limits;
}
