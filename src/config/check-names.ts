import type { Tool } from '../core/tool/define-tool.ts';
import { settingsAreWrong, type Config } from './read.ts';
import { CATALOG } from '../model/catalog.ts';
import { buildPriceList } from '../model/prices.ts';
import { instead } from './nearest.ts';

type NamedTool = Pick<Tool, 'name'>;

/**
 * Settings against what they name: a misspelt name would else be found by the first call that needs
 * it, or, as the subject of a budget, by nobody.
 * @throws ConfigError with a line for each name that is not there
 */
export function checkSettings(config: Config, tools: readonly NamedTool[]): void {
  const names = tools.map(({ name }) => name);
  const wrong = [
    ...wrongModels(config),
    ...wrongTools(config, names),
    ...wrongBudgets(config, names),
    ...wrongEmbedder(config),
  ];
  if (wrong.length > 0) throw settingsAreWrong(wrong.map((line) => `tollgate.yaml: ${line}`));
}

/** Why a model can never be asked; null where it has a price. */
export function whyUnknown(model: string, { models }: Pick<Config, 'models'>): string | null {
  const catalog = { ...CATALOG, ...models };
  if (buildPriceList(catalog).knows(model)) return null;
  return `the model "${model}" has no price, neither in the built-in list nor under models. ${instead(model, Object.keys(catalog))}`;
}

const wrongModels = (config: Config): string[] =>
  Object.entries(config.chains).flatMap(([chain, models]) =>
    models
      .map((model) => whyUnknown(model, config))
      .filter((why) => why !== null)
      .map((why) => `chains.${chain}: ${why}`),
  );

const wrongTools = ({ tools }: Config, names: readonly string[]): string[] =>
  Object.keys(tools)
    .filter((name) => !names.includes(name))
    .map((name) => `tools.${name}: there is no such tool. ${instead(name, names)}`);

/** The other scopes name keys, teams, users and features, which may come later. */
const wrongBudgets = ({ budgets }: Config, names: readonly string[]): string[] =>
  Object.entries(budgets).flatMap(([budget, { scope, of }]) =>
    scope !== 'tool' || of === null || names.includes(of)
      ? []
      : [`budgets.${budget}.of: there is no tool "${of}". ${instead(of, names)}`],
  );

const wrongEmbedder = ({ embedder, embedding }: Config): string[] =>
  embedder === 'http' && embedding === undefined
    ? ['embedding: embedder http needs to know where: url, model and usd_per_million_tokens']
    : [];
