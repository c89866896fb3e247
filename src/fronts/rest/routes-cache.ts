import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import {
  CacheEntry,
  CacheSelection,
  CacheStats,
  PurgeResult,
  ShadowReport,
} from '../../../schemas/wire/cache.ts';
import { GetUsageInput } from '../../../schemas/tools/get-usage.ts';
import type { Core } from '../../core/services/core.ts';
import { toJsonSchema } from '../../core/tool/json-schema.ts';
import { problem } from '../../errors/problem.ts';
import { demandAdmin } from './identify.ts';
import { ADMIN_CODES, BODY_CODES, LEDGER_CODES, problemResponses } from './openapi-parts.ts';
import { parseBody, parseQuery } from './parse.ts';

interface ById {
  Params: { id: string };
}

const Span = GetUsageInput.pick({ from: true, to: true });

const THIRTY_DAYS_MS = 30 * 24 * 3600 * 1000;

/** Looking after what is kept, for admins. */
export function addCacheRoutes(server: FastifyInstance, core: Core): void {
  const { cache } = core;
  server.get('/v1/cache', { schema: statsDocs }, (request) => {
    demandAdmin(request);
    return cache.stats(toSpan(parseQuery(Span, request.query), core.now()));
  });
  server.get('/v1/cache/shadow', { schema: shadowDocs }, (request) => {
    demandAdmin(request);
    return cache.shadow();
  });
  server.get<ById>('/v1/cache/entries/:id', { schema: entryDocs }, async (request) => {
    demandAdmin(request);
    const { id } = request.params;
    const found = await cache.inspect(id);
    if (found) return found;
    throw problem('unknown_entry', { detail: `No kept answer has the id "${id.slice(0, 100)}".` });
  });
  server.post('/v1/cache/purge', { schema: purgeDocs }, (request) => {
    demandAdmin(request);
    return cache.purge(parseBody(CacheSelection, request.body));
  });
}

/** The last 30 days unless said otherwise. A call that starts this very millisecond counts. */
function toSpan({ from, to }: z.output<typeof Span>, now: number): { from: number; to: number } {
  const end = to === undefined ? now + 1 : Date.parse(to);
  const start = from === undefined ? end - THIRTY_DAYS_MS : Date.parse(from);
  if (start < end) return { from: start, to: end };
  throw problem('invalid_request', {
    detail: 'Query parameter from: it must be before `to`.',
    errors: [{ pointer: '/from', code: 'too_late', detail: 'It is not before `to`' }],
  });
}

const TAGS = { tags: ['cache'] };
const ID = {
  params: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
};

const statsDocs = {
  ...TAGS,
  operationId: 'show_cache',
  summary: 'Show what kept answers saved, by tier, and what is kept (admins)',
  querystring: toJsonSchema(Span, 'input', 'CacheSpan'),
  response: {
    200: { description: 'The sums', ...toJsonSchema(CacheStats, 'output', 'CacheStats') },
    ...problemResponses([...LEDGER_CODES, ...ADMIN_CODES]),
  },
};

const shadowDocs = {
  ...TAGS,
  operationId: 'show_cache_evidence',
  summary: 'Show what may be served by nearness and why, and suspected false hits (admins)',
  response: {
    200: { description: 'The evidence', ...toJsonSchema(ShadowReport, 'output', 'ShadowReport') },
    ...problemResponses([...LEDGER_CODES, ...ADMIN_CODES]),
  },
};

const entryDocs = {
  ...TAGS,
  ...ID,
  operationId: 'show_cache_entry',
  summary: 'Show one kept answer (admins)',
  response: {
    200: { description: 'The entry', ...toJsonSchema(CacheEntry, 'output', 'CacheEntry') },
    ...problemResponses(['unknown_entry', ...ADMIN_CODES]),
  },
};

const purgeDocs = {
  ...TAGS,
  operationId: 'purge_cache',
  summary: 'Forget kept answers, at once and everywhere (admins)',
  body: toJsonSchema(CacheSelection, 'input', 'CacheSelection'),
  response: {
    200: { description: 'Done', ...toJsonSchema(PurgeResult, 'output', 'PurgeResult') },
    ...problemResponses([...BODY_CODES, ...ADMIN_CODES]),
  },
};
