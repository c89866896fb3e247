import type { Logger } from 'pino';
import type { Layer } from '../core/call/call.ts';
import { toUsd } from '../core/call/wire.ts';
import { totalCostNanoUsd, totalUsage } from '../core/call/usage.ts';

/** One log line per call, whatever happens. Inputs and outputs are never logged. */
export const buildTraceCall = (log: Logger): Layer =>
  async function traceCall(call, next) {
    const outcome = await next(call);
    const { meta } = call;
    const usage = totalUsage(meta);
    const line = {
      call: call.id,
      tool: call.toolName,
      front: call.front,
      principal: call.principal.id,
      finish: meta.finish,
      served_by: meta.servedBy,
      degraded: meta.degraded,
      model: meta.model,
      attempts: meta.attempts.length,
      input_tokens: usage.input,
      output_tokens: usage.output,
      cost_usd: toUsd(totalCostNanoUsd(meta)),
      ttft_ms: meta.ttftMs,
      latency_ms: meta.latencyMs,
    };
    if (outcome.ok) {
      log.info(line, 'call');
    } else {
      const { code, details } = outcome.problem;
      // A cause is somebody's real error: the one thing that must be findable by call id.
      const level = details.cause === undefined ? 'info' : 'error';
      log[level]({ ...line, code, detail: details.detail, err: details.cause }, 'call');
    }
    return outcome;
  };
