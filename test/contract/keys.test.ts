import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { NewKey, type KeyDraft } from '../../schemas/wire/key.ts';
import type { UsageReport } from '../../schemas/tools/get-usage.ts';
import { LOCAL } from '../../src/core/call/principal.ts';
import { mintSecret } from '../../src/identity/secret.ts';
import { startSimulator, type Simulator } from '../../src/simulator/server.ts';
import { IS_DEEP } from '../support/depth.ts';
import { withBudgets } from '../support/budgets.ts';
import { agreement, FRONTS, withoutIds, type Called, type OpenFront } from '../support/fronts.ts';
import { IN_PROCESS } from './in-process.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ speed: Infinity, seed: 'keys' });
});
afterAll(() => simulator.close());

const QUESTION = {
  question: 'When does the pool open on Sundays?',
  context: [{ title: 'Pool hours', text: 'On Saturdays and Sundays the pool opens at 9:00.' }],
};
const FAST = { ...QUESTION, options: { quality: 'fast' } };
/** Of which the shop has five. */
const SHOP_CALLS = 5;
const settings = withBudgets({
  shop: { scope: 'team', of: 'shop', unit: 'requests', limit: SHOP_CALLS },
  'shop-money': { scope: 'team', of: 'shop', limit: 100 },
});

const sameProblem = agreement();

const PROCESSES = FRONTS.filter(({ isProcess }) => isProcess).map((front) => ({
  ...front,
  name: `${front.name}, a process per key`,
}));

/** Besides the five ways in, in the deep suite, the one where each key is a process of its own on the file of all. */
const WAYS = [...IN_PROCESS, ...(IS_DEEP ? PROCESSES : [])];

