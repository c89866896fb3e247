import type { Feedback } from '../../schemas/wire/feedback.ts';
import { tools } from '../../tools/index.ts';
import type { CallRequest } from '../../src/core/call/call.ts';
import type { Core } from '../../src/core/services/core.ts';
import { openCall } from '../../src/core/call/open-call.ts';
import { LOCAL, type Principal } from '../../src/core/call/principal.ts';
import type { Code } from '../../src/errors/codes.ts';
import { problem } from '../../src/errors/problem.ts';
import { fakePromptCatalog, type FakePromptCatalog } from './fake-prompt-catalog.ts';

/** A core that answers every call it may, for fronts that are tested alone. */
export interface FakeCore extends Core {
  /** Every call that was let in. */
  readonly asked: CallRequest[];
  /** Who has which secret, or what is wrong with it; none at all is `null`. May change. */
  readonly known: Map<string | null, Principal | Code | Error>;
  readonly prompts: FakePromptCatalog;
  /** What was said of calls; those of anna begin with `call_`, and there are no others. */
  readonly said: { by: string; call: string; feedback: Feedback }[];
}

export const principal = (id: string, over: Partial<Principal> = {}): Principal => ({
  ...LOCAL,
  id,
  ...over,
});

const unused = (): never => {
  throw new Error('no front asks for this here');
};

export function fakeCore(): FakeCore {
  const asked: CallRequest[] = [];
  const known: FakeCore['known'] = new Map();
  const said: FakeCore['said'] = [];
  return {
    asked,
    known,
    said,
    tools,
    prompts: fakePromptCatalog(),
    version: '0.0.0',
    now: Date.now,
    baseUrl: 'http://fake',
    simulated: false,
    longestHoldMs: () => 0,
    simulatedModels: [],
    get keys() {
      return unused();
    },
    get budgets() {
      return unused();
    },
    get cache() {
      return unused();
    },
    feedback: {
      async give({ id: by }, call, feedback) {
        await Promise.resolve();
        if (by !== 'anna' || !call.startsWith('call_'))
          throw problem('unknown_call', { detail: `There is no call "${call}".` });
        said.push({ by, call, feedback });
        return { score: feedback.score ?? 0, prompt: 'faq@v1', entry: null };
      },
    },
    ledger: unused,
    models: unused,
    ready: unused,
    warnings: unused,
    async identify(secret) {
      const found = known.get(secret) ?? 'invalid_key';
      await Promise.resolve();
      if (found instanceof Error) throw found;
      if (typeof found === 'string') throw problem(found, { detail: `It is ${found}.` });
      return found;
    },
    invoke(request) {
      asked.push(request);
      const call = openCall(request, { id: 'call_1', startedAt: 0, simulated: false });
      const { tools: allowed } = request.principal;
      return Promise.resolve(
        allowed?.includes(request.toolName) === false
          ? { ok: false, problem: problem('forbidden_tool', { detail: 'Not this one.' }), call }
          : { ok: true, output: { answer: 'Yes.', found: true, sources: [] }, call },
      );
    },
  };
}
