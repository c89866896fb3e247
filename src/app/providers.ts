import { settingsAreWrong, type Config, type ConfigError } from '../config/read.ts';
import { instead } from '../config/nearest.ts';
import { buildAnthropicProvider } from '../model/anthropic/provider.ts';
import { buildOpenAiProvider } from '../model/openai/provider.ts';
import { namesOf } from '../model/prices.ts';
import type { OpenProvider, Provider } from '../model/provider.ts';
import { openSimulator } from './simulator.ts';

/** Player of the models. */
export interface Model {
  providerOf: (model: string) => Provider;
  /** Whether the built-in simulator plays a model: those of Anthropic, without a key for it. */
  isSimulated: (model: string) => boolean;
  /** Address of the simulator, started if it was not; null if a real provider is asked. */
  simulatorUrl: () => Promise<string | null>;
  /** Load and start what the first call would wait for. */
  warm: () => Promise<void>;
  close: () => Promise<void>;
}

/** A provider that is there already, for all models. */
export const givenModel = (provider: Provider): Model => ({
  providerOf: () => provider,
  isSimulated: () => false,
  simulatorUrl: () => Promise.resolve(null),
  warm: () => Promise.resolve(),
  close: () => Promise.resolve(),
});

const ANTHROPIC = 'anthropic';

/**
 * The providers of the settings; with neither key nor address for Anthropic, the simulator instead.
 * @throws ConfigError when a model names a provider that is not there, or one takes Anthropic's name
 */
export function openModel(config: Config, now: () => number = Date.now): Model {
  if (Object.hasOwn(config.providers, ANTHROPIC)) throw takenName();
  const main = openAnthropic(config, now);
  const others = Object.entries(config.providers).map(
    ([name, { base_url: baseUrl, api_key: apiKey = null, structured }]) =>
      [name, buildOpenAiProvider({ name, apiKey, baseUrl, structured, now })] as const,
  );
  const all = new Map<string, OpenProvider>([...others, [ANTHROPIC, main]]);
  for (const [model, { provider }] of Object.entries(config.models)) {
    if (!all.has(provider)) throw unknownProvider(model, provider, [...all.keys()]);
  }
  const openedOf = (model: string): OpenProvider => {
    const name = namesOf(model).find((each) => Object.hasOwn(config.models, each));
    const provider = name === undefined ? ANTHROPIC : config.models[name]?.provider;
    return all.get(provider ?? ANTHROPIC) ?? main;
  };
  const isSimulated = (model: string): boolean => main.simulated && openedOf(model) === main;
  return {
    providerOf: (model) => openedOf(model).provider,
    isSimulated,
    // One that no chain can ask is not worth a start.
    simulatorUrl: () =>
      modelsOf(config).some(isSimulated) ? main.simulatorUrl() : Promise.resolve(null),
    warm: main.warm,
    close: async () => {
      await Promise.all([...all.values()].map((each) => each.close()));
    },
  };
}

const unknownProvider = (model: string, provider: string, names: string[]): ConfigError =>
  settingsAreWrong([
    `tollgate.yaml: models.${model}.provider: there is no provider "${provider}". ${instead(provider, names)}`,
  ]);

const takenName = (): ConfigError =>
  settingsAreWrong([
    `tollgate.yaml: providers.${ANTHROPIC}: this name is taken; its address is anthropic_base_url`,
  ]);

/** Every model that a call may ask. */
export const modelsOf = ({ chains }: Config): string[] => [
  ...new Set(Object.values(chains).flat()),
];

type Anthropic = OpenProvider & Pick<Model, 'simulatorUrl'> & { simulated: boolean };

function openAnthropic(config: Config, now: () => number): Anthropic {
  const { anthropic_api_key: apiKey, anthropic_base_url: baseUrl } = config;
  if (apiKey === undefined && baseUrl === undefined) return simulatedAnthropic(now);
  const opened = buildAnthropicProvider({
    apiKey: apiKey ?? 'none',
    baseUrl: () => Promise.resolve(baseUrl),
    now,
  });
  return { ...opened, simulated: false, simulatorUrl: () => Promise.resolve(null) };
}

/** Started on demand: a stdio server that only lists tools needs none. */
function simulatedAnthropic(now: () => number): Anthropic {
  let started: ReturnType<typeof openSimulator> | undefined;
  const simulatorUrl = async (): Promise<string> => (await (started ??= openSimulator())).url;
  const opened = buildAnthropicProvider({ apiKey: 'no-key-needed', baseUrl: simulatorUrl, now });
  return {
    ...opened,
    simulated: true,
    simulatorUrl,
    close: async () => {
      await (await started)?.close();
      await opened.close();
    },
  };
}
