import { describe, expect, it } from 'vitest';
import type { Call, Layer } from '../../../src/core/call/call.ts';
import { compose } from '../../../src/core/call/compose.ts';

const call = { id: 'call_1' } as Call;
const answer: Layer = () => Promise.resolve({ ok: true, output: 'answer' });

describe('compose', () => {
  it('goes in through the layers in order and comes out in reverse', async () => {
    const steps: string[] = [];
    const step =
      (name: string): Layer =>
      async (passed, next) => {
        steps.push(`${name} in`);
        const outcome = await next(passed);
        steps.push(`${name} out`);
        return outcome;
      };
    const run = compose([step('a'), step('b'), answer]);
    expect(await run(call)).toEqual({ ok: true, output: 'answer' });
    expect(steps).toEqual(['a in', 'b in', 'b out', 'a out']);
  });

  it('shows layers below the copy a layer passes on, and layers above the old one', async () => {
    const seen: string[] = [];
    const rename: Layer = async (passed, next) => {
      const outcome = await next({ ...passed, id: 'call_2' });
      seen.push(passed.id);
      return outcome;
    };
    const look: Layer = (passed) => {
      seen.push(passed.id);
      return answer(passed, () => Promise.reject(new Error('unused')));
    };
    await compose([rename, look])(call);
    expect(seen).toEqual(['call_2', 'call_1']);
  });

  it('lets a layer answer early, so that nothing below runs', async () => {
    let ran = false;
    const below: Layer = (...args) => {
      ran = true;
      return answer(...args);
    };
    await compose([answer, below])(call);
    expect(ran).toBe(false);
  });

  it('refuses a second next(), which would bill everything below twice', async () => {
    let runs = 0;
    async function impatient(...[passed, next]: Parameters<Layer>) {
      await next(passed);
      return next(passed);
    }
    const below: Layer = (...args) => {
      runs += 1;
      return answer(...args);
    };
    await expect(compose([impatient, below])(call)).rejects.toThrow(
      'impatient called next() twice',
    );
    expect(runs).toBe(1);
  });

  it('remembers nothing of an earlier call', async () => {
    const pass: Layer = (passed, next) => next(passed);
    const run = compose([pass, answer]);
    await run(call);
    expect(await run(call)).toEqual({ ok: true, output: 'answer' });
  });

  it('refuses a last layer that calls next()', async () => {
    const pass: Layer = (passed, next) => next(passed);
    await expect(compose([pass])(call)).rejects.toThrow('the last layer must answer');
  });

  it('hands a throw below to the layer above', async () => {
    const broken: Layer = () => Promise.reject(new Error('below'));
    const catching: Layer = (passed, next) =>
      next(passed).catch((error: unknown) => ({ ok: true, output: String(error) }));
    expect(await compose([catching, broken])(call)).toEqual({ ok: true, output: 'Error: below' });
  });

  it('tells of each layer that a call is about to enter', async () => {
    const entered: string[] = [];
    const pass: Layer = function pass(passed, next) {
      return next(passed);
    };
    await compose([pass, answer], (layer, { id }) => {
      entered.push(`${id} ${layer}`);
    })(call);
    expect(entered).toEqual(['call_1 pass', 'call_1 answer']);
  });
});
