import type { FastifyInstance } from 'fastify';
import type { JsonSchema } from '../../core/tool/json-schema.ts';
import type { Principal } from '../../core/call/principal.ts';
import { hasPrompt, type Tool } from '../../core/tool/define-tool.ts';
import { problem } from '../../errors/problem.ts';
import { callTool, type CallToolSettings } from './call-tool.ts';
import {
  COMMON_CODES,
  KEY_CODES,
  LABEL_HEADERS,
  problemResponses,
  PROMPT_HEADERS,
  RATE_LIMIT_HEADERS,
  TOOL_CODES,
} from './openapi-parts.ts';

/** `GET /v1/tools`, `GET /v1/tools/{tool}`, and one `POST` per tool, so that each has its own docs. */
export function addToolRoutes(server: FastifyInstance, settings: CallToolSettings): void {
  const { tools } = settings.core;
  server.get('/v1/tools', { schema: listDocs }, ({ principal }) => ({
    tools: toolsOf(principal, tools).map(toListed),
  }));
  server.get<{ Params: { tool: string } }>(
    '/v1/tools/:tool',
    { schema: showDocs },
    ({ principal, params }) => {
      const shown = toolsOf(principal, tools);
      const tool = shown.find((each) => each.name === params.tool);
      if (tool) return toShown(tool);
      const names = shown.map((each) => each.name).join(', ');
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

/** A key that may call some tools only is shown no others. */
const toolsOf = ({ tools: allowed }: Principal, tools: readonly Tool[]): readonly Tool[] =>
  allowed === null ? tools : tools.filter(({ name }) => allowed.includes(name));

/** Unknown names take the same road: they are calls too, and leave a row. */
const HIDDEN = { hide: true };

const toListed = (tool: Tool) => {
  const { name, title, description, annotations } = tool;
  const kind = hasPrompt(tool) ? 'llm' : 'function';
  return { name, title, description, kind, annotations, href: `/v1/tools/${name}` };
};

const toShown = (tool: Tool) => ({
  ...toListed(tool),
  input_schema: tool.json.input,
  output_schema: tool.json.output,
  examples: tool.examples,
  ...(hasPrompt(tool) && { prompt: tool.prompt, streams: tool.streams ?? null }),
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
    ...problemResponses([...KEY_CODES, ...COMMON_CODES]),
  },
};

const showDocs = {
  operationId: 'show_tool',
  summary: 'Show one tool: schemas, examples, policy',
  tags: ['tools'],
  params: { type: 'object', properties: { tool: { type: 'string' } }, required: ['tool'] },
  response: {
    200: { description: 'The tool', type: 'object', additionalProperties: true },
    ...problemResponses(['unknown_tool', ...KEY_CODES, ...COMMON_CODES]),
  },
};

const CALL_HEADERS = {
  type: 'object',
  properties: {
    'idempotency-key': {
      type: 'string',
      description:
        'The same key and body give the first outcome again, without a second charge; kept for a day',
    },
    ...PROMPT_HEADERS,
    ...LABEL_HEADERS,
  },
};

const callDocs = (tool: Tool) => ({
  operationId: tool.name,
  summary: tool.title,
  description: tool.description,
  tags: ['tools'],
  headers: CALL_HEADERS,
  body: { ...tool.json.input, examples: tool.examples.map((example) => example.input) },
  response: {
    200: {
      description:
        'The answer; with `Accept: text/event-stream` the same as a stream of `call`, `queue`, `delta`, `progress`, `restart` and one `done` or `error`',
      content: {
        'application/json': { schema: answerSchema(tool.json.output) },
        'text/event-stream': { schema: STREAM },
      },
      headers: ANSWER_HEADERS,
    },
    ...problemResponses(TOOL_CODES),
  },
});

const ANSWER_HEADERS = {
  ...RATE_LIMIT_HEADERS,
  'Idempotency-Replayed': { type: 'string', description: 'true: an earlier outcome, again' },
};

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
