import { toJsonSchema, type JsonSchema } from '../../core/tool/json-schema.ts';
import { CODES, rowOf, type Code } from '../../errors/codes.ts';
import { CallMeta } from '../../../schemas/wire/call.ts';
import {
  CallEvent,
  DeltaEvent,
  DoneEvent,
  ProgressEvent,
  QueueEvent,
  RestartEvent,
} from '../../../schemas/wire/events.ts';
import { Problem } from '../../../schemas/wire/problem.ts';

/** Shapes that many routes share; `$id` becomes the name in `components.schemas`. */
export const SHARED_SCHEMAS: readonly (JsonSchema & { $id: string })[] = [
  { $id: 'Problem', ...problemSchema() },
  ...Object.entries({
    CallMeta,
    CallEvent,
    QueueEvent,
    RestartEvent,
    DeltaEvent,
    ProgressEvent,
    DoneEvent,
  }).map(([$id, schema]) => ({ $id, ...toJsonSchema(schema, 'output', $id) })),
];

/** The codes come from the one table, so the docs cannot miss one. */
function problemSchema(): JsonSchema {
  const schema = toJsonSchema(Problem, 'output', 'Problem');
  const properties = schema['properties'] as Record<string, JsonSchema>;
  return {
    ...schema,
    properties: { ...properties, code: { ...properties['code'], enum: Object.keys(CODES) } },
  };
}

/** Error answers of a route, by status, each naming its codes. The same code may come twice. */
export function problemResponses(given: readonly Code[]): Record<string, JsonSchema> {
  const codes = [...new Set(given)];
  const statuses = [...new Set(codes.map((code) => rowOf(code).status))].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => {
      const here = codes.filter((code) => rowOf(code).status === status);
      return [
        String(status),
        {
          description: here.map((code) => `\`${code}\`: ${rowOf(code).title}`).join('. '),
          content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
        },
      ];
    }),
  );
}

/** Codes of any route. */
export const COMMON_CODES: readonly Code[] = [
  'forbidden_host',
  'forbidden_origin',
  'method_not_allowed',
  'internal_error',
];

/** Codes of any route that needs to know who asks. */
export const KEY_CODES: readonly Code[] = [
  // Another scheme than Bearer, or two keys.
  'invalid_request',
  'missing_key',
  'invalid_key',
  'expired_key',
  'revoked_key',
];

/** Codes of any route that asks what may be a large ledger. */
export const LEDGER_CODES: readonly Code[] = ['question_too_large', 'ledger_busy'];

/** Codes of any route that takes a body, besides tools. */
export const BODY_CODES: readonly Code[] = [
  'invalid_input',
  'malformed_json',
  'payload_too_large',
  'unsupported_media_type',
];

/** Codes of any route that is for admins. */
export const ADMIN_CODES: readonly Code[] = ['admin_required', ...KEY_CODES, ...COMMON_CODES];

/** Codes of other routes, or seen in the ledger only. */
const NOT_OF_CALLS: readonly Code[] = [
  'unknown_route',
  'too_many_sessions',
  'unknown_session',
  'admin_required',
  'unknown_key',
  'key_exists',
  'unknown_budget',
  'budget_declared',
  'unknown_entry',
  'process_lost',
];

/** Codes of a tool call: everything but those of other routes. */
export const TOOL_CODES: readonly Code[] = (Object.keys(CODES) as Code[]).filter(
  (code) => !NOT_OF_CALLS.includes(code),
);

const label = (what: string) => ({
  type: 'string',
  description: `${what}: UTF-8, or percent-encoded behind utf-8'' (RFC 8187); no control characters`,
});

/** Request headers of what is limited or charged by label. */
export const LABEL_HEADERS = {
  'x-tollgate-feature': label('Feature the cost is attributed to'),
  'x-tollgate-user': label('End user the cost is attributed to'),
  'x-tollgate-team': label('Team the cost is attributed to'),
};

/** Request header of calls whose prompt is chosen by the caller. */
export const PROMPT_HEADERS = {
  'x-tollgate-prompt': {
    type: 'string',
    description:
      'Version of the prompt that answers, for example faq@v3; needs a key made with --pin-prompts',
  },
};

/** Headers of answers that say how budgets stand. */
export const RATE_LIMIT_HEADERS = {
  RateLimit: {
    type: 'string',
    description:
      'What is left of each budget that limits you, tightest first, and seconds to its reset',
  },
  'RateLimit-Policy': {
    type: 'string',
    description: 'Limit, window and unit of each of them',
  },
};
