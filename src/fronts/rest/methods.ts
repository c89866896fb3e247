import type { FastifyInstance } from 'fastify';

/**
 * Remembers which methods each route takes, so that an address that exists can answer 405 with
 * `Allow` instead of 404. Call before routes are added.
 * @returns the methods that a path takes; empty if there is no such path
 */
export function rememberMethods(server: FastifyInstance): (path: string) => string[] {
  const routes: { pattern: string[]; methods: string[] }[] = [];
  server.addHook('onRoute', ({ url, method }) => {
    routes.push({ pattern: url.split('/'), methods: [method].flat() });
  });
  return (path) => {
    const segments = path.split('?', 1)[0]?.split('/') ?? [];
    const found = routes.filter(({ pattern }) => matches(pattern, segments));
    return [...new Set(found.flatMap(({ methods }) => methods))];
  };
}

const matches = (pattern: string[], segments: string[]): boolean =>
  pattern.length === segments.length &&
  pattern.every((part, index) => part.startsWith(':') || part === segments[index]);
