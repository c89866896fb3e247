import type { FastifyReply } from 'fastify';
import { toWireProblem, type ProblemError } from '../../errors/problem.ts';
import type { Problem } from '../../../schemas/problem.ts';

/** Headers that say in HTTP's words what the problem says in its own; they must never disagree. */
export function problemHeaders(problem: Problem): Record<string, string> {
  const wait = problem.retry_after_ms;
  return {
    'content-type': 'application/problem+json; charset=utf-8',
    // Read by the Anthropic SDK and its relatives, over any status.
    'x-should-retry': String(problem.retryable),
    ...(wait !== null && { 'retry-after': String(Math.ceil(wait / 1000)) }),
  };
}

/** Answer with a problem. */
export function replyProblem(
  reply: FastifyReply,
  error: ProblemError,
  context: { baseUrl: string; callId: string | null },
): FastifyReply {
  const problem = toWireProblem(error, context);
  return reply.code(problem.status).headers(problemHeaders(problem)).send(problem);
}
