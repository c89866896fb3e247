import type { FastifyInstance } from 'fastify';
import { Feedback, FeedbackResult } from '../../../schemas/wire/feedback.ts';
import type { Core } from '../../core/services/core.ts';
import { toJsonSchema } from '../../core/tool/json-schema.ts';
import { BODY_CODES, COMMON_CODES, KEY_CODES, problemResponses } from './openapi-parts.ts';
import { parseBody } from './parse.ts';

/** Saying how good an answer was, for whoever asked for it. */
export function addFeedbackRoutes(server: FastifyInstance, core: Core): void {
  server.post<{ Params: { id: string } }>(
    '/v1/calls/:id/feedback',
    { schema: docs },
    ({ principal, params, body }) =>
      core.feedback.give(principal, params.id, parseBody(Feedback, body)),
  );
}

const docs = {
  operationId: 'rate_call',
  summary:
    'Say how good the answer of a call of yours was: it counts for the version of the prompt, and a wrong one is not served so again',
  tags: ['prompts'],
  params: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
  body: toJsonSchema(Feedback, 'input', 'Feedback'),
  response: {
    200: {
      description: 'What came of it',
      ...toJsonSchema(FeedbackResult, 'output', 'FeedbackResult'),
    },
    ...problemResponses(['unknown_call', ...BODY_CODES, ...KEY_CODES, ...COMMON_CODES]),
  },
};
