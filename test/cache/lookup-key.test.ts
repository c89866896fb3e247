import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toLookup, type Versions } from '../../src/cache/lookup-key.ts';
import type { CacheLookup } from '../../src/core/call/cache-lookup.ts';
import type { Call } from '../../src/core/call/call.ts';
import { LOCAL } from '../../src/core/call/principal.ts';
import type { CachePolicy, LlmTool } from '../../src/core/tool/define-tool.ts';
import { answerQuestion } from '../../tools/answer-question.ts';
import { summarizeText } from '../../tools/summarize-text.ts';
import { fakeCall } from '../support/calls.ts';

const VERSIONS: Versions = { prompt: 'p1', models: 'm1' };
const POLICY: CachePolicy = { compare: 'question', visibility: 'team', ttlHours: 1 };

interface Over {
  call?: Partial<Call>;
  input?: Record<string, unknown>;
  tool?: LlmTool;
  policy?: Partial<CachePolicy>;
  versions?: Partial<Versions>;
}

const ask = ({ call, input, tool = answerQuestion, policy, versions }: Over = {}): CacheLookup =>
  toLookup(fakeCall({ toolName: tool.name, input: { question: 'How long?', ...input }, ...call }), {
    tool,
    policy: { ...POLICY, ...policy },
    versions: { ...VERSIONS, ...versions },
  });

const keyed = (id: string, team: string | null = null) => ({
  principal: { ...LOCAL, id, labels: { ...LOCAL.labels, team } },
});
const labelled = (user: string, team: string | null = null) => ({
  labels: { feature: null, user, team },
});

/** Each differs from a plain ask in one part of the scope. */
const OTHERS: [string, Over][] = [
  ['another key', { call: keyed('other') }],
  ['the team of a key', { call: keyed('local', 'red') }],
  ['another team of a key', { call: keyed('local', 'blue') }],
  ['a claimed team', { call: labelled('u', 'red') }],
  ['another prompt, or text that it shows', { versions: { prompt: 'p2' } }],
  ['other models, or another provider', { versions: { models: 'm2' } }],
  ['another tool', { tool: { ...answerQuestion, name: 'answer_other' } }],
  ['another schema of the tool', { tool: { ...answerQuestion, json: summarizeText.json } }],
  ['models that the key may not ask', { call: { principal: { ...LOCAL, models: ['x'] } } }],
  ['documents', { input: { context: [{ title: 't', text: 'x' }] } }],
  ['other documents', { input: { context: [{ title: 't', text: 'y' }] } }],
  ['another quality', { input: { options: { quality: 'best' } } }],
  ['another length', { input: { options: { max_output_tokens: 99 } } }],
  ['everybody', { policy: { visibility: 'shared' } }],
  ['one user', { policy: { visibility: 'user' }, call: labelled('a') }],
  ['another user', { policy: { visibility: 'user' }, call: labelled('b') }],
];

describe('the scope of a call', () => {
  it('is another one for each part that an answer depends on', () => {
    const scopes = [{}, ...OTHERS.map(([, over]) => over)].map((over) => ask(over).scope);
    expect(new Set(scopes).size).toBe(scopes.length);
  });

  it('does not depend on the compared text, nor on what is said of the cache itself', () => {
    const { scope, exactKey } = ask();
    expect(ask({ input: { question: 'How much?' } }).scope).toBe(scope);
    expect(ask({ input: { question: 'How much?' } }).exactKey).not.toBe(exactKey);
    expect(ask({ input: { options: { cache: 'max-age=5', cache_tags: ['a'] } } }).exactKey).toBe(
      exactKey,
    );
    expect(ask({ call: { front: 'sse', ...labelled('u2') } }).exactKey).toBe(exactKey);
  });

  it('is shared by users of a team unless the tool says otherwise', () => {
    expect(ask({ call: labelled('a') }).scope).toBe(ask({ call: labelled('b') }).scope);
  });

  it('never is the same for two calls that differ in any of its parts', () => {
    const over = fc.constantFrom(...OTHERS.map(([, each]) => each));
    fc.assert(
      fc.property(over, over, fc.string({ minLength: 1 }), (a, b, question) => {
        fc.pre(a !== b);
        const [one, other] = [a, b].map((each) =>
          ask({ ...each, input: { ...each.input, question } }),
        );
        expect(one?.exactKey).not.toBe(other?.exactKey);
      }),
    );
  });

  it('does not depend on the order of the fields', () => {
    const input = fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue());
    fc.assert(
      fc.property(input, (fields) => {
        const reversed = Object.fromEntries(Object.entries(fields).reverse());
        expect(ask({ input: reversed }).exactKey).toBe(ask({ input: fields }).exactKey);
      }),
    );
  });

  it('has the whole input as its question where no field is compared', () => {
    const lookup = ask({ policy: { compare: null } });
    expect(lookup.question).toBeNull();
    expect(ask({ policy: { compare: null }, input: { question: 'x' } }).exactKey).not.toBe(
      lookup.exactKey,
    );
  });
});
