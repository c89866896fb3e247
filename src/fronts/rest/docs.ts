import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import type { Core } from '../../core/services/core.ts';
import { SHARED_SCHEMAS } from './openapi-parts.ts';

/** `/openapi.yaml`, `/openapi.json`, `/docs` and `/llms.txt`. Call before routes are added. */
export async function addDocs(server: FastifyInstance, core: Core): Promise<void> {
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'tollgate',
        version: core.version,
        license: { name: 'MIT', identifier: 'MIT' },
        description:
          'The gate all LLM work of a product goes through. Each tool is one POST; `Accept: text/event-stream` makes it a stream. The same tools are served to agents over MCP at /mcp.',
      },
      servers: [
        { url: '/', description: 'The server this document came from' },
        { url: 'http://127.0.0.1:8484', description: 'A local one' },
      ],
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'A key: tg_live_…' },
          apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'The same' },
        },
      },
      // Without keys, on loopback, nobody needs one.
      security: [{}, { bearer: [] }, { apiKey: [] }],
      tags: [
        { name: 'tools', description: 'What can be called' },
        { name: 'models', description: 'Who answers, at what price, and how they fare' },
        { name: 'ledger', description: 'What was called, and what it cost' },
        { name: 'prompts', description: 'What models are told, and how good the answers were' },
        { name: 'budgets', description: 'What may be spent' },
        { name: 'cache', description: 'Answers that are kept' },
        { name: 'keys', description: 'Who may call' },
        { name: 'server', description: 'The server itself' },
      ],
    },
    refResolver: { buildLocalReference: (schema) => schema['$id'] as string },
  });
  for (const schema of SHARED_SCHEMAS) server.addSchema(schema);
  await server.register(swaggerUi, { routePrefix: '/docs', logo: LOGO });
  server.get('/', { schema: HIDDEN }, (_request, reply) => reply.redirect('/docs'));
  server.get('/openapi.json', { schema: HIDDEN }, () => server.swagger());
  server.get('/openapi.yaml', { schema: HIDDEN }, (_request, reply) =>
    reply
      .type('application/yaml; charset=utf-8')
      .serializer(String)
      .send(server.swagger({ yaml: true })),
  );
  server.get('/llms.txt', { schema: HIDDEN }, (_request, reply) =>
    reply.type('text/markdown; charset=utf-8').serializer(String).send(llmsText(core)),
  );
}

const HIDDEN = { hide: true };

/** The page would show its framework's logo otherwise. */
const LOGO = {
  type: 'image/svg+xml',
  content: Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="40"><text x="0" y="27" font-family="system-ui,sans-serif" font-size="24" font-weight="600" fill="#fff">tollgate</text></svg>',
  ),
};

/** Text for models to use this server without reading all of its docs (llmstxt.org). */
const llmsText = ({ tools, baseUrl }: Core): string => `# tollgate

> LLM tools behind one gate: call them over REST or MCP. Every answer says what it cost.

Call a tool: \`POST ${baseUrl}/v1/tools/{tool}\` with a JSON object. The answer is \`{"output": …, "call": …}\`;
with \`Accept: text/event-stream\` it is a stream that ends with one \`done\` or \`error\` event.
Agents: MCP over Streamable HTTP at \`${baseUrl}/mcp\`.

An error is one JSON object with a stable \`code\`, \`retryable\`, and \`next_actions\`, best first. Do what they say; do
not retry when \`retryable\` is false.

## Tools

${tools.map(({ name, title, description }) => `- [${name}](${baseUrl}/v1/tools/${name}): ${title}. ${description}`).join('\n')}

## Docs

- [OpenAPI](${baseUrl}/openapi.yaml): every route, schema and error
- [Errors](${baseUrl}/errors): every code and what cures it
- [Prompts](${baseUrl}/v1/prompts): what models are told, by version; \`POST /v1/calls/{id}/feedback\` says how good an answer was
- [Calls](${baseUrl}/v1/calls): the ledger, newest first
- [Usage](${baseUrl}/v1/usage?group_by=tool): what was spent
`;
