import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NewKey, type KeyDraft } from '../../schemas/wire/key.ts';
import { startSimulator, type Simulator } from '../../src/simulator/server.ts';
import { agreement, withoutIds, type Called, type OpenFront } from '../support/fronts.ts';
import { IN_PROCESS } from './in-process.ts';

const QUESTION = {
  question: 'When does the pool open on Sundays?',
  context: [{ title: 'Pool hours', text: 'On Saturdays and Sundays the pool opens at 9:00.' }],
};

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ speed: Infinity, seed: 'prompts' });
});
afterAll(() => simulator.close());

const sameProblem = agreement();
const sameHash = agreement();

describe.each(IN_PROCESS)('the wish for a version of a prompt, over $name', ({ open }) => {
  let front: OpenFront;
  beforeAll(async () => {
    front = await open({ modelUrl: simulator.url });
  });
  afterAll(() => front.close());

  const ask = (prompt: string, key?: string): Promise<Called> =>
    front.call('answer_question', QUESTION, { prompt, ...(key !== undefined && { key }) });
  const make = async (draft: KeyDraft): Promise<string> =>
    (await front.manage(({ keys }) => keys.create(NewKey.parse(draft)))).key;

  /** Answer and row say so, and by what text. */
  async function expectPinned({ ok, call }: Called): Promise<void> {
    expect(ok).toBe(true);
    expect(call?.prompt).toMatchObject({ id: 'faq', version: 'v1', variant: 'pinned' });
    expect(call?.prompt?.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(call?.prompt?.hash).toBe(sameHash('faq@v1', call?.prompt?.hash));
    expect((await front.rows())[0]).toEqual(call);
  }

  /** In the words of every other front, with one row, and without asking a model. */
  async function expectRefused(
    call: () => Promise<Called>,
    problem: { code: string },
  ): Promise<void> {
    const asked = simulator.ledger().length;
    const before = (await front.rows()).length;
    const refused = await call();
    expect(refused.problem).toMatchObject({ retryable: false, ...problem });
    const said = withoutIds(refused.problem);
    expect(said).toEqual(sameProblem(problem.code, said));
    expect(simulator.ledger()).toHaveLength(asked);
    const rows = await front.rows();
    expect(rows).toHaveLength(before + 1);
    expect(rows[0]).toMatchObject({ error_code: problem.code, cost_usd: 0, attempts: [] });
  }

  it('is granted where there are no keys', async () => {
    await expectPinned(await ask('faq@v1'));
  });

  it('is not what answers whoever has none', async () => {
    const { call } = await front.call('answer_question', QUESTION);
    expect(call?.prompt?.id).toBe('faq');
    expect(call?.prompt?.variant).not.toBe('pinned');
    expect(call?.prompt?.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is refused for a version that is not there', async () => {
    const actions = [{ action: 'list_prompts', href: '/v1/prompts' }];
    const problem = { code: 'unknown_prompt', status: 404, next_actions: actions };
    await expectRefused(() => ask('faq@v99'), problem);
  });

  it('is refused for the prompt of another tool', async () => {
    await expectRefused(() => ask('summarize@v1'), { code: 'invalid_request' });
  });

  it('is refused where it is no name of a version: no call is made', async () => {
    const before = (await front.rows()).length;
    const { problem } = await ask('faq');
    expect(problem).toMatchObject({ code: 'invalid_request', call_id: null });
    expect(await front.rows()).toHaveLength(before);
  });

  it('is refused of a key that may not', async () => {
    const key = await make({ name: 'anna' });
    const actions = [{ action: 'drop_prompt' }, { action: 'ask_owner' }];
    const problem = { code: 'forbidden_prompt', status: 403, next_actions: actions };
    await expectRefused(() => ask('faq@v1', key), problem);
  });

  // A process of its own for one more key would tell nothing new.
  it.each<[string, KeyDraft]>([
    ['a key that may', { name: 'pinner', pin_prompts: true }],
    ['an admin', { name: 'boss', admin: true }],
  ])('is granted to %s', async (_who, draft) => {
    await expectPinned(await ask('faq@v1', await make(draft)));
  });
});
