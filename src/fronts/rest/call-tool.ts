import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CallRequest, Emit } from '../../call/call.ts';
import type { Gate } from '../../call/gate.ts';
import { goneSignal } from '../../call/gone-signal.ts';
import { toWireCall } from '../../call/wire.ts';
import { problem, toWireProblem } from '../../errors/problem.ts';
import { negotiate } from './accept.ts';
import { toLabels } from './labels.ts';
import { replyProblem } from './problem-reply.ts';
import { openSse } from './sse.ts';

const OFFERED = ['application/json', 'text/event-stream'];

export interface CallToolSettings {
  gate: Gate;
  heartbeatMs: number;
}

/** `POST /v1/tools/{tool}`: one JSON answer, or a stream for those who accept one. */
export async function callTool(
  settings: CallToolSettings,
  name: string,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
): Promise<FastifyReply> {
  const accepted = negotiate(request.headers.accept, OFFERED);
  if (accepted === null) {
    throw problem('not_acceptable', {
      detail: `Nothing in "${request.headers.accept ?? ''}" can be produced here.`,
    });
  }
  const asked = {
    toolName: name,
    // No body is no fields: tools without any take a bare POST.
    input: request.body ?? {},
    labels: toLabels(request.headers),
    signal: goneSignal(reply.raw),
  };
  return accepted === 'text/event-stream'
    ? stream(settings, asked, reply)
    : answer(settings.gate, asked, reply);
}

type Asked = Pick<CallRequest, 'toolName' | 'input' | 'labels' | 'signal'>;

const dropEvents: Emit = () => undefined;

async function answer(gate: Gate, asked: Asked, reply: FastifyReply): Promise<FastifyReply> {
  const ended = await gate.invoke({ ...asked, front: 'rest', emit: dropEvents });
  const { call } = ended;
  reply.header('x-tollgate-call-id', call.id);
  if (!ended.ok)
    return replyProblem(reply, ended.problem, { baseUrl: gate.baseUrl, callId: call.id });
  return reply.send({ output: ended.output, call: toWireCall(call) });
}

/**
 * What fails before the first event is a plain HTTP problem with its own status; from the first
 * event on, the stream ends with exactly one `done` or `error`.
 */
async function stream(
  { gate, heartbeatMs }: CallToolSettings,
  asked: Asked,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const sse = openSse(reply.raw, heartbeatMs);
  let callId = '';
  const ended = await gate.invoke({
    ...asked,
    front: 'sse',
    emit: (event) => {
      if (event.event === 'call') callId = event.data.id;
      return sse.send(callId, event.event, event.data);
    },
  });
  const { call } = ended;
  const context = { baseUrl: gate.baseUrl, callId: call.id };
  if (!sse.started && !ended.ok) {
    sse.stop();
    return replyProblem(reply, ended.problem, context);
  }
  reply.hijack();
  await (ended.ok
    ? sse.end(call.id, 'done', { output: ended.output, call: toWireCall(call) })
    : sse.end(call.id, 'error', toWireProblem(ended.problem, context)));
  return reply;
}
