import { secretHere } from '../../config/here.ts';
import type { App } from '../../app/app.ts';
import type { CallRequest, Ended } from '../../core/call/call.ts';
import { ProblemError, toWireProblem } from '../../errors/problem.ts';

type ToolRequest = Pick<CallRequest, 'toolName' | 'input'> & Partial<CallRequest>;

/**
 * One call from the command line, as whoever TOLLGATE_KEY says. A problem is printed on standard
 * error and ends the process with 1. @returns null after a problem
 */
export async function invoke(
  app: App,
  asked: ToolRequest,
): Promise<Extract<Ended, { ok: true }> | null> {
  const fail = (problem: ProblemError, callId: string | null): null => {
    const wire = toWireProblem(problem, { baseUrl: app.baseUrl, callId });
    process.stderr.write(`${pretty(wire)}\n`);
    process.exitCode = 1;
    return null;
  };
  try {
    const ended = await app.invoke({
      principal: await app.identify(secretHere()),
      labels: { feature: null, user: null, team: null },
      idempotencyKey: null,
      front: 'cli',
      signal: new AbortController().signal,
      emit: () => undefined,
      ...asked,
    });
    return ended.ok ? ended : fail(ended.problem, ended.call.id);
  } catch (error) {
    if (error instanceof ProblemError) return fail(error, null);
    throw error;
  }
}

export const pretty = (value: unknown): string => JSON.stringify(value, null, 2);

export const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
