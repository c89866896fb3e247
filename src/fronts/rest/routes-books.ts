import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { GetUsageInput, GetUsageOutput } from '../../../schemas/get-usage.ts';
import { ListCallsQuery, ListCallsResult } from '../../../schemas/list-calls.ts';
import { toFieldErrors } from '../../call/field-errors.ts';
import type { Gate } from '../../call/gate.ts';
import { toJsonSchema } from '../../call/json-schema.ts';
import { problem } from '../../errors/problem.ts';
import { COMMON_CODES, problemResponses } from './openapi-parts.ts';

/** The ledger over REST: calls, one call, sums. */
export function addBookRoutes(server: FastifyInstance, { books }: Gate): void {
  server.get('/v1/calls', { schema: callsDocs }, ({ query }) =>
    books.calls(parseQuery(ListCallsQuery, query)),
  );
  server.get<{ Params: { id: string } }>('/v1/calls/:id', { schema: callDocs }, ({ params }) =>
    books.call(params.id),
  );
  server.get('/v1/usage', { schema: usageDocs }, ({ query }) =>
    books.usage(parseQuery(GetUsageInput, query)),
  );
}

function parseQuery<S extends z.ZodType>(schema: S, query: unknown): z.output<S> {
  const result = schema.safeParse(query);
  if (result.success) return result.data;
  const errors = result.error.issues.flatMap(toFieldErrors);
  const [first] = errors;
  throw problem('invalid_request', {
    detail: `Query parameter ${first?.pointer.slice(1) ?? ''}: ${first?.detail ?? 'is wrong'}.`,
    errors,
  });
}

const callsDocs = {
  operationId: 'list_calls',
  summary: 'List calls, newest first',
  tags: ['ledger'],
  querystring: toJsonSchema(ListCallsQuery, 'input', 'ListCallsQuery'),
  response: {
    200: {
      description: 'A page of calls',
      ...toJsonSchema(ListCallsResult, 'output', 'ListCallsResult'),
    },
    ...problemResponses(['invalid_request', ...COMMON_CODES]),
  },
};

const callDocs = {
  operationId: 'show_call',
  summary: 'Show the ledger row of one call',
  tags: ['ledger'],
  params: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
  response: {
    200: { description: 'The call', $ref: 'CallMeta#' },
    ...problemResponses(['unknown_call', ...COMMON_CODES]),
  },
};

const usageDocs = {
  operationId: 'sum_usage',
  summary: 'Sum the ledger by tool, model, prompt, principal, feature, user, team or day',
  tags: ['ledger'],
  querystring: toJsonSchema(GetUsageInput, 'input', 'GetUsageInput'),
  response: {
    200: { description: 'The sums', ...toJsonSchema(GetUsageOutput, 'output', 'GetUsageOutput') },
    ...problemResponses(['invalid_request', 'invalid_input', ...COMMON_CODES]),
  },
};
