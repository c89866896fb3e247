import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BudgetState } from '../../../schemas/wire/budget.ts';
import type { CallRequest, Ended, Emit } from '../../core/call/call.ts';
import type { Core } from '../../core/services/core.ts';
import { goneSignal } from '../shared/gone-signal.ts';
import { parseIdempotencyKey } from '../shared/idempotency-key.ts';
import { parsePromptWish, PROMPT_HEADER } from '../shared/prompt-wish.ts';
import { toWireCall } from '../../core/call/wire.ts';
import { problem, toWireProblem } from '../../errors/problem.ts';
import { negotiate } from './accept.ts';
import { toLabels } from './labels.ts';
import { replyProblem } from './problem-reply.ts';
import { cacheStatus, type CacheKnown } from './cache-status.ts';
import { rateLimitHeaders, refusingFirst } from './rate-limit-headers.ts';
import { openSse } from './sse.ts';

const OFFERED = ['application/json', 'text/event-stream'];

export interface CallToolSettings {
  core: Core;
  heartbeatMs: number;
}

/** `POST /v1/tools/{tool}`: one JSON answer, or a stream for those who accept one. */
export async function callTool(
  settings: CallToolSettings,
  name: string,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
): Promise<FastifyReply> {
  const { headers, principal, body } = request;
  const accepted = negotiate(headers.accept, OFFERED);
  if (accepted === null) {
    throw problem('not_acceptable', {
      detail: `Nothing in "${headers.accept ?? ''}" can be produced here.`,
    });
  }
  const key = headers['idempotency-key']?.toString();
  const wish = headers[PROMPT_HEADER];
  const asked = {
    toolName: name,
    // No body is no fields: tools without any take a bare POST.
    input: body ?? {},
    principal,
    labels: toLabels(headers),
    idempotencyKey: key === undefined ? null : parseIdempotencyKey(key),
    cacheControl: headers['cache-control'] ?? null,
    promptWish: wish === undefined ? null : parsePromptWish(wish),
    signal: goneSignal(reply.raw),
  };
  return accepted === 'text/event-stream'
    ? stream(settings, asked, reply)
    : answer(settings.core, asked, reply);
}

type RestCall = Omit<CallRequest, 'front' | 'emit'>;

const dropEvents: Emit = () => undefined;

async function answer(core: Core, asked: RestCall, reply: FastifyReply): Promise<FastifyReply> {
  const ended = await core.invoke({ ...asked, front: 'rest', emit: dropEvents });
  const { call } = ended;
  reply.headers(endedHeaders(ended, core.now()));
  if (!ended.ok)
    return replyProblem(reply, ended.problem, { baseUrl: core.baseUrl, callId: call.id });
  return reply.send({ output: ended.output, call: toWireCall(call) });
}

/** Headers about a call, as far as it is known when they go out. */
const headersOf = (
  { id, limits, isReplay, cache }: KnownForHeaders,
  now: number,
): Record<string, string> => ({
  'x-tollgate-call-id': id,
  ...rateLimitHeaders(limits, now),
  ...(cache && { 'cache-status': cacheStatus(cache) }),
  ...(isReplay && { 'idempotency-replayed': 'true' }),
});

interface KnownForHeaders {
  id: string;
  limits: readonly BudgetState[];
  isReplay: boolean;
  cache: CacheKnown | null;
}

function endedHeaders(ended: Ended, now: number): Record<string, string> {
  const { id, meta } = ended.call;
  const states = meta.budget?.limits ?? [];
  const limits = ended.ok ? states : refusingFirst(states, ended.problem.details.limits);
  return headersOf({ id, limits, isReplay: meta.replayOf !== null, cache: meta.cache }, now);
}

/**
 * A failure before the first event is a plain HTTP problem with its own status; from the first
 * event on, the stream ends with exactly one `done` or `error`.
 */
async function stream(
  { core, heartbeatMs }: CallToolSettings,
  asked: RestCall,
  reply: FastifyReply,
): Promise<FastifyReply> {
  let callId = '';
  let headers: Record<string, string> = {};
  const sse = openSse(reply.raw, { heartbeatMs, headers: () => headers });
  const ended = await core.invoke({
    ...asked,
    front: 'sse',
    emit: ({ event, data }) => {
      if (event === 'call') {
        callId = data.id;
        const { budget, replay_of: replayOf, cache: tier } = data;
        const isReplay = replayOf !== undefined;
        const cache = tier === undefined ? null : { tier };
        const limits = budget?.limits ?? [];
        headers = headersOf({ id: callId, limits, isReplay, cache }, core.now());
      }
      return sse.send(callId, event, data);
    },
  });
  const { call } = ended;
  const context = { baseUrl: core.baseUrl, callId: call.id };
  if (!sse.started && !ended.ok) {
    sse.stop();
    return replyProblem(reply.headers(endedHeaders(ended, core.now())), ended.problem, context);
  }
  reply.hijack();
  await (ended.ok
    ? sse.end(call.id, 'done', { output: ended.output, call: toWireCall(call) })
    : sse.end(call.id, 'error', toWireProblem(ended.problem, context)));
  return reply;
}
