import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../../src/simulator/server.ts';
import { type Called, type OpenFront } from '../support/fronts.ts';
import { IN_PROCESS } from './in-process.ts';

const INPUT = { text: 'hey there, where is my parcel?', instruction: 'Make it formal.' };

/** Answers as a person would compare them. */
const said = ({ ok, output }: Called): unknown => ({ ok, output });

describe.each(IN_PROCESS)('an idempotency key over $name', ({ open }) => {
  let simulator: Simulator;
  let front: OpenFront;
  beforeAll(async () => {
    simulator = await startSimulator({ speed: 40, seed: 'idempotency' });
    front = await open({ modelUrl: simulator.url });
  });
  afterAll(async () => {
    await front.close();
    await simulator.close();
  });

  it('gives the first outcome again, at no second charge, as a call of its own', async () => {
    const extra = { idempotencyKey: 'order-1' };
    const first = await front.call('rewrite_text', INPUT, extra);
    const asked = simulator.ledger().length;
    const second = await front.call('rewrite_text', INPUT, extra);
    expect(said(second)).toEqual(said(first));
    expect(simulator.ledger()).toHaveLength(asked);
    expect(second.call).toMatchObject({
      served_by: 'replay',
      replay_of: first.call?.id,
      cost_usd: 0,
      saved_usd: first.call?.cost_usd,
      attempts: [],
    });
    expect((await front.rows())[0]).toEqual(second.call);
  });

  it('runs once, however many ask for it at once', async () => {
    const before = simulator.ledger().length;
    const extra = { idempotencyKey: 'order-2' };
    const all = await Promise.all(
      Array.from({ length: 8 }, () => front.call('rewrite_text', INPUT, extra)),
    );
    expect(simulator.ledger()).toHaveLength(before + 1);
    expect(new Set(all.map((each) => JSON.stringify(said(each)))).size).toBe(1);
    expect(all.filter(({ call }) => call?.served_by === 'model')).toHaveLength(1);
  });

  it('stands for one call only', async () => {
    const extra = { idempotencyKey: 'order-1' };
    const other = await front.call('rewrite_text', { ...INPUT, tone: 'concise' }, extra);
    expect(other.problem).toMatchObject({ code: 'idempotency_mismatch', status: 422 });
    const tool = await front.call('summarize_text', { text: 'Long. Text.' }, extra);
    expect(tool.problem?.code).toBe('idempotency_mismatch');
  });

  it('is free again after a failure that may pass, so that the retry runs', async () => {
    const extra = { idempotencyKey: 'order-3' };
    simulator.faults.add([{ fault: 'overloaded-529' }]);
    const failed = await front.call('rewrite_text', { ...INPUT, tone: 'formal' }, extra);
    expect(failed.problem).toMatchObject({ code: 'model_unavailable', retryable: true });
    simulator.faults.clear();
    const again = await front.call('rewrite_text', { ...INPUT, tone: 'formal' }, extra);
    expect(again).toMatchObject({ ok: true, call: { served_by: 'model' } });
  });
});
