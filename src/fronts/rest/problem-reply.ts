import type { FastifyReply } from 'fastify';
import { toWireProblem, type ProblemError } from '../../errors/problem.ts';
import { problemHeaders } from '../../errors/http-problem.ts';

/** Answer with a problem. */
export function replyProblem(
  reply: FastifyReply,
  error: ProblemError,
  context: { baseUrl: string; callId: string | null },
): FastifyReply {
  const problem = toWireProblem(error, context);
  return reply
    .code(problem.status)
    .type('application/problem+json; charset=utf-8')
    .headers(problemHeaders(problem, context.baseUrl))
    .send(problem);
}
