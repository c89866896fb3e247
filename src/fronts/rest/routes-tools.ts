import type { FastifyInstance } from 'fastify';
import type { JsonSchema } from '../../call/json-schema.ts';
import type { Tool } from '../../call/tool.ts';
import { problem } from '../../errors/problem.ts';
import { callTool, type CallToolSettings } from './call-tool.ts';
import { COMMON_CODES, problemResponses, TOOL_CODES } from './openapi-parts.ts';

/** `GET /v1/tools`, `GET /v1/tools/{tool}`, and one `POST` per tool, so that each has its own docs. */
export function addToolRoutes(server: FastifyInstance, settings: CallToolSettings): void {
  const { tools } = settings.gate;
  server.get('/v1/tools', { schema: listDocs }, () => ({ tools: tools.map(toListed) }));
  server.get<{ Params: { tool: string } }>(
    '/v1/tools/:tool',
    { schema: showDocs },
    ({ params }) => {
      const tool = tools.find((each) => each.name === params.tool);
      if (tool) return toShown(tool);
      const names = tools.map((each) => each.name).join(', ');
      throw problem('unknown_tool', {
        detail: `There is no tool "${params.tool}". There are: ${names}.`,
      });
    },
  );
  for (const tool of tools) {
    server.post(`/v1/tools/${tool.name}`, { schema: callDocs(tool) }, (request, reply) =>
      callTool(settings, tool.name, { request, reply }),
    );
  }
  server.post<{ Params: { tool: string } }>(
    '/v1/tools/:tool',
    { schema: HIDDEN },
    (request, reply) => callTool(settings, request.params.tool, { request, reply }),
  );
}

/** Unknown names take the same road: they are calls too, and leave a row. */
const HIDDEN = { hide: true };

const toListed = ({ name, title, description, kind, annotations }: Tool) => ({
  name,
  title,
  description,
  kind,
  annotations,
  href: `/v1/tools/${name}`,
});

const toShown = (tool: Tool) => ({
  ...toListed(tool),
  input_schema: tool.json.input,
  output_schema: tool.json.output,
  examples: tool.examples,
  ...(tool.kind === 'llm' && { prompt: tool.prompt, streams: tool.streams ?? null }),
  policy: tool.policy,
});

const listDocs = {
  operationId: 'list_tools',
  summary: 'List the tools',
  tags: ['tools'],
  response: {
    200: {
      description: 'Every tool',
      type: 'object',
      properties: { tools: { type: 'array', items: {} } },
    },
    ...problemResponses(COMMON_CODES),
  },
};

const showDocs = {
  operationId: 'show_tool',
  summary: 'Show one tool: schemas, examples, policy',
  tags: ['tools'],
  params: { type: 'object', properties: { tool: { type: 'string' } }, required: ['tool'] },
  response: {
    200: { description: 'The tool', type: 'object', additionalProperties: true },
    ...problemResponses(['unknown_tool', ...COMMON_CODES]),
  },
};

const LABEL_HEADERS = {
  type: 'object',
  properties: {
    'x-tollgate-feature': { type: 'string', description: 'Feature the cost is attributed to' },
    'x-tollgate-user': { type: 'string', description: 'End user the cost is attributed to' },
    'x-tollgate-team': { type: 'string', description: 'Team the cost is attributed to' },
  },
};

const callDocs = (tool: Tool) => ({
  operationId: tool.name,
  summary: tool.title,
  description: tool.description,
  tags: ['tools'],
  headers: LABEL_HEADERS,
  body: { ...tool.json.input, examples: tool.examples.map((example) => example.input) },
  response: {
    200: {
      description:
        'The answer; with `Accept: text/event-stream` the same as a stream of `call`, `queue`, `delta`, `progress`, `restart` and one `done` or `error`',
      content: {
        'application/json': { schema: answerSchema(tool.json.output) },
        'text/event-stream': { schema: STREAM },
      },
    },
    ...problemResponses(TOOL_CODES),
  },
});

const STREAM = {
  type: 'string',
  description:
    'Server-sent events, each with `id`, `event` and JSON `data`: CallEvent first, then QueueEvent, DeltaEvent, ProgressEvent or RestartEvent any number of times, then one DoneEvent, or `error` with a Problem',
};

const answerSchema = (output: JsonSchema): JsonSchema => ({
  type: 'object',
  properties: { output, call: { $ref: 'CallMeta#' } },
  required: ['output', 'call'],
});
