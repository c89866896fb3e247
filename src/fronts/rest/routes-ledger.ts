import type { FastifyInstance } from 'fastify';
import { GetUsageInput, GetUsageOutput } from '../../../schemas/tools/get-usage.ts';
import { ListCallsQuery, ListCallsResult } from '../../../schemas/wire/list-calls.ts';
import type { Core } from '../../core/services/core.ts';
import { toJsonSchema } from '../../core/tool/json-schema.ts';
import { COMMON_CODES, KEY_CODES, LEDGER_CODES, problemResponses } from './openapi-parts.ts';
import { parseQuery } from './parse.ts';

/** The ledger over REST: calls, one call, sums. */
export function addLedgerRoutes(server: FastifyInstance, core: Core): void {
  server.get('/v1/calls', { schema: callsDocs }, ({ principal, query }) =>
    core.ledger(principal).calls(parseQuery(ListCallsQuery, query)),
  );
  server.get<{ Params: { id: string } }>(
    '/v1/calls/:id',
    { schema: callDocs },
    ({ principal, params }) => core.ledger(principal).call(params.id),
  );
  server.get('/v1/usage', { schema: usageDocs }, ({ principal, query }) =>
    core.ledger(principal).usage(parseQuery(GetUsageInput, query)),
  );
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
    ...problemResponses(['invalid_request', ...LEDGER_CODES, ...KEY_CODES, ...COMMON_CODES]),
  },
};

const callDocs = {
  operationId: 'show_call',
  summary: 'Show the ledger row of one call',
  tags: ['ledger'],
  params: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
  response: {
    200: { description: 'The call', $ref: 'CallMeta#' },
    ...problemResponses(['unknown_call', ...KEY_CODES, ...COMMON_CODES]),
  },
};

const usageDocs = {
  operationId: 'sum_usage',
  summary: 'Sum the ledger by tool, model, prompt, principal, feature, user, team or day',
  tags: ['ledger'],
  querystring: toJsonSchema(GetUsageInput, 'input', 'GetUsageInput'),
  response: {
    200: { description: 'The sums', ...toJsonSchema(GetUsageOutput, 'output', 'GetUsageOutput') },
    ...problemResponses([
      'invalid_request',
      'invalid_input',
      ...LEDGER_CODES,
      ...KEY_CODES,
      ...COMMON_CODES,
    ]),
  },
};
