import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  Budget,
  BudgetName,
  BudgetSettings,
  ListBudgetEventsResult,
  ListBudgetsResult,
} from '../../../schemas/wire/budget.ts';
import { Label } from '../../../schemas/wire/label.ts';
import { GetBudgetOutput } from '../../../schemas/tools/get-budget.ts';
import type { Core } from '../../core/services/core.ts';
import { toJsonSchema } from '../../core/tool/json-schema.ts';
import { labelsOf } from '../../core/call/labels.ts';
import { problem } from '../../errors/problem.ts';
import { demandAdmin } from './identify.ts';
import { toLabels } from './labels.ts';
import {
  ADMIN_CODES,
  BODY_CODES,
  COMMON_CODES,
  KEY_CODES,
  LABEL_HEADERS,
  LEDGER_CODES,
  problemResponses,
  RATE_LIMIT_HEADERS,
} from './openapi-parts.ts';
import { parseBody, parseQuery } from './parse.ts';
import { rateLimitHeaders } from './rate-limit-headers.ts';

interface BudgetParams {
  Params: { name: string };
}

const Reset = z.strictObject({
  of: Label.nullable().default(null).describe('Whose; null: all it is counted for'),
});

const EventsQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('Most events to return'),
  budget: z.string().max(40).optional().describe('Only those of this budget'),
});

/** One's own budget for everybody, all budgets for admins. */
export function addBudgetRoutes(server: FastifyInstance, core: Core): void {
  const { budgets } = core;
  server.get('/v1/budget', { schema: ownDocs }, async (request, reply) => {
    const own = await ownBudget(core, request);
    return reply.headers(rateLimitHeaders(own.budgets, core.now())).send(own);
  });
  server.get('/v1/budgets', { schema: listDocs }, async (request) => {
    demandAdmin(request);
    return { budgets: await budgets.list() };
  });
  server.get<BudgetParams>('/v1/budgets/:name', { schema: showDocs }, async (request) => {
    demandAdmin(request);
    const { name } = request.params;
    const found = (await budgets.list()).find((budget) => budget.name === name);
    if (found) return found;
    throw problem('unknown_budget', { detail: `There is no budget "${name}".` });
  });
  server.put<BudgetParams>('/v1/budgets/:name', { schema: setDocs }, (request) => {
    demandAdmin(request);
    const { name } = parseBody(z.object({ name: BudgetName }), request.params);
    return budgets.set(name, parseBody(BudgetSettings, request.body));
  });
  server.delete<BudgetParams>(
    '/v1/budgets/:name',
    { schema: removeDocs },
    async (request, reply) => {
      demandAdmin(request);
      await budgets.remove(request.params.name);
      return reply.code(204).send();
    },
  );
  server.post<BudgetParams>(
    '/v1/budgets/:name/reset',
    { schema: resetDocs },
    async (request, reply) => {
      demandAdmin(request);
      await budgets.reset(request.params.name, parseBody(Reset, request.body).of);
      return reply.code(204).send();
    },
  );
  server.get('/v1/budget-events', { schema: eventDocs }, async (request) => {
    demandAdmin(request);
    return { events: await budgets.events(parseQuery(EventsQuery, request.query)) };
  });
}

async function ownBudget(
  core: Core,
  { principal, headers }: FastifyRequest,
): Promise<GetBudgetOutput> {
  const labels = labelsOf(principal.labels, toLabels(headers));
  const [states, spent] = await Promise.all([
    core.budgets.states({ principal, labels, tool: null }),
    core.ledger(principal).spent(),
  ]);
  return { principal: principal.id, budgets: states, spent };
}

const TAGS = { tags: ['budgets'] };
const NAME = {
  params: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
};
const BUDGET = { description: 'The budget', ...toJsonSchema(Budget, 'output', 'Budget') };
const DONE = { 204: { description: 'Done', type: 'null' } };

const ownDocs = {
  ...TAGS,
  operationId: 'get_own_budget',
  summary: 'Show what limits you, how it stands, and what you have spent',
  headers: { type: 'object', properties: LABEL_HEADERS },
  response: {
    200: {
      description: 'Your budgets, tightest first',
      headers: RATE_LIMIT_HEADERS,
      ...toJsonSchema(GetBudgetOutput, 'output', 'OwnBudget'),
    },
    ...problemResponses([...LEDGER_CODES, ...KEY_CODES, ...COMMON_CODES]),
  },
};

const listDocs = {
  ...TAGS,
  operationId: 'list_budgets',
  summary: 'List all budgets (admins)',
  response: {
    200: {
      description: 'Every budget in force',
      ...toJsonSchema(ListBudgetsResult, 'output', 'ListBudgetsResult'),
    },
    ...problemResponses(ADMIN_CODES),
  },
};

const showDocs = {
  ...TAGS,
  ...NAME,
  operationId: 'show_budget',
  summary: 'Show one budget (admins)',
  response: { 200: BUDGET, ...problemResponses(['unknown_budget', ...ADMIN_CODES]) },
};

const setDocs = {
  ...TAGS,
  ...NAME,
  operationId: 'set_budget',
  summary:
    'Make a budget or change it; what is used stays used, unless it counts in another scope, unit or window (admins)',
  body: toJsonSchema(BudgetSettings, 'input', 'BudgetSettings'),
  response: {
    200: BUDGET,
    ...problemResponses(['budget_declared', ...BODY_CODES, ...ADMIN_CODES]),
  },
};

const removeDocs = {
  ...TAGS,
  ...NAME,
  operationId: 'remove_budget',
  summary: 'Remove a budget (admins)',
  response: { ...DONE, ...problemResponses(['unknown_budget', 'budget_declared', ...ADMIN_CODES]) },
};

const resetDocs = {
  ...TAGS,
  ...NAME,
  operationId: 'reset_budget',
  summary: 'Count the present window anew; the ledger keeps what was spent (admins)',
  body: toJsonSchema(Reset, 'input', 'ResetBudget'),
  response: { ...DONE, ...problemResponses(['unknown_budget', ...BODY_CODES, ...ADMIN_CODES]) },
};

const eventDocs = {
  ...TAGS,
  operationId: 'list_budget_events',
  summary: 'List thresholds that budgets passed, newest first (admins)',
  querystring: toJsonSchema(EventsQuery, 'input', 'EventsQuery'),
  response: {
    200: {
      description: 'Events',
      ...toJsonSchema(ListBudgetEventsResult, 'output', 'ListBudgetEventsResult'),
    },
    ...problemResponses(['invalid_request', ...LEDGER_CODES, ...ADMIN_CODES]),
  },
};
