import type { FastifyInstance } from 'fastify';
import { ListPromptsResult, PromptDetails, PromptText } from '../../../schemas/wire/prompt.ts';
import type { Core } from '../../core/services/core.ts';
import { toJsonSchema } from '../../core/tool/json-schema.ts';
import { COMMON_CODES, KEY_CODES, problemResponses } from './openapi-parts.ts';

interface ById {
  Params: { id: string };
}
interface ByVersion {
  Params: { id: string; version: string };
}

/** Prompts of models, for whoever may call the tools that use them. */
export function addPromptRoutes(server: FastifyInstance, { prompts }: Core): void {
  server.get('/v1/prompts', { schema: listDocs }, ({ principal }) => prompts.list(principal));
  server.get<ById>('/v1/prompts/:id', { schema: showDocs }, ({ principal, params }) =>
    prompts.show(principal, params.id),
  );
  server.get<ByVersion>(
    '/v1/prompts/:id/:version',
    { schema: textDocs },
    ({ principal, params: { id, version } }) => prompts.text(principal, id, version),
  );
}

const TAGS = { tags: ['prompts'] };

const listDocs = {
  ...TAGS,
  operationId: 'list_prompts',
  summary: 'List the prompts of the tools you may call: versions, shares, variables',
  response: {
    200: {
      description: 'Every prompt that you may see',
      ...toJsonSchema(ListPromptsResult, 'output', 'ListPromptsResult'),
    },
    ...problemResponses([...KEY_CODES, ...COMMON_CODES]),
  },
};

const showDocs = {
  ...TAGS,
  operationId: 'show_prompt',
  summary: 'Show one prompt: its versions, who is given which',
  params: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
  response: {
    200: {
      description: 'The prompt',
      ...toJsonSchema(PromptDetails, 'output', 'PromptDetails'),
    },
    ...problemResponses(['unknown_prompt', ...KEY_CODES, ...COMMON_CODES]),
  },
};

const textDocs = {
  ...TAGS,
  operationId: 'show_prompt_version',
  summary: 'Show the text of one version of a prompt',
  params: {
    type: 'object',
    properties: {
      id: { type: 'string' },
      version: { type: 'string', description: 'For example v1' },
    },
    required: ['id', 'version'],
  },
  response: {
    200: { description: 'The file', ...toJsonSchema(PromptText, 'output', 'PromptText') },
    ...problemResponses(['unknown_prompt', ...KEY_CODES, ...COMMON_CODES]),
  },
};
