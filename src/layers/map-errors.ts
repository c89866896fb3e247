import type { CallMeta, Layer } from '../core/call/call.ts';
import type { Code } from '../errors/codes.ts';
import { problem } from '../errors/problem.ts';
import { toProblem } from '../errors/to-problem.ts';

const FINISH: Partial<Record<Code, CallMeta['finish']>> = {
  cancelled: 'cancelled',
  output_truncated: 'truncated',
  model_refused: 'refused',
};

/** Anything thrown below becomes one problem, with what a stream had sent by then; nothing else leaves. */
export const buildMapErrors = (): Layer =>
  async function mapErrors(call, next) {
    const { meta } = call;
    try {
      const outcome = await next(call);
      if (!outcome.ok) throw outcome.problem;
      meta.finish = 'complete';
      return outcome;
    } catch (error) {
      const { code, details } = toProblem(error);
      const found = problem(code, { ...details, ...(meta.partial && { partial: meta.partial }) });
      meta.finish = FINISH[code] ?? 'error';
      meta.errorCode = code;
      meta.servedBy = 'none';
      return { ok: false, problem: found };
    }
  };
