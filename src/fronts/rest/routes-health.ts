import type { FastifyInstance } from 'fastify';
import type { Core } from '../../core/services/core.ts';

/** `/health`: the process lives. `/ready`: calls can be taken, part by part. */
export function addHealthRoutes(
  server: FastifyInstance,
  core: Core,
  simulatorUrl: string | null,
): void {
  const { version, simulated, simulatedModels } = core;
  server.get('/health', { schema: docs('health', 'Whether the process lives') }, () => ({
    status: 'ok',
    version,
    simulated,
    simulated_models: simulatedModels,
    simulator_url: simulatorUrl,
  }));
  server.get(
    '/ready',
    { schema: docs('ready', 'Whether calls can be taken') },
    async (_request, reply) => {
      const parts = await core.ready();
      const ready = Object.values(parts).every((trouble) => trouble === null);
      // A model that is down is answered around; a balancer that took us out would help nobody.
      const models = Object.fromEntries(
        core.models().map(({ model, breaker }) => [model, breaker.state]),
      );
      const known = { parts, models, longest_hold_ms: core.longestHoldMs() };
      if (!ready) return reply.code(503).send({ status: 'not_ready', ...known });
      const warnings = await core.warnings();
      const status = warnings.length === 0 ? 'ready' : 'degraded';
      return reply.send({ status, ...known, warnings });
    },
  );
}

const docs = (operationId: string, summary: string) => ({
  operationId,
  summary,
  tags: ['server'],
  response: { '2xx': { description: 'Yes', type: 'object', additionalProperties: true } },
});
