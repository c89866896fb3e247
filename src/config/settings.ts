import { z } from 'zod';
import { BudgetName, BudgetSettings } from '../../schemas/wire/budget.ts';
import { Cache, Embedding } from './cache.ts';
import { Breaker, chain, Endpoint, Model, TimeLimits, ToolSettings } from './model.ts';

/** Every setting: its meaning, its default, and the variable that overrides the file. */
export const Settings = z.strictObject({
  host: z.string().min(1).default('127.0.0.1').describe('Address to listen on'),
  port: z
    .preprocess(
      (given) => (typeof given === 'string' ? Number(given) : given),
      z.number().int().min(0).max(65_535),
    )
    .default(8484)
    .describe('Port to listen on'),
  db: z
    .string()
    .regex(/^sqlite:.+$/, 'must be sqlite:<path> or sqlite::memory:')
    .default('sqlite:.tollgate/tollgate.db')
    .describe(
      'Database: sqlite:<path>, relative to the folder tollgate is started in. For tollgate mcp in a folder with neither settings nor a database: in the data folder of the user',
    ),
  prompts: z
    .string()
    .min(1)
    .optional()
    .describe('Folder with the prompts; default those that came with tollgate'),
  public_url: z
    .url()
    .optional()
    .describe('Address people reach the server at, for links in errors; default http://host:port'),
  allowed_hosts: z
    .array(z.string().min(1))
    .default(['localhost', '127.0.0.1', '[::1]'])
    .describe(
      'Host names (without port) that requests and browser pages may come under while it listens on loopback',
    ),
  log_level: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('Least important log lines to write (JSON, on standard error)'),
  anthropic_api_key: z
    .string()
    .min(1)
    .optional()
    .describe('Key for the model provider; without it (and without a base URL) the simulator runs'),
  anthropic_base_url: z.url().optional().describe('Another address that speaks the Messages API'),
  chains: z
    .strictObject({ fast: chain, balanced: chain, deep: chain })
    .default({
      fast: ['claude-haiku-5-5', 'claude-sonnet-5-5'],
      balanced: ['claude-sonnet-5-5', 'claude-haiku-5-5'],
      deep: ['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-haiku-5-5'],
    })
    .describe('Models to try for each class of task, first choice first'),
  models: z
    .record(z.string(), Model)
    .default({})
    .describe('Prices of models the built-in list does not know, USD per million tokens'),
  providers: z
    .record(z.string(), Endpoint)
    .default({})
    .describe('OpenAI-compatible endpoints by name, for models that name one: base_url, api_key'),
  time_limits: TimeLimits.default({}).describe(
    'Limits of one attempt: connect_ms, first_token_ms, idle_ms (between tokens), total_ms',
  ),
  tools: z
    .record(z.string(), ToolSettings)
    .default({})
    .describe(
      'What a tool does otherwise here: deadline_ms, time_limits, cache (off, visibility, ttl_hours, similar_ttl_hours, judge, tags)',
    ),
  most_attempts: z
    .number()
    .int()
    .min(1)
    .max(20)
    .default(5)
    .describe('Most attempts at models that one call may make, retries and fallbacks together'),
  allowance: z
    .number()
    .min(1)
    .max(20)
    .default(2)
    .describe(
      'What all attempts of a call may cost, as a multiple of its dearest single one in the worst case',
    ),
  breaker: Breaker.default({}).describe(
    'When a model is left alone: consecutive, share (of the last 20, once there are minimum), slow_first_token_ms, slow_tokens_per_second, open_ms',
  ),
  model_concurrency: z
    .number()
    .int()
    .min(1)
    .default(64)
    .describe('Most attempts at one model at once; further calls wait their turn'),
  model_queue: z
    .number()
    .int()
    .min(0)
    .default(1000)
    .describe('Most calls that wait for one model; further ones are refused with overloaded'),
  key_secret: z
    .string()
    .min(16)
    .optional()
    .describe(
      'What keys are hashed with; without it a random one is kept in the database. Set it before the first key is made',
    ),
  budgets: z
    .record(BudgetName, BudgetSettings)
    .default({})
    .describe(
      'Budgets by name: scope, of, unit, window, limit, time_zone, misfit, overrun, weights, thresholds',
    ),
  local_daily_usd: z
    .number()
    .positive()
    .nullable()
    .optional()
    .describe(
      'Budget per day (UTC) of callers without keys, US dollars; null: none. Without it 10, and 1000 while everything that could be paid for is simulated',
    ),
  hold_lease_ms: z
    .number()
    .int()
    .min(1_000)
    .max(600_000)
    .default(15_000)
    .describe('How long after a process has died its reservations are settled by another'),
  embedder: z
    .string()
    .regex(/^(off|lexical|http|onnx:.+)$/, 'must be off, lexical, http or onnx:<folder>')
    .default('lexical')
    .describe(
      'What finds kept questions that are near: lexical (finds what a judge may be asked, never answers by itself), http (see embedding), onnx:<folder of a local model>, off',
    ),
  embedding: Embedding.optional().describe(
    'For embedder http: url, model, shape (openai, voyage, ollama), api_key, dimensions, usd_per_million_tokens. It is sent every question that no key recognises',
  ),
  cache: Cache.describe(
    'Kept answers: on, off, or max_false_hits (most wrong hits by nearness, 0.02 = 2 %), threshold (a fixed cosine instead of evidence, at your own risk: 0.95 to begin with), search_ms, embed_ms and judge_ms (a late one is a miss), check_share (hits by nearness that are checked), judge_candidates, judge_worth (how many times its price a verdict must save), memory_bytes, scope_entries, scope_bytes, stale_hours',
  ),
  idempotency_hours: z
    .number()
    .min(0.01)
    .max(24 * 365)
    .default(24)
    .describe('How long the outcome of a call is kept for its idempotency key'),
  body_limit_bytes: z
    .number()
    .int()
    .min(1024)
    .default(2 * 1024 * 1024)
    .describe('Largest request body'),
  body_limit_values: z
    .number()
    .int()
    .min(100)
    .default(25_000)
    .describe('Most values in a request body: members, items, lists and objects of its JSON'),
  mcp_session_idle_ms: z
    .number()
    .int()
    .min(1000)
    .default(30 * 60_000)
    .describe('A legacy MCP session that is idle for so long is closed'),
  mcp_session_cap: z
    .number()
    .int()
    .min(1)
    .default(1000)
    .describe('Most legacy MCP sessions open at once'),
  loop_held_ms: z
    .number()
    .int()
    .min(20)
    .default(200)
    .describe(
      'How long nothing else can be answered before the log says what holds the event loop',
    ),
  loop_not_ready_ms: z
    .number()
    .int()
    .min(20)
    .default(2_000)
    .describe('After a hold of this length /ready answers 503 for ten seconds'),
  shutdown_grace_ms: z
    .number()
    .int()
    .min(0)
    .default(10_000)
    .describe('How long running calls may go on after a signal to stop'),
});

export type Config = Readonly<z.infer<typeof Settings>>;
