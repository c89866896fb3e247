import { tools } from '../../tools/index.ts';
import type { CallRequest } from '../../src/call/call.ts';
import type { Gate } from '../../src/call/gate.ts';
import { openCall } from '../../src/call/open-call.ts';
import { LOCAL, type Principal } from '../../src/call/principal.ts';
import type { Code } from '../../src/errors/codes.ts';
import { problem } from '../../src/errors/problem.ts';

/** A core that answers every call it may, for fronts that are tested alone. */
export interface FakeGate extends Gate {
  /** Every call that was let in. */
  readonly asked: CallRequest[];
  /** Who has which secret, or what is wrong with it; none at all is `null`. May change. */
  readonly known: Map<string | null, Principal | Code | Error>;
}

export const principal = (id: string, over: Partial<Principal> = {}): Principal => ({
  ...LOCAL,
  id,
  ...over,
});

const unused = (): never => {
  throw new Error('no front asks for this here');
};

export function fakeGate(): FakeGate {
  const asked: CallRequest[] = [];
  const known: FakeGate['known'] = new Map();
  return {
    asked,
    known,
    tools,
    version: '0.0.0',
    baseUrl: 'http://fake',
    simulated: false,
    get keys() {
      return unused();
    },
    get budgets() {
      return unused();
    },
    get cache() {
      return unused();
    },
    books: unused,
    models: unused,
    ready: unused,
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
