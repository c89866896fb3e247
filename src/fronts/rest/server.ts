import fastify, { type FastifyInstance } from 'fastify';
import type { Core } from '../../core/services/core.ts';
import { httpProblem } from '../../errors/http-problem.ts';
import { problem, type ProblemError } from '../../errors/problem.ts';
import { addDocs } from './docs.ts';
import { identifyCallers } from './identify.ts';
import { readJsonBodies } from './json-body.ts';
import { replyProblem } from './problem-reply.ts';
import { addLedgerRoutes } from './routes-ledger.ts';
import { addBudgetRoutes } from './routes-budgets.ts';
import { addCacheRoutes } from './routes-cache.ts';
import { addErrorPages } from './routes-errors.ts';
import { addFeedbackRoutes } from './routes-feedback.ts';
import { addHealthRoutes } from './routes-health.ts';
import { addKeyRoutes } from './routes-keys.ts';
import { addModelRoutes } from './routes-models.ts';
import { addPromptRoutes } from './routes-prompts.ts';
import { addToolRoutes } from './routes-tools.ts';
import { addWellKnown } from './routes-well-known.ts';

interface RestSettings {
  /** Names that requests may come under; null: any. */
  allowedHosts: readonly string[] | null;
  bodyLimitBytes: number;
  /** Most values in a body of JSON. */
  bodyLimitValues: number;
  /** Silence after which a stream says that it is alive, milliseconds. */
  heartbeatMs: number;
  /** Address of the simulator, if it plays the model. */
  simulatorUrl: string | null;
  onError: (error: ProblemError) => void;
}

/** A request that takes longer than this to arrive is dropped: slow senders hold a socket for free. */
const RECEIVE_WITHIN_MS = 120_000;

/** The HTTP server with the REST front on it. Other fronts may be mounted before it listens. */
export async function buildRestServer(
  core: Core,
  settings: RestSettings,
): Promise<FastifyInstance> {
  const server = fastify({
    bodyLimit: settings.bodyLimitBytes,
    forceCloseConnections: true,
    requestTimeout: RECEIVE_WITHIN_MS,
    // A path that cannot be decoded never reaches a route or its error handler.
    frameworkErrors: (error, _request, reply) =>
      void replyProblem(reply, httpProblem(error, settings.bodyLimitBytes), {
        baseUrl: core.baseUrl,
        callId: null,
      }),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 500 },
  });
  // Schemas on routes are for the docs. The pipeline validates, once, for every front alike.
  server.setValidatorCompiler(() => () => true);
  server.setSerializerCompiler(() => (data) => JSON.stringify(data));
  server.removeContentTypeParser('text/plain');
  readJsonBodies(server, settings.bodyLimitValues);
  answerErrors(server, core, settings.onError);
  answerUnknown(server, core);
  guardHosts(server, settings.allowedHosts);
  identifyCallers(server, core);
  await addDocs(server, core);
  addToolRoutes(server, { core, heartbeatMs: settings.heartbeatMs });
  addLedgerRoutes(server, core);
  addFeedbackRoutes(server, core);
  addPromptRoutes(server, core);
  addModelRoutes(server, core);
  addBudgetRoutes(server, core);
  addCacheRoutes(server, core);
  addKeyRoutes(server, core);
  addWellKnown(server, core);
  addHealthRoutes(server, core, settings.simulatorUrl);
  addErrorPages(server);
  return server;
}

function answerErrors(server: FastifyInstance, core: Core, onError: RestSettings['onError']): void {
  server.setErrorHandler((error, _request, reply) => {
    const found = httpProblem(error, server.initialConfig.bodyLimit ?? 0);
    if (found.code === 'internal_error') onError(found);
    return replyProblem(reply, found, { baseUrl: core.baseUrl, callId: null });
  });
}

function answerUnknown(server: FastifyInstance, core: Core): void {
  const methodsAt = rememberMethods(server);
  server.setNotFoundHandler(({ method, url }, reply) => {
    const methods = methodsAt(url);
    const where = url.slice(0, 200);
    if (methods.length > 0) reply.header('allow', methods.join(', '));
    const found =
      methods.length > 0
        ? problem('method_not_allowed', {
            detail: `${where} takes ${methods.join(', ')}, not ${method}.`,
          })
        : problem('unknown_route', { detail: `There is nothing at ${where}.` });
    return replyProblem(reply, found, { baseUrl: core.baseUrl, callId: null });
  });
}

/**
 * Refuses requests that a web page could have made behind its user's back: a Host that is not ours
 * (DNS rebinding) or a browser's Origin that is not ours. Programs send no Origin.
 * @param allowedHosts null: any Host; a page may then call where it came from, and nowhere else
 */
function guardHosts(server: FastifyInstance, allowedHosts: readonly string[] | null): void {
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

/**
 * Remembers which methods each route takes, so that an address that exists can answer 405 with
 * `Allow` instead of 404. Call before routes are added.
 * @returns the methods that a path takes; empty if there is no such path
 */
function rememberMethods(server: FastifyInstance): (path: string) => string[] {
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
