import type { Upstream } from '../../schemas/wire/problem.ts';
import type { Code } from '../errors/codes.ts';
import { problem, ProblemError } from '../errors/problem.ts';
import type { ReceivedSoFar } from './attempt-usage.ts';

interface ReplyOrigin {
  provider: string;
  model: string;
  signal: AbortSignal;
}

/** A stream that just ends is whole only if it said so: cuts and aborts end silently. */
export function whyNotWhole(received: ReceivedSoFar, asked: ReplyOrigin): ProblemError | null {
  const { signal, model } = asked;
  if (received.ended === 'complete') return null;
  if (received.ended !== null) return stopped(received, asked);
  if (signal.aborted) {
    return signal.reason instanceof ProblemError
      ? signal.reason
      : problem('cancelled', { detail: 'The call was cancelled.' });
  }
  return problem('model_stream_broken', {
    detail: `The answer of ${model} stopped before its last event.`,
    upstream: upstreamOf(received, asked),
  });
}

const STOPPED = {
  truncated: ['output_truncated', 'reached its output limit before the answer was complete.'],
  refused: ['model_refused', 'declined to answer this input.'],
  paused: ['model_paused', 'paused its turn instead of answering.'],
  context_exceeded: ['context_exceeded', 'ran out of context before the answer was complete.'],
} as const satisfies Record<string, readonly [Code, string]>;

function stopped(received: ReceivedSoFar, asked: ReplyOrigin): ProblemError {
  const [code, words] = STOPPED[received.ended as keyof typeof STOPPED];
  return problem(code, {
    detail: `${asked.model} ${words}${received.why === null ? '' : ` It said: ${received.why}`}`,
    upstream: upstreamOf(received, asked),
  });
}

/** It had answered with 200 and began well. */
const upstreamOf = ({ requestId }: ReceivedSoFar, { provider, model }: ReplyOrigin): Upstream => ({
  provider,
  model,
  status: 200,
  type: null,
  request_id: requestId,
});
