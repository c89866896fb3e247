import type { Core } from '../../core/services/core.ts';

/** What a model is told about the server as a whole. Some clients cut after 2,000 characters. */
export const instructions = ({ simulated }: Core): string =>
  `Tools that ask a language model on your behalf, each call priced and recorded.
${simulated ? 'The model is simulated: answers are extracts of the given text and no money is spent.\n' : ''}
- Every result has what it cost in _meta["tollgate/call"]; get_call explains one call, get_usage sums them.
- Before a large input call estimate_cost: it spends nothing. get_budget shows what is left to you.
- options.quality picks the model: "fast" is cheapest, "best" strongest. Leave it out unless it matters.
- Prompts are what the tools tell their model, filled in with your arguments; each version is a resource, prompt://faq/v1. _meta["tollgate/prompt"]: "faq@v1" asks for a version, which your key must allow.
- give_feedback tells how good an answer was, for its prompt and for the cache.
- An error is one JSON object. Branch on "code". Do the first of "next_actions"; if "retryable" is false, do not send the same call again.
- A budget refuses a call before it spends anything: 402 budget_spent means that what is left does not pay for it, 429 rate_limited or budget_held that it may pass after "retry_after_ms". The first of "next_actions" is what works now, a smaller or cheaper call for example, and "limits" says how each budget stands.`;
