import type { FastifyInstance } from 'fastify';
import { problem } from '../../errors/problem.ts';

/**
 * Refuses requests that a web page could have made behind its user's back: a Host that is not ours
 * (DNS rebinding) or a browser's Origin that is not ours. Programs send no Origin.
 */
export function guardHosts(server: FastifyInstance, allowedHosts: readonly string[]): void {
  const allowed = new Set(allowedHosts.map((host) => host.toLowerCase()));
  server.addHook('onRequest', (request, _reply, done) => {
    const { host, origin } = request.headers;
    if (!allowed.has(hostname(`http://${host ?? ''}`))) {
      done(problem('forbidden_host', { detail: `The Host "${host ?? ''}" is not served here.` }));
    } else if (origin !== undefined && !allowed.has(hostname(origin))) {
      done(problem('forbidden_origin', { detail: `The Origin "${origin}" is not allowed here.` }));
    } else {
      done();
    }
  });
}

/** Without port; IPv6 in brackets. Empty when the address makes no sense, which matches nothing. */
const hostname = (address: string): string =>
  URL.canParse(address) ? new URL(address).hostname.toLowerCase() : '';
