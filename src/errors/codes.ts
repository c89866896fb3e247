import type { NextAction, Problem } from '../../schemas/problem.ts';

interface Row {
  status: number;
  category: Problem['category'];
  title: string;
  retry: Problem['retry_strategy'];
  /** What to do when the thrower names nothing better. Never empty: an agent that has no next step loops. */
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
      'A chain names a model without a row in the price table. Unpriced calls are never made: add the row under `prices` in tollgate.yaml.',
  },
  ledger_unavailable: {
    status: 503,
    category: 'server',
    title: 'The ledger cannot be written',
    retry: 'after_delay',
    actions: [retryLater, askOwner],
    about:
      'An earlier call could not be recorded, so no new money is spent until it is. Check disk space and permissions of the database.',
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
} as const satisfies Record<string, Row>;

export type Code = keyof typeof CODES;

/** The row of a code, with the columns every row has. */
export const rowOf = (code: Code): Row => CODES[code];
