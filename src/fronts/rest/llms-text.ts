import type { Core } from '../../core/services/core.ts';

/** What a model needs to know to use this server without reading all of its docs (llmstxt.org). */
export const llmsText = ({ tools, baseUrl }: Core): string => `# tollgate

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
