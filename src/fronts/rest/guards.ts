import type { FastifyInstance } from 'fastify';
import { problem } from '../../errors/problem.ts';

/**
 * Refuses requests that a web page could have made behind its user's back: a Host that is not ours
 * (DNS rebinding) or a browser's Origin that is not ours. Programs send no Origin.
 * @param allowedHosts null: any Host; a page may then call where it came from, and nowhere else
 */
export function guardHosts(server: FastifyInstance, allowedHosts: readonly string[] | null): void {
  const allowed = allowedHosts && new Set(allowedHosts.map((host) => host.toLowerCase()));
  server.addHook('onRequest', (request, _reply, done) => {
    const { host, origin } = request.headers;
    const name = hostname(`http://${host ?? ''}`);
    const isOurs = (each: string): boolean => (allowed ? allowed.has(each) : each === name);
    if (name === '' || !isOurs(name)) {
      done(problem('forbidden_host', { detail: `The Host "${host ?? ''}" is not served here.` }));
    } else if (origin !== undefined && !isOurs(hostname(origin))) {
      done(problem('forbidden_origin', { detail: `The Origin "${origin}" is not allowed here.` }));
    } else {
      done();
    }
  });
}

/** Without port; IPv6 in brackets. Empty when the address makes no sense. */
const hostname = (address: string): string =>
  URL.canParse(address) ? new URL(address).hostname.toLowerCase() : '';
