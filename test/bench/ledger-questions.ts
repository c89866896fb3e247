import { request } from 'undici';

/** Something that reads the ledger. */
export interface Question {
  name: string;
  as: 'admin' | 'ordinary';
  path: string;
  /** Posted, where it is a tool. */
  body?: unknown;
}

const GROUPINGS = ['tool', 'model', 'prompt', 'principal', 'feature', 'user', 'team', 'day'];

const get = (path: string, as: Question['as'] = 'admin'): Question => ({
  name: `GET ${path}`,
  as,
  path,
});

const tool = (name: string, input: unknown, as: Question['as'] = 'admin'): Question => ({
  name: `${name} ${JSON.stringify(input)}`,
  as,
  path: `/v1/tools/${name}`,
  body: input,
});

const BOTH = ['admin', 'ordinary'] as const;

/** Every route and tool that reads the ledger, or what hangs on it. */
export const questionsFor = ({ call, from }: { call: string; from: string }): Question[] => [
  ...BOTH.flatMap((as) => [
    ...GROUPINGS.map((by) => get(`/v1/usage?group_by=${by}`, as)),
    get(`/v1/usage?group_by=model&from=${from}`, as),
    get(`/v1/usage?group_by=user&from=${from}`, as),
    get('/v1/calls', as),
    get('/v1/calls?limit=100', as),
    get('/v1/calls?tool=answer_question', as),
    get('/v1/calls?tool=rare_tool', as),
    get('/v1/calls?tool=never_called', as),
    get('/v1/calls?finish=error&limit=100', as),
    get('/v1/calls?finish=cancelled', as),
    get('/v1/calls?tool=rare_tool&finish=error', as),
    get('/v1/budget', as),
    get('/v1/prompts', as),
    get('/v1/models', as),
    tool('get_usage', { group_by: 'model' }, as),
    tool('get_usage', { group_by: 'user' }, as),
    tool('get_budget', {}, as),
    tool('estimate_cost', { tool: 'answer_question', input: { question: 'Why?' } }, as),
  ]),
  get(`/v1/calls/${call}`),
  tool('get_call', { id: call }),
  tool('give_feedback', { call, rating: 'up' }),
  get('/v1/cache'),
  get(`/v1/cache?from=${from}`),
  get('/v1/cache/shadow'),
  get(`/v1/cache/entries/${call}`),
  get('/v1/budgets'),
  get('/v1/budget-events'),
  get('/v1/keys'),
];

/** @returns milliseconds to the whole answer, and its status */
export async function ask(
  { path, body, as }: Question,
  { url, secrets }: { url: string; secrets: Record<Question['as'], string> },
): Promise<{ ms: number; status: number }> {
  const began = performance.now();
  const answer = await request(`${url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${secrets[as]}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  await answer.body.dump({ limit: 64 * 2 ** 20 });
  return { ms: performance.now() - began, status: answer.statusCode };
}
