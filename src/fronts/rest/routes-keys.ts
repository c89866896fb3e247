import type { FastifyInstance } from 'fastify';
import { Key, ListKeysResult, MadeKey, NewKey, RotateKey } from '../../../schemas/wire/key.ts';
import type { Core } from '../../core/services/core.ts';
import { toJsonSchema } from '../../core/tool/json-schema.ts';
import { problem } from '../../errors/problem.ts';
import { demandAdmin } from './identify.ts';
import { ADMIN_CODES, BODY_CODES, LEDGER_CODES, problemResponses } from './openapi-parts.ts';
import { parseBody } from './parse.ts';

interface KeyParams {
  Params: { name: string };
}

/** Managing keys, for admins. A secret goes out once and is kept by nobody on the way. */
export function addKeyRoutes(server: FastifyInstance, { keys, tools }: Core): void {
  server.get('/v1/keys', { schema: listDocs }, async (request) => {
    demandAdmin(request);
    return { keys: await keys.list() };
  });
  server.post('/v1/keys', { schema: createDocs }, async (request, reply) => {
    demandAdmin(request);
    const key = parseBody(NewKey, request.body);
    demandTools(key, tools);
    return reply
      .code(201)
      .header('cache-control', 'no-store')
      .send(await keys.create(key));
  });
  server.delete<KeyParams>('/v1/keys/:name', { schema: revokeDocs }, (request) => {
    demandAdmin(request);
    return keys.revoke(request.params.name);
  });
  server.post<KeyParams>(
    '/v1/keys/:name/rotate',
    { schema: rotateDocs },
    async (request, reply) => {
      demandAdmin(request);
      const { grace_s: graceS } = parseBody(RotateKey, request.body);
      const made = await keys.rotate(request.params.name, graceS * 1000);
      return reply.header('cache-control', 'no-store').send(made);
    },
  );
}

/** A tool that does not exist would be allowed to nobody, unseen. */
function demandTools({ tools: allowed }: NewKey, tools: Core['tools']): void {
  const names = tools.map(({ name }) => name);
  const at = allowed?.findIndex((name) => !names.includes(name)) ?? -1;
  if (at < 0) return;
  const detail = `There is no tool "${allowed?.[at] ?? ''}"`;
  throw problem('invalid_input', {
    detail: `/tools/${String(at)}: ${detail}.`,
    errors: [
      { pointer: `/tools/${String(at)}`, code: 'unknown_tool', detail, expected: names.join(', ') },
    ],
  });
}

const TAGS = { tags: ['keys'] };
const NAME = {
  params: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
};

const listDocs = {
  ...TAGS,
  operationId: 'list_keys',
  summary: 'List the keys, without their secrets (admins)',
  response: {
    200: {
      description: 'Every key',
      ...toJsonSchema(ListKeysResult, 'output', 'ListKeysResult'),
    },
    ...problemResponses([...LEDGER_CODES, ...ADMIN_CODES]),
  },
};

const createDocs = {
  ...TAGS,
  operationId: 'create_key',
  summary: 'Make a key; its secret is shown this once (admins)',
  body: toJsonSchema(NewKey, 'input', 'NewKey'),
  response: {
    201: { description: 'The key with its secret', ...toJsonSchema(MadeKey, 'output', 'MadeKey') },
    ...problemResponses(['key_exists', ...BODY_CODES, ...ADMIN_CODES]),
  },
};

const revokeDocs = {
  ...TAGS,
  ...NAME,
  operationId: 'revoke_key',
  summary: 'Revoke a key, at once and for good (admins)',
  response: {
    200: { description: 'The revoked key', ...toJsonSchema(Key, 'output', 'Key') },
    ...problemResponses(['unknown_key', ...ADMIN_CODES]),
  },
};

const rotateDocs = {
  ...TAGS,
  ...NAME,
  operationId: 'rotate_key',
  summary: 'Give a key a new secret (admins)',
  body: toJsonSchema(RotateKey, 'input', 'RotateKey'),
  response: {
    200: { description: 'The key with its secret', ...toJsonSchema(MadeKey, 'output', 'MadeKey') },
    ...problemResponses(['unknown_key', 'revoked_key', ...BODY_CODES, ...ADMIN_CODES]),
  },
};
