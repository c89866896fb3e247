import type { FastifyInstance } from 'fastify';
import { ListModelsResult } from '../../../schemas/wire/model.ts';
import type { Core } from '../../core/services/core.ts';
import { toJsonSchema } from '../../core/tool/json-schema.ts';
import { COMMON_CODES, KEY_CODES, problemResponses } from './openapi-parts.ts';

/** `GET /v1/models`: what the chains consist of, and how it fares. */
export function addModelRoutes(server: FastifyInstance, core: Core): void {
  server.get('/v1/models', { schema: docs }, () => ({ models: core.models() }));
}

const docs = {
  operationId: 'list_models',
  summary: 'List the models of all chains: price, breaker, queue, usual speed',
  tags: ['models'],
  response: {
    200: {
      description: 'Every model',
      ...toJsonSchema(ListModelsResult, 'output', 'ListModelsResult'),
    },
    ...problemResponses([...KEY_CODES, ...COMMON_CODES]),
  },
};
