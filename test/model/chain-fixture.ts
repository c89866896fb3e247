import { buildSchemaChecks } from '../../src/core/tool/schema-check.ts';
import type { Plan } from '../../src/core/call/plan.ts';
import { problem } from '../../src/errors/problem.ts';
import type { Code } from '../../src/errors/codes.ts';
import { askChain, type ChainRequest } from '../../src/model/chain.ts';
import { readReply } from '../../src/model/read-reply.ts';
import { TIME_LIMITS } from '../../src/model/time-limits.ts';
import type { ModelParts } from '../../src/model/run-attempt.ts';
import { fakeCall } from '../support/calls.ts';
import { fakeProvider, type FakeAnswer, type FakeProvider } from '../support/fake-provider.ts';
import { fakePlan, modelParts } from '../support/model-parts.ts';

export const MODELS = ['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-haiku-5-5'] as const;
export const OUTPUT = { answer: 'Within 30 days.', found: true, sources: ['Returns'] };

export const failing = (code: Code, retryAfterMs?: number): FakeAnswer => ({
  error: problem(code, {
    detail: code,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }),
});

const check = buildSchemaChecks().compile({
  type: 'object',
  properties: { answer: { type: 'string' } },
  required: ['answer'],
});

export interface Around {
  plan?: Partial<Plan>;
  asked?: Partial<ChainRequest>;
  parts?: Partial<ModelParts>;
  provider?: FakeProvider;
}

/** Ask a chain whose models answer like this, one after the other; the last answer repeats. */
export function ask(answers: [FakeAnswer, ...FakeAnswer[]], around: Around = {}) {
  const { provider = fakeProvider(...answers) } = around;
  const parts = modelParts(provider, around.parts);
  const plan = fakePlan({ models: [...MODELS], ...around.plan });
  const { meta } = fakeCall({}, { route: { chain: plan.chain, reason: plan.reason } });
  const heard: string[] = [];
  const begun: [string, string | null][] = [];
  const output = askChain(parts, {
    plan,
    meta,
    principal: 'local',
    purpose: 'answer',
    hold: null,
    timeLimits: TIME_LIMITS,
    endBy: parts.now() + 60_000,
    signal: new AbortController().signal,
    onText: (piece) => void heard.push(piece),
    onQueue: () => undefined,
    onAttempt: (...each) => void begun.push(each),
    read: (reply) => readReply(reply, check),
    ...around.asked,
  });
  // Whoever looks at the books first must not leave a rejection alone.
  output.catch(() => undefined);
  const asked = (): string[] => provider.requests.map(({ model }) => model);
  return { output, meta, heard, begun, asked, parts, provider };
}
