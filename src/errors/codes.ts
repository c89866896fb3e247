import type { NextAction, Problem } from '../../schemas/wire/problem.ts';

interface CodeRow {
  status: number;
  category: Problem['category'];
  title: string;
  retry: Problem['retry_strategy'];
  /** Next steps when the thrower names nothing better. Never empty: an agent that has none loops. */
  actions: readonly [NextAction, ...NextAction[]];
  /** The page under /errors/{code}: when it happens and what cures it. */
  about: string;
}

const fixInput: NextAction = {
  action: 'fix_input',
  why: 'The same input will be refused again; `errors` names each wrong field',
};
const retryLater: NextAction = {
  action: 'retry_after_delay',
  why: 'The cause is passing; wait `retry_after_ms` (or two seconds) and send the same call',
};
const askOwner: NextAction = {
  action: 'ask_owner',
  why: 'Only the people who run this tollgate can change this; do not retry',
};
const listTools: NextAction = {
  action: 'list_tools',
  why: 'It shows every tool with its exact name and input schema',
  href: '/v1/tools',
};
const getKey: NextAction = {
  action: 'use_other_key',
  why: 'Send a key that works as `Authorization: Bearer tg_live_…` (TOLLGATE_KEY on stdio); the owner makes one with `tollgate keys create NAME`',
};
const waitForReset: NextAction = {
  action: 'wait_until_reset',
  why: 'The budget starts anew at `resets_at` of `limits`; wait `retry_after_ms`',
};
const stop: NextAction = { action: 'stop', why: 'Nothing is left to do for this call' };

/**
 * Every error tollgate can answer with, one row each; nothing else leaves on any front.
 * `retryable` is derived: strategies `same` and `after_delay` are.
 */
