import { describe, expect, it } from 'vitest';
import type { Call, Labels, Outcome } from '../../src/core/call/call.ts';
import { LOCAL, type Principal } from '../../src/core/call/principal.ts';
import { toProblem } from '../../src/errors/to-problem.ts';
import { buildCheckAccess } from '../../src/layers/check-access.ts';
import { fakeCall } from '../support/calls.ts';

const layer = buildCheckAccess();
const NONE: Labels = { team: null, user: null, feature: null };
const WEB: Principal = { ...LOCAL, id: 'web' };
const DONE: Outcome = { ok: true, output: { done: true } };

/** How a call ends: let through, or the code and what is said. */
async function ending(over: Partial<Call>): Promise<string> {
  const call = fakeCall({ toolName: 'answer_question', claimedLabels: NONE, ...over });
  const passed: Call[] = [];
  try {
    const outcome = await layer(call, (below) => {
      passed.push(below);
      return Promise.resolve(DONE);
    });
    expect(outcome).toBe(DONE);
    expect(passed).toEqual([call]);
    return 'passes';
  } catch (error) {
    expect(passed).toEqual([]);
    const { code, message } = toProblem(error);
    return `${code}: ${message}`;
  }
}

describe('the tools of a key', () => {
  const tools = ['answer_question', 'get_usage'];

  it('are all that it may call; below is reached with the same call', async () => {
    expect(await ending({ principal: { ...WEB, tools } })).toBe('passes');
    expect(await ending({ principal: { ...WEB, tools }, toolName: 'get_usage' })).toBe('passes');
  });

  it('are named when it calls another', async () => {
    expect(await ending({ principal: { ...WEB, tools }, toolName: 'extract_data' })).toBe(
      'forbidden_tool: The key "web" may not call "extract_data". It may call: answer_question, get_usage.',
    );
  });

  it('say nothing about which other tools there are', async () => {
    const [real, made] = await Promise.all(
      ['extract_data', 'no_such_tool'].map((toolName) =>
        ending({ principal: { ...WEB, tools }, toolName }),
      ),
    );
    expect(made).toBe(real?.replace('extract_data', 'no_such_tool'));
  });

  it('are all tools where none is named, for admins and local too', async () => {
    for (const principal of [WEB, LOCAL, { ...WEB, isAdmin: true }]) {
      expect(await ending({ principal, toolName: 'anything' })).toBe('passes');
    }
  });

  it('bind an admin who has some as anybody', async () => {
    const principal = { ...WEB, tools, isAdmin: true };
    expect(await ending({ principal, toolName: 'extract_data' })).toMatch(/^forbidden_tool/);
  });
});

describe.each(['team', 'user', 'feature'] as const)('the %s of a key', (name) => {
  const principal: Principal = { ...WEB, labels: { ...NONE, [name]: 'shop' } };

  it('may be claimed, or left out', async () => {
    expect(await ending({ principal })).toBe('passes');
    expect(await ending({ principal, claimedLabels: { ...NONE, [name]: 'shop' } })).toBe('passes');
  });

  it.each(['bank', 'Shop', ''])('cannot be another one: %j', async (claimed) => {
    expect(await ending({ principal, claimedLabels: { ...NONE, [name]: claimed } })).toBe(
      `forbidden_label: The key "web" belongs to the ${name} "shop" and cannot call as "${claimed}".`,
    );
  });

  it('leaves the other labels to the caller', async () => {
    const claimedLabels = { team: 'x', user: 'y', feature: 'z', [name]: null };
    expect(await ending({ principal, claimedLabels })).toBe('passes');
  });

  it('is free where the key has none', async () => {
    const claimedLabels = { ...NONE, [name]: 'bank' };
    expect(await ending({ principal: WEB, claimedLabels })).toBe('passes');
  });
});