describe.each(WAYS)('$name', ({ open, isProcess }) => {
  let front: OpenFront;
  let asked: number;
  beforeEach(async () => {
    front = await open({ modelUrl: simulator.url, settings });
    asked = simulator.ledger().length;
  });
  afterEach(() => front.close());

  const make = async (draft: KeyDraft): Promise<string> => {
    const { key } = await front.manage(({ keys }) => keys.create(NewKey.parse(draft)));
    return key;
  };
  const ask = (key: string, input: object = QUESTION): Promise<Called> =>
    front.call('answer_question', input, { key });

  /** It ends with this code, in the words of every other front, and no model was asked. */
  const expectRefused = ({ ok, problem }: Called, code: string, about = code): void => {
    expect({ ok, code: problem?.code }).toEqual({ ok: false, code });
    const said = withoutIds(problem);
    expect(said).toEqual(sameProblem(about, said));
    expect(simulator.ledger()).toHaveLength(asked);
  };

  describe('who calls', () => {
    it('is local until there is a key, and then nobody without one', async () => {
      expect(await front.call('get_budget', {})).toMatchObject({
        ok: true,
        output: { principal: 'local' },
      });
      await make({ name: 'web' });
      expectRefused(await front.call('answer_question', QUESTION), 'missing_key');
      expect((await front.rows()).map(({ tool }) => tool)).toEqual(['get_budget']);
    });

    it('is nobody any more from the moment the key is revoked, on the same connection', async () => {
      const key = await make({ name: 'web' });
      expect(await front.call('get_budget', {}, { key })).toMatchObject({ ok: true });
      await front.manage(({ keys }) => keys.revoke('web'));
      const { ok, problem } = await ask(key);
      expect({ ok, code: problem?.code }).toEqual({ ok: false, code: 'revoked_key' });
      expect(problem?.detail).toMatch(/^The key "web" was revoked at /);
      expect(simulator.ledger()).toHaveLength(asked);
      expect(await front.rows()).toHaveLength(1);
    });
  });

  describe('two keys of a team', () => {
    it('have its budget together, to the last call of it', async () => {
      const shop = [
        await make({ name: 'web', team: 'shop' }),
        await make({ name: 'app', team: 'shop' }),
      ];
      const bank = await make({ name: 'bank', team: 'bank' });
      // Connections first: else the calls would come one by one.
      for (const key of shop) await front.call('get_budget', {}, { key });
      const crowd = Array.from({ length: 4 * SHOP_CALLS }, (_, n) => ask(shop[n % 2] ?? ''));
      const ended = await Promise.all(crowd);
      expect(ended.filter(({ ok }) => ok)).toHaveLength(SHOP_CALLS);
      const codes = ended.flatMap(({ problem }) => problem?.code ?? []);
      expect(codes.filter((code) => !['budget_held', 'budget_spent'].includes(code))).toEqual([]);
      expect(simulator.ledger()).toHaveLength(asked + SHOP_CALLS);
      for (const key of shop) expect((await ask(key)).problem?.code).toBe('budget_spent');
      expect(await ask(bank)).toMatchObject({ ok: true });

      const rows = (await front.rows()).filter(({ labels }) => labels.team === 'shop');
      const spent = rows.reduce((sum, { cost_usd }) => sum + Math.round(cost_usd * 1e9), 0);
      const states = await front.manage(({ budgets }) =>
        budgets.states({
          principal: { ...LOCAL, id: 'web' },
          labels: { ...LOCAL.labels, team: 'shop' },
          tool: null,
        }),
      );
      expect(states).toMatchObject([
        { budget: 'shop', used: SHOP_CALLS, held: 0, remaining: 0 },
        { budget: 'shop-money', used: spent / 1e9, held: 0 },
      ]);
    });
  });

  // Who may do what is decided within the process that calls: one per key would tell nothing more.
  if (isProcess) return;

  describe('who calls', () => {
    it('is the key: its name and its labels are in the answer and in the ledger', async () => {
      const key = await make({ name: 'web', team: 'shop', feature: 'search' });
      const labels = { team: 'shop', user: 'ann' };
      const { call } = await front.call('answer_question', QUESTION, { key, labels });
      const who = {
        principal: 'web',
        labels: { team: 'shop', user: 'ann', feature: 'search' },
      };
      expect(call).toMatchObject(who);
      expect(await front.rows()).toMatchObject([{ ...who, id: call?.id, finish: 'complete' }]);
    });

    it('is each by its own, also when they call at once', async () => {
      const names = ['ann', 'bob', 'cid'];
      const secrets = await Promise.all(names.map((name) => make({ name, user: name })));
      const called = await Promise.all([...secrets, ...secrets].map((key) => ask(key)));
      expect(called.map(({ call }) => [call?.principal, call?.labels.user])).toEqual(
        [...names, ...names].map((name) => [name, name]),
      );
    });

    it('is nobody with a secret that no key has', async () => {
      await make({ name: 'web' });
      expectRefused(await ask(mintSecret()), 'invalid_key', 'unknown');
      expectRefused(await ask('tg_live_half'), 'invalid_key', 'mistyped');
      expect(await front.rows()).toEqual([]);
    });

    it('goes on with the new secret when the old one is replaced', async () => {
      const old = await make({ name: 'web' });
      expect(await front.call('get_budget', {}, { key: old })).toMatchObject({ ok: true });
      const { key } = await front.manage(({ keys }) => keys.rotate('web', 0));
      expect((await ask(old)).problem?.code).toBe('expired_key');
      expect(simulator.ledger()).toHaveLength(asked);
      expect(await ask(key)).toMatchObject({ ok: true, call: { principal: 'web' } });
    });
  });

  describe('what a key may', () => {
    it('is to call its tools; another is refused, and that is in the ledger', async () => {
      const key = await make({ name: 'web', tools: ['get_budget'] });
      expect(await front.call('get_budget', {}, { key })).toMatchObject({ ok: true });
      expectRefused(await ask(key), 'forbidden_tool');
      expect(await front.rows()).toMatchObject([
        {
          tool: 'answer_question',
          principal: 'web',
          finish: 'error',
          cost_usd: 0,
          error_code: 'forbidden_tool',
          attempts: [],
        },
        { tool: 'get_budget' },
      ]);
    });

    it('is to call for its own team, user and feature only', async () => {
      const own = { team: 'shop', user: 'ann', feature: 'search' };
      const key = await make({ name: 'web', ...own });
      for (const name of ['team', 'user', 'feature'] as const) {
        const labels = { [name]: 'bank' };
        const refused = await front.call('answer_question', QUESTION, { key, labels });
        expectRefused(refused, 'forbidden_label', `forbidden_label ${name}`);
      }
      // With the labels of the key: what was claimed counts in no sum of the other.
      const rows = await front.rows();
      expect(rows).toHaveLength(3);
      for (const row of rows) {
        expect(row).toMatchObject({ error_code: 'forbidden_label', labels: own, cost_usd: 0 });
      }
      expect(await front.call('answer_question', QUESTION, { key, labels: own })).toMatchObject({
        ok: true,
      });
    });

    it('is to ask its models, wherever in the chain they are', async () => {
      const key = await make({ name: 'web', models: ['claude-haiku-5-5'] });
      const free = await make({ name: 'free' });
      expect((await ask(free)).call?.model).not.toBe('claude-haiku-5-5');
      const { ok, call } = await ask(key);
      expect(ok).toBe(true);
      expect(call?.attempts.map(({ model }) => model)).toEqual(['claude-haiku-5-5']);
      expect(simulator.ledger().at(-1)?.model).toBe('claude-haiku-5-5');
      const estimate = { tool: 'answer_question', input: QUESTION };
      expect(await front.call('estimate_cost', estimate, { key })).toMatchObject({
        ok: true,
        output: { model: 'claude-haiku-5-5' },
      });
    });

    it('is to ask no model where the chain has none of its own', async () => {
      const key = await make({ name: 'web', models: ['claude-opus-5-5'] });
      const refused = await ask(key, FAST);
      expectRefused(refused, 'forbidden_model');
      expect(await front.rows()).toMatchObject([
        { principal: 'web', error_code: 'forbidden_model', cost_usd: 0, attempts: [] },
      ]);
    });
  });

  describe('what a key sees', () => {
    const usage = async (key: string): Promise<UsageReport> => {
      const { output } = await front.call('get_usage', { group_by: 'principal' }, { key });
      return output as UsageReport;
    };

    it('is its own calls; those of others are as if they were not there', async () => {
      const [ann, bob] = [await make({ name: 'ann' }), await make({ name: 'bob' })];
      const id = (await ask(ann)).call?.id ?? '';
      await ask(bob);
      expect(await front.call('get_call', { id }, { key: ann })).toMatchObject({
        ok: true,
        output: { id, principal: 'ann' },
      });
      const { problem: others } = await front.call('get_call', { id }, { key: bob });
      const nowhere = id.replace(/.$/, (char) => (char === '0' ? '1' : '0'));
      const { problem: nobodys } = await front.call('get_call', { id: nowhere }, { key: bob });
      expect(others?.code).toBe('unknown_call');
      const said = { ...withoutIds(nobodys), detail: nobodys?.detail.replace(nowhere, id) };
      expect(withoutIds(others)).toEqual(said);
      expect((await usage(bob)).rows.map(({ key }) => key)).toEqual(['bob']);
    });

    it('is every call where it is an admin', async () => {
      const [ann, boss] = [await make({ name: 'ann' }), await make({ name: 'boss', admin: true })];
      const { call } = await ask(ann);
      const id = call?.id ?? '';
      expect(await front.call('get_call', { id }, { key: boss })).toMatchObject({
        ok: true,
        output: { id, principal: 'ann' },
      });
      const { rows, total } = await usage(boss);
      // Its own is the call before: this one is not over.
      expect(rows.map(({ key, calls }) => [key, calls])).toEqual([
        ['ann', 1],
        ['boss', 1],
      ]);
      expect(total.cost_usd).toBe(call?.cost_usd);
    });
  });
});
