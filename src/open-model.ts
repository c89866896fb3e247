import type { Config } from './config.ts';
import { buildAnthropicProvider } from './model/anthropic/provider.ts';
import type { Provider } from './model/provider.ts';

/** Who plays the model. */
export interface Model {
  provider: Provider;
  /** True if the built-in simulator does. */
  simulated: boolean;
  /** Address of the simulator, started if it was not; null if a real provider is asked. */
  simulatorUrl: () => Promise<string | null>;
  /** Load and start what the first call would wait for. */
  warm: () => Promise<void>;
  close: () => Promise<void>;
}

/** A provider that is there already. */
export const givenModel = (provider: Provider): Model => ({
  provider,
  simulated: false,
  simulatorUrl: () => Promise.resolve(null),
  warm: () => Promise.resolve(),
  close: () => Promise.resolve(),
});

/** The real provider; with neither key nor address, the same provider in front of the simulator. */
export function openModel(config: Config): Model {
  const { anthropic_api_key: apiKey, anthropic_base_url: baseUrl } = config;
  if (apiKey === undefined && baseUrl === undefined) return simulatedModel();
  const { provider, warm } = buildAnthropicProvider({
    apiKey: apiKey ?? 'none',
    baseUrl: () => Promise.resolve(baseUrl),
  });
  return { ...givenModel(provider), warm };
}

/** Started on demand: a stdio server that only lists tools needs none. */
function simulatedModel(): Model {
  let started: ReturnType<typeof startSimulator> | undefined;
  const simulatorUrl = async (): Promise<string> => (await (started ??= startSimulator())).url;
  const { provider, warm } = buildAnthropicProvider({ apiKey: 'simulator', baseUrl: simulatorUrl });
  return {
    provider,
    simulated: true,
    simulatorUrl,
    warm,
    close: async () => {
      await (await started)?.close();
    },
  };
}

async function startSimulator() {
  const simulator = await import('./simulator/server.ts');
  return simulator.startSimulator({ port: 0 });
}
