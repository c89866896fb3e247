import type { FastifyInstance } from 'fastify';
import type { Core } from '../../core/services/core.ts';

/**
 * Target of a 401 (RFC 9728, OAuth 2.0 Protected Resource Metadata). Keys are made by the owner,
 * so no authorization server is named. The resource is the one that the path is about: clients
 * must not use metadata that name another.
 */
export function addWellKnown(server: FastifyInstance, core: Core): void {
  for (const path of ['', '/mcp']) {
    const url = `/.well-known/oauth-protected-resource${path}`;
    server.get(url, { schema: { hide: true } }, () => ({
      resource: `${core.baseUrl}${path}`,
      resource_name: 'tollgate',
      bearer_methods_supported: ['header'],
      scopes_supported: ['admin'],
      resource_documentation: `${core.baseUrl}/docs`,
    }));
  }
}
