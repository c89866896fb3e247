import type { Fault } from '../../src/simulator/faults/fault.ts';
import type { Code } from '../../src/errors/codes.ts';

/**
 * How a call may end. `right`: the model's answer. `next`: the right answer of another model, marked
 * as degraded. `fallback`: the tool's own answer without a model. A code: that problem.
 */
export type End = 'right' | 'next' | 'fallback' | Code;

export interface Expected {
  /** The fault strikes one request, the first. */
  once: End;
  /** The fault strikes the first model of the chain alone. */
  first: End;
  /** It strikes all models; the tool has a deterministic fallback. */
  all: End;
  /** It strikes all models; the tool has none. */
  bare: End;
}

/** No answer began: another model may have it, then the tool itself. */
const before = (bare: Code, once: End = 'right'): Expected => ({
  once,
  first: 'next',
  all: 'fallback',
  bare,
});

/** Text was sent: another model may begin anew, but nothing else may contradict it. */
const amid = (code: Code, once: End = 'right'): Expected => ({
  once,
  first: 'next',
  all: code,
  bare: code,
});

/** The account is empty, whichever model is asked. */
const spent: Expected = {
  once: 'fallback',
  first: 'fallback',
  all: 'fallback',
  bare: 'model_spend_limit',
};

/** Nobody else would do better: the caller must know. */
const final = (code: Code, once: End = code): Expected => ({
  once,
  first: code,
  all: code,
  bare: code,
});

const BY_NAME: Record<string, Expected> = {
  'invalid-request-400': final('model_rejected'),
  'authentication-401': final('model_auth_failed'),
  'permission-403': final('model_auth_failed'),
  'not-found-404': final('model_rejected'),
  'too-large-413': final('model_rejected'),
  'billing-402': spent,
  'enforced-spend-limit-429': spent,
  'contract-spend-limit-429': spent,
  'rate-limit-429': before('model_rate_limited'),
  // Its date is two seconds ahead: nobody waits so long while another model could answer.
  'rate-limit-429-date': before('model_rate_limited', 'next'),
  'rate-limit-429-ms': before('model_rate_limited'),
  'rate-limit-429-absurd': before('model_rate_limited', 'next'),
  'ramp-limit-429': before('model_rate_limited'),
  'api-error-500': before('model_unavailable'),
  'bad-gateway-502': before('model_unavailable'),
  'unavailable-503': before('model_unavailable'),
  'timeout-504': before('model_unavailable'),
  'overloaded-529': before('model_unavailable'),
  'retryable-400': before('model_unavailable'),
  'final-500': before('model_unavailable', 'next'),
  hang: before('model_timeout', 'next'),
  'reset-before-headers': before('model_unavailable'),
  'reset-mid-stream': amid('model_stream_broken'),
  'cut-before-message-delta': amid('model_stream_broken'),
  'cut-before-message-stop': amid('model_stream_broken'),
  'stall-with-pings': amid('model_timeout', 'next'),
  'stall-silent': amid('model_timeout', 'next'),
  'error-event-overloaded': amid('model_stream_broken'),
  'error-event-api': amid('model_stream_broken'),
  'refusal-mid-stream': final('model_refused'),
  'refusal-before-output': final('model_refused'),
  'malformed-json': amid('model_stream_broken'),
  // The data of an event says its type itself, so nothing is lost with the names.
  'nameless-events': { once: 'right', first: 'right', all: 'right', bare: 'right' },
  'truncated-max-tokens': final('output_truncated'),
  'pause-turn': amid('model_paused'),
  'context-exceeded': final('context_exceeded'),
  'broken-schema': final('invalid_output', 'right'),
  'not-json': final('invalid_output', 'right'),
  'empty-reply': final('invalid_output', 'right'),
};

/** What a fault must lead to; a harmless one to the right answer, as if it were not there. */
export function expectedOf({ name, harmless }: Fault): Expected {
  const known = BY_NAME[name];
  if (known) return known;
  if (harmless) return { once: 'right', first: 'right', all: 'right', bare: 'right' };
  throw new Error(`nobody has said what ${name} must lead to`);
}
