import type { Logger } from 'pino';
import { camel } from '../config/camel.ts';
import type { Config } from '../config/read.ts';
import { problem } from '../errors/problem.ts';
import { buildBreakers, type Breakers } from '../model/breaker/breakers.ts';
import { BREAKER_DEFAULTS } from '../model/breaker/settings.ts';
import { buildEstimator } from '../model/estimate/estimator.ts';
import type { PriceList } from '../model/prices.ts';
import { buildPromptCache } from '../model/prompt-cache.ts';
import type { Provider } from '../model/provider.ts';
import { buildQueues, type Queues } from '../model/queue/queues.ts';
import { QUEUE_DEFAULTS } from '../model/queue/settings.ts';
import type { ModelParts } from '../model/run-attempt.ts';

interface ModelDeps {
  config: Config;
  providerOf: (model: string) => Provider;
  prices: PriceList;
  log: Logger;
  now: () => number;
}

/** Parts on the model's side that all calls of the process share. */
export function openModelParts({ config, providerOf, prices, log, now }: ModelDeps): ModelParts {
  const queues = buildQueues(
    { ...QUEUE_DEFAULTS, concurrency: config.model_concurrency, longest: config.model_queue },
    { now },
  );
  return {
    providerOf,
    prices,
    estimator: buildEstimator({ tokenFactor: (model) => prices.facts(model).tokenFactor }),
    breakers: openBreakers({ config, queues, log, now }),
    queues,
    promptCache: buildPromptCache(now),
    mostAttempts: config.most_attempts,
    now,
    random: Math.random,
  };
}

interface BreakerDeps extends Pick<ModelDeps, 'config' | 'log' | 'now'> {
  queues: Queues;
}

/** A breaker that opens turns away whoever waits for its model: the next one may be free. */
const openBreakers = ({ config, queues, log, now }: BreakerDeps): Breakers =>
  buildBreakers(
    { ...BREAKER_DEFAULTS, ...camel(config.breaker) },
    {
      now,
      random: Math.random,
      onChange: (model, { from, to, reason }) => {
        log.warn({ model, from, to, reason }, 'breaker');
        if (to !== 'open') return;
        const detail = `${model} is not asked at the moment: ${reason}.`;
        queues.of(model).dismiss(problem('model_unavailable', { detail }));
      },
    },
  );