export const CODES = {
  invalid_input: {
    status: 400,
    category: 'input',
    title: 'The input does not fit the schema of the tool',
    retry: 'modify',
    actions: [fixInput],
    about:
      'A field is missing, unknown, of the wrong type or out of bounds. `errors` lists every mistake with a JSON pointer and what was expected. Nothing was spent.',
  },
  schema_too_costly: {
    status: 422,
    category: 'input',
    title: 'The schema of the call takes too much work to check an answer by',
    retry: 'modify',
    actions: [
      {
        action: 'simplify_schema',
        why: 'Fewer anyOf, oneOf and allOf inside each other, fewer references to the same definition and shorter patterns take less; the same schema ends the same way',
      },
    ],
    about:
      'A model answered, and holding its answer to the schema that the call had brought took more time or memory than one caller may take. The answer is billed and was not returned, since nobody knows whether it fits. A schema that takes too much by itself is refused as invalid_input before anything is spent.',
  },
  checks_busy: {
    status: 503,
    category: 'limit',
    title: 'Too many schemas are waiting to be checked',
    retry: 'after_delay',
    actions: [retryLater],
    about:
      'Schemas that callers bring, and the answers to them, are checked a few at a time, each caller in turn. This caller, or all together, had as many waiting as there may be.',
  },
  malformed_json: {
    status: 400,
    category: 'input',
    title: 'The body is not JSON',
    retry: 'modify',
    actions: [{ action: 'fix_body', why: 'Send one JSON object as the body, UTF-8 encoded' }],
    about: 'The request body could not be parsed as JSON. No call was made and nothing was spent.',
  },
  invalid_request: {
    status: 400,
    category: 'input',
    title: 'The request is not well formed',
    retry: 'modify',
    actions: [{ action: 'fix_request', why: 'A header or query parameter is wrong; see `errors`' }],
    about: 'A header or a query parameter (not the tool input) is missing or wrong.',
  },
  unknown_tool: {
    status: 404,
    category: 'not_found',
    title: 'There is no tool of this name',
    retry: 'modify',
    actions: [listTools],
    about: 'The name is not in the list of tools. Names are case-sensitive snake_case.',
  },
  unknown_prompt: {
    status: 404,
    category: 'not_found',
    title: 'There is no prompt, or no version of it, of this name',
    retry: 'modify',
    actions: [
      {
        action: 'list_prompts',
        why: 'It shows every prompt that you may see with its versions',
        href: '/v1/prompts',
      },
    ],
    about:
      'No prompt has this id, it has no such version, or it belongs to tools that the key may not call. Versions are named v1, v2 and so on; a call names one as faq@v2.',
  },
  unknown_call: {
    status: 404,
    category: 'not_found',
    title: 'There is no call with this id',
    retry: 'modify',
    actions: [
      {
        action: 'list_calls',
        why: 'It shows the calls you may see, newest first',
        href: '/v1/calls',
      },
    ],
    about: 'The ledger has no such call, or it belongs to somebody else.',
  },
  unknown_route: {
    status: 404,
    category: 'not_found',
    title: 'There is nothing at this address',
    retry: 'none',
    actions: [
      { action: 'read_docs', why: 'It lists every route of this server', href: '/openapi.yaml' },
    ],
    about: 'The path is not one of the routes in /openapi.yaml.',
  },
  method_not_allowed: {
    status: 405,
    category: 'input',
    title: 'This address does not take this method',
    retry: 'modify',
    actions: [{ action: 'use_other_method', why: 'The `Allow` header names the methods it takes' }],
    about: 'The path exists, but not with this HTTP method. Tools are called with POST.',
  },
  not_acceptable: {
    status: 406,
    category: 'input',
    title: 'None of the accepted media types can be produced',
    retry: 'modify',
    actions: [
      { action: 'fix_accept', why: 'Accept application/json, or text/event-stream for a stream' },
    ],
    about: 'The Accept header excludes both application/json and text/event-stream.',
  },
  payload_too_large: {
    status: 413,
    category: 'input',
    title: 'The body is too large',
    retry: 'modify',
    actions: [{ action: 'shorten_input', why: 'Send less text, or split it over several calls' }],
    about: 'The body is over the limit named in `limits`. It was not read to its end.',
  },
  unsupported_media_type: {
    status: 415,
    category: 'input',
    title: 'The body has the wrong media type',
    retry: 'modify',
    actions: [{ action: 'fix_content_type', why: 'Send Content-Type: application/json' }],
    about: 'Bodies are JSON: Content-Type must be application/json.',
  },
  forbidden_host: {
    status: 403,
    category: 'access',
    title: 'This Host header is not served',
    retry: 'none',
    actions: [askOwner],
    about:
      'The Host header is not one this server answers to (setting `allowed_hosts`). This stops DNS rebinding: a web page cannot reach a server on your laptop under its own name.',
  },
  forbidden_origin: {
    status: 403,
    category: 'access',
    title: 'This Origin is not allowed',
    retry: 'none',
    actions: [askOwner],
    about: 'A browser page of another origin sent this request (setting `allowed_hosts`).',
  },
  too_many_sessions: {
    status: 503,
    category: 'limit',
    title: 'No more MCP sessions can be opened',
    retry: 'after_delay',
    actions: [retryLater],
    about:
      'The cap on legacy MCP sessions is reached. Idle sessions end by themselves; clients of the 2026-07-28 revision need none.',
  },
  unknown_session: {
    status: 404,
    category: 'not_found',
    title: 'There is no MCP session with this id',
    retry: 'modify',
    actions: [{ action: 'initialize', why: 'Open a new session with an initialize request' }],
    about: 'The legacy MCP session ended, was idle for too long, or the server was restarted.',
  },
  missing_key: {
    status: 401,
    category: 'access',
    title: 'A key is needed',
    retry: 'new_key',
    actions: [getKey],
    about:
      'This tollgate has keys, so every call must bring one: `Authorization: Bearer tg_live_…` or `x-api-key` over HTTP, TOLLGATE_KEY on stdio and the command line.',
  },
  invalid_key: {
    status: 401,
    category: 'access',
    title: 'There is no such key',
    retry: 'new_key',
    actions: [getKey],
    about: 'The key is mistyped, incomplete or of another tollgate.',
  },
  expired_key: {
    status: 401,
    category: 'access',
    title: 'The key has expired',
    retry: 'new_key',
    actions: [getKey],
    about: 'The key, or the secret that was replaced by rotating it, is past its time.',
  },
  revoked_key: {
    status: 401,
    category: 'access',
    title: 'The key was revoked',
    retry: 'new_key',
    actions: [getKey],
    about: 'An admin revoked the key. That cannot be undone; another key can be made.',
  },
  forbidden_tool: {
    status: 403,
    category: 'access',
    title: 'The key may not call this tool',
    retry: 'none',
    actions: [listTools, askOwner],
    about: 'The key names the tools it may call, and this is not one of them.',
  },
  forbidden_model: {
    status: 403,
    category: 'access',
    title: 'The key may not ask any model of this chain',
    retry: 'modify',
    actions: [
      {
        action: 'use_other_quality',
        why: 'Another quality asks other models, which the key may be allowed',
        params: { options: { quality: 'fast' } },
      },
      askOwner,
    ],
    about:
      'The key names the models it may ask, and the chain of the tool (or of the quality asked for) has none of them.',
  },
  forbidden_prompt: {
    status: 403,
    category: 'access',
    title: 'The key may not say which version of a prompt answers it',
    retry: 'modify',
    actions: [
      {
        action: 'drop_prompt',
        why: 'Leave X-Tollgate-Prompt (over MCP `_meta["tollgate/prompt"]`) out: the call is then answered by the version that its caller is given',
      },
      {
        action: 'ask_owner',
        why: 'Only the people who run this tollgate can make a key with `tollgate keys create NAME --pin-prompts`',
      },
    ],
    about:
      'A call named the version of its prompt, and its key was not made with `--pin-prompts`. Whoever may choose leaves the split, and a draft may be worse or dearer. Nothing was spent.',
  },
  forbidden_label: {
    status: 403,
    category: 'access',
    title: 'The key belongs to another team, user or feature',
    retry: 'modify',
    actions: [
      { action: 'drop_label', why: 'Leave the label out: the call then gets that of its key' },
    ],
    about:
      'A key that was made for a team, user or feature cannot call in the name of another: its budgets would not hold.',
  },
  admin_required: {
    status: 403,
    category: 'access',
    title: 'Only an admin may do this',
    retry: 'new_key',
    actions: [
      {
        action: 'use_admin_key',
        why: 'Send a key made with `tollgate keys create NAME --admin` on the machine itself',
      },
    ],
    about:
      'Managing keys and budgets over HTTP needs a key with admin rights, also on a machine without any keys. The command line needs none: whoever can open the database is the owner.',
  },
  unknown_key: {
    status: 404,
    category: 'not_found',
    title: 'There is no key of this name',
    retry: 'modify',
    actions: [{ action: 'list_keys', why: 'It shows every key by name', href: '/v1/keys' }],
    about: 'Keys are managed by name, not by secret.',
  },
  key_exists: {
    status: 409,
    category: 'input',
    title: 'There is a key of this name already',
    retry: 'modify',
    actions: [
      { action: 'use_other_name', why: 'Names are never used twice: the ledger refers to them' },
    ],
    about:
      'The name is taken, if only by a key that was revoked. To replace the secret of a key, rotate it.',
  },
  unknown_budget: {
    status: 404,
    category: 'not_found',
    title: 'There is no budget of this name',
    retry: 'modify',
    actions: [{ action: 'list_budgets', why: 'It shows every budget', href: '/v1/budgets' }],
    about: 'No budget in force has this name.',
  },
  unknown_entry: {
    status: 404,
    category: 'not_found',
    title: 'There is no kept answer of this id',
    retry: 'modify',
    actions: [
      {
        action: 'show_call',
        why: 'The `cache.entry` of a call is the id of the kept answer that answered it',
        href: '/v1/calls',
      },
    ],
    about:
      'No kept answer has this id: it was never kept, its time is over, it was purged, or others took its room.',
  },
  budget_declared: {
    status: 409,
    category: 'input',
    title: 'This budget is declared in the settings',
    retry: 'none',
    actions: [
      { action: 'edit_settings', why: 'Change it under `budgets` in tollgate.yaml and restart' },
    ],
    about:
      'Budgets in tollgate.yaml are changed there: what was set over them would be lost on the next start.',
  },
  budget_spent: {
    status: 402,
    category: 'limit',
    title: 'The budget is spent',
    retry: 'none',
    actions: [waitForReset, askOwner],
    about:
      'What is left of a budget of a day, week or month does not pay for this call at its worst. `limits` says how each budget stands, `next_actions` what would fit now. Nothing was spent; sending the same call again before `resets_at` is refused again.',
  },
  budget_too_small: {
    status: 402,
    category: 'limit',
    title: 'The call is larger than the whole budget',
    retry: 'modify',
    actions: [
      { action: 'ask_for_less', why: 'A smaller call may fit; waiting does not help' },
      askOwner,
    ],
    about:
      'At its worst the call would take more than the budget allows in a whole window, so it could never be let through as it is. Nothing was spent.',
  },
  budget_held: {
    status: 429,
    category: 'limit',
    title: 'The rest of the budget is reserved for calls that are running',
    retry: 'after_delay',
    actions: [retryLater],
    about:
      'The budget would pay for this call if the running ones use as little as is usual: each holds its worst case until it ends. Nothing was spent.',
  },
  rate_limited: {
    status: 429,
    category: 'limit',
    title: 'Too much in a short time',
    retry: 'after_delay',
    actions: [retryLater],
    about:
      'A budget of a minute or an hour is used up. `retry_after_ms` is when it starts anew. Nothing was spent.',
  },
  budget_cut: {
    status: 402,
    category: 'limit',
    title: 'The budget ran out while the answer was written',
    retry: 'none',
    actions: [
      {
        action: 'ask_owner',
        why: 'The same call would be cut again; whoever runs this tollgate can raise the budget, or let answers finish (overrun: finish)',
      },
      waitForReset,
    ],
    about:
      'The prompt was longer than it seemed, what was reserved did not pay for the whole answer, and no more was to be had. What was written is billed; `partial` says what a stream had sent.',
  },
  idempotency_mismatch: {
    status: 422,
    category: 'input',
    title: 'The idempotency key was used for another call',
    retry: 'modify',
    actions: [
      { action: 'use_new_idempotency_key', why: 'One key stands for one call: tool and input' },
    ],
    about:
      'The same Idempotency-Key came with another tool or input within a day. Nothing was spent.',
  },
  idempotency_in_flight: {
    status: 409,
    category: 'limit',
    title: 'The first call with this idempotency key is still running',
    retry: 'after_delay',
    actions: [retryLater],
    about:
      'The call waited for the first one with its key as long as its deadline allows. Send it again with the same key to get the outcome.',
  },
  not_cached: {
    status: 504,
    category: 'not_found',
    title: 'Only a kept answer would do, and there is none',
    retry: 'modify',
    actions: [
      {
        action: 'allow_a_new_answer',
        why: 'Send the call without only-if-cached, and a model answers it',
      },
    ],
    about:
      'The call said only-if-cached (in Cache-Control, in options.cache or in _meta), and nothing that is kept may answer it: never asked, too old, another tenant, prompt or model, or a tool whose answers are never kept. Nothing was spent. The status is the one that HTTP has for it (RFC 9111, 5.2.1.7).',
  },
  process_lost: {
    status: 500,
    category: 'server',
    title: 'The process that made the call died',
    retry: 'same',
    actions: [{ action: 'retry_once', why: 'Whether it was answered, nobody knows' }],
    about:
      'Seen in the ledger only: a server was killed in the middle of the call. What it had sent to a model is charged at its worst, what it had not is free.',
  },
  cancelled: {
    status: 499,
    category: 'cancelled',
    title: 'The caller went away',
    retry: 'none',
    actions: [stop],
    about:
      'The caller closed the connection or cancelled the request. The request to the model was stopped; what it had produced by then is in the ledger.',
  },
  deadline_exceeded: {
    status: 504,
    category: 'limit',
    title: 'The call took longer than its deadline',
    retry: 'modify',
    actions: [
      {
        action: 'ask_for_less',
        why: 'A shorter input, a smaller options.max_output_tokens or options.quality "fast" finishes sooner',
        params: { options: { quality: 'fast' } },
      },
    ],
    about:
      'Every tool has a deadline (see its policy under /v1/tools/{tool}). What was spent is in the ledger.',
  },
  tool_failed: {
    status: 500,
    category: 'server',
    title: 'The tool failed',
    retry: 'none',
    actions: [askOwner],
    about:
      'The function behind the tool threw an error. It is in the server log under the call id.',
  },
  invalid_output: {
    status: 502,
    category: 'model',
    title: 'The answer does not fit the output schema of the tool',
    retry: 'same',
    actions: [
      { action: 'retry_once', why: 'Models vary; a second try often fits. Stop after that' },
      {
        action: 'use_better_model',
        why: 'Stronger models keep to a schema',
        params: { options: { quality: 'best' } },
      },
    ],
    about:
      'The model answered, but not in the promised shape, so nothing was returned. It is billed.',
  },
  output_truncated: {
    status: 502,
    category: 'model',
    title: 'The answer was cut at the output limit',
    retry: 'modify',
    actions: [
      { action: 'raise_max_output_tokens', why: 'The model needed more room than it was given' },
      { action: 'ask_for_less', why: 'A smaller question or a lower word limit fits the room' },
    ],
    about:
      'The model reached max_output_tokens before it was done. `partial` says what a stream had sent.',
  },
  model_refused: {
    status: 422,
    category: 'model',
    title: 'The model declined to answer',
    retry: 'modify',
    actions: [{ action: 'rephrase', why: 'The same input will be declined again' }],
    about: 'The model refused for safety reasons. Tokens produced before that are billed.',
  },
  model_unavailable: {
    status: 503,
    category: 'model',
    title: 'No model could answer',
    retry: 'after_delay',
    actions: [retryLater],
    about:
      'Every model of the chain was down, overloaded or unreachable. `upstream` names the last.',
  },
  model_timeout: {
    status: 504,
    category: 'model',
    title: 'The model was too slow',
    retry: 'after_delay',
    actions: [
      retryLater,
      {
        action: 'use_faster_model',
        why: 'Smaller models start and write sooner',
        params: { options: { quality: 'fast' } },
      },
    ],
    about:
      'No model of the chain connected, began or went on to write within the time limits of an attempt (see the policy under /v1/tools/{tool}). What was spent is in the ledger.',
  },
  overloaded: {
    status: 503,
    category: 'limit',
    title: 'Too many calls are waiting for the model',
    retry: 'after_delay',
    actions: [retryLater],
    about:
      'The call would have had to wait longer in the queue of every model than its deadline allows, so it was refused at once and nothing was spent. `retry_after_ms` is when a place is expected.',
  },
  context_exceeded: {
    status: 422,
    category: 'input',
    title: 'The input is longer than the model can read',
    retry: 'modify',
    actions: [{ action: 'shorten_input', why: 'Send less text, or split it over several calls' }],
    about:
      'Prompt and answer together do not fit the context window of any model of the chain. Where the provider noticed, what it had read is billed.',
  },
  model_paused: {
    status: 502,
    category: 'model',
    title: 'The model paused instead of answering',
    retry: 'same',
    actions: [{ action: 'retry_once', why: 'A second try usually runs to its end' }],
    about:
      'The model ended its turn with `pause_turn`: it wanted to be asked to go on. No tool of tollgate makes use of that. What it wrote is billed.',
  },
  model_rate_limited: {
    status: 503,
    category: 'model',
    title: 'The model provider limits our rate',
    retry: 'after_delay',
    actions: [retryLater],
    about: 'The provider answered 429. `retry_after_ms` is what it asked for.',
  },
  model_spend_limit: {
    status: 503,
    category: 'model',
    title: 'The account at the model provider is spent',
    retry: 'none',
    actions: [askOwner],
    about: 'The provider reports a billing problem or a spend limit. Waiting does not cure it.',
  },
  model_rejected: {
    status: 502,
    category: 'model',
    title: 'The model provider rejected our request',
    retry: 'none',
    actions: [askOwner],
    about:
      'The provider answered 4xx to a request that tollgate built: a wrong model id, an unsupported schema, a prompt that is too long.',
  },
  model_auth_failed: {
    status: 502,
    category: 'model',
    title: 'The model provider does not accept our key',
    retry: 'none',
    actions: [askOwner],
    about:
      'The key of the provider (ANTHROPIC_API_KEY, or api_key under providers in tollgate.yaml) is missing, wrong or lacks a permission.',
  },
  model_stream_broken: {
    status: 502,
    category: 'model',
    title: 'The stream of the model broke off',
    retry: 'same',
    actions: [
      { action: 'retry_once', why: 'The break was on the way; a second try usually works' },
    ],
    about:
      'The connection to the model ended before its last event. What arrived is billed; `partial` says what was sent on.',
  },
  unknown_model: {
    status: 500,
    category: 'server',
    title: 'There is no price for this model',
    retry: 'none',
    actions: [askOwner],
    about:
      'A chain names a model without a row in the price table. Unpriced calls are never made: add the model with its prices under `models` in tollgate.yaml.',
  },
  ledger_unavailable: {
    status: 503,
    category: 'server',
    title: 'The ledger cannot be written',
    retry: 'after_delay',
    actions: [retryLater, askOwner],
    about:
      'The database is gone, full, damaged or closed to writing, or an earlier call could not be recorded, so no new money is spent: nobody would find it in the books. `/ready` says what is wrong; calls are taken again as soon as the database can be written.',
  },
  row_set_aside: {
    status: 500,
    category: 'server',
    title: 'The row of the call could not be written as it was',
    retry: 'none',
    actions: [askOwner],
    about:
      'Seen in the ledger only: what the call is said to have used is no number, or an absurd one. Its row was set aside as it was, and it is charged what it may have used at the worst.',
  },
  question_too_large: {
    status: 422,
    category: 'input',
    title: 'The question is too large to be answered in time',
    retry: 'modify',
    actions: [
      {
        action: 'narrow_question',
        why: 'Ask for a shorter time with `from` and `to`, for one `tool`, or for fewer entries with `limit`',
      },
    ],
    about:
      'Questions to the ledger have a limit of time, so that nobody can keep the ledger from others. Most are answered from sums; those that are not, and those that come while a ledger of an older version is being summed up, read the rows themselves: ask for less of them.',
  },
  ledger_busy: {
    status: 503,
    category: 'server',
    title: 'Too many questions wait for the ledger',
    retry: 'after_delay',
    actions: [retryLater],
    about:
      'Questions to a large ledger are answered one after the other, and too many wait already. Calls of tools are not held up by them.',
  },
  shutting_down: {
    status: 503,
    category: 'server',
    title: 'The server is stopping',
    retry: 'after_delay',
    actions: [retryLater],
    about: 'The process got a signal to stop and takes no new calls.',
  },
  internal_error: {
    status: 500,
    category: 'server',
    title: 'Something broke inside tollgate',
    retry: 'none',
    actions: [askOwner],
    about: 'A bug of ours. The log has the error under the call id; please report it.',
  },
} as const satisfies Record<string, CodeRow>;

export type Code = keyof typeof CODES;

/** The row of a code, with the columns every row has. */
export const rowOf = (code: Code): CodeRow => CODES[code];
