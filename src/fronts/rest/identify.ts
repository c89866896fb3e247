import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Core } from '../../core/services/core.ts';
import { LOCAL, type Principal } from '../../core/call/principal.ts';
import { problem } from '../../errors/problem.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Its sender; on routes that are open to anybody, `local`. */
    principal: Principal;
  }
}

/** Routes that say something of a caller, or spend for it. All else is documentation and health. */
const GUARDED = /^\/(v1|mcp)(\/|$)/;

/**
 * Finds out who sent each request, for every front on the server. A route that does not exist asks
 * nobody for a key.
 */
export function identifyCallers(server: FastifyInstance, core: Core): void {
  server.decorateRequest('principal', null as never);
  server.addHook('onRequest', async (request, reply) => {
    const isGuarded = GUARDED.test(request.routeOptions.url ?? '');
    // It depends on the key: a cache on the way that does not look at x-api-key would give it to another.
    if (isGuarded) reply.header('cache-control', 'no-store');
    request.principal = isGuarded ? await core.identify(secretOf(request)) : LOCAL;
  });
}

/** @throws ProblemError invalid_request for another scheme than Bearer, or for two secrets */
function secretOf({ headers }: FastifyRequest): string | null {
  const sent = headers['x-api-key']?.toString().trim();
  // An empty one is what a client sends whose variable is not set.
  const inHeader = sent === undefined || sent === '' ? null : sent;
  const { authorization } = headers;
  if (authorization === undefined) return inHeader;
  const [, bearer] = /^Bearer +(\S+) *$/i.exec(authorization) ?? [];
  if (bearer === undefined) {
    throw problem('invalid_request', {
      detail: 'The header Authorization must be: Bearer tg_live_… (or send x-api-key: tg_live_…).',
    });
  }
  if (inHeader !== null && inHeader !== bearer) {
    throw problem('invalid_request', {
      detail: 'Authorization and x-api-key name different keys: send one of them.',
    });
  }
  return bearer;
}

/** @throws ProblemError admin_required */
export function demandAdmin({ principal }: FastifyRequest): void {
  if (principal.isAdmin) return;
  throw problem('admin_required', {
    detail: `"${principal.id}" may not manage keys and budgets: make an admin key on the machine itself with \`tollgate keys create NAME --admin\`.`,
  });
}
