import type { ModelRequest } from '../provider.ts';

/**
 * How a server is told the shape of the reply. `json_schema`: it enforces the schema. `json_object`:
 * it enforces JSON, and the schema is in the prompt. `prompt`: it knows no `response_format` at all.
 */
export type Structured = 'json_schema' | 'json_object' | 'prompt';

/** The body of a chat completion. `max_tokens` is the old name, and the one that every server knows. */
export const toBody = (request: ModelRequest, structured: Structured) => ({
  model: request.model,
  messages: toMessages(request, structured),
  max_tokens: request.maxOutputTokens,
  stream: true,
  stream_options: { include_usage: true },
  ...responseFormat(request, structured),
});

function toMessages({ system, user, replySchema, repair }: ModelRequest, structured: Structured) {
  const shape = `${system}\n\nAnswer with one JSON object and nothing else: no words around it, no code fence. It must be valid against this JSON Schema:\n${JSON.stringify(replySchema)}`;
  return [
    { role: 'system', content: structured === 'json_schema' ? system : shape },
    { role: 'user', content: user },
    ...(repair === null
      ? []
      : [
          { role: 'assistant', content: repair.reply },
          { role: 'user', content: repair.complaint },
        ]),
  ];
}

function responseFormat({ replySchema }: ModelRequest, structured: Structured) {
  if (structured === 'prompt') return {};
  if (structured === 'json_object') return { response_format: { type: 'json_object' } };
  const format = { name: 'reply', schema: replySchema, strict: true };
  return { response_format: { type: 'json_schema', json_schema: format } };
}
