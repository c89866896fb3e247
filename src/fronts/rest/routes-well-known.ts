import type { FastifyInstance } from 'fastify';
import type { Gate } from '../../call/gate.ts';

/**
 * What a 401 points to (RFC 9728, OAuth 2.0 Protected Resource Metadata). Keys are made by the owner,
 * so no authorization server is named.
 */
export function addWellKnown(server: FastifyInstance, gate: Gate): void {
  const metadata = () => ({
    resource: `${gate.baseUrl}/mcp`,
    resource_name: 'tollgate',
    bearer_methods_supported: ['header'],
    scopes_supported: ['admin'],
    resource_documentation: `${gate.baseUrl}/docs`,
  });
  for (const path of ['', '/mcp']) {
    const url = `/.well-known/oauth-protected-resource${path}`;
    server.get(url, { schema: { hide: true } }, metadata);
  }
}
