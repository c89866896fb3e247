import { hasPrompt, type Policy, type Tool } from '../core/tool/define-tool.ts';
import { camel } from './camel.ts';
import type { Config } from './read.ts';

/** Tools as this deployment wants them: its deadlines and time limits over those they declare. */
export function applySettings(tools: readonly Tool[], config: Config): readonly Tool[] {
  return tools.map((tool) => applyTo(tool, config));
}

function applyTo(tool: Tool, config: Config): Tool {
  const settings = config.tools[tool.name] ?? {};
  const { deadline_ms: deadlineMs = tool.policy.deadlineMs, time_limits: own = {} } = settings;
  if (!hasPrompt(tool)) return { ...tool, policy: { ...tool.policy, deadlineMs } };
  const timeLimits = {
    ...camel(config.time_limits),
    ...tool.policy.timeLimits,
    ...camel(own),
  };
  const off = config.cache === 'off';
  const cache = off ? 'never' : toCache(tool.policy.cache, settings.cache);
  return { ...tool, policy: { ...tool.policy, deadlineMs, timeLimits, cache } };
}

type ToolCache = NonNullable<Config['tools'][string]['cache']>;

/** No setting keeps what a tool's author says is never kept. */
function toCache(
  declared: Policy['cache'],
  { off = false, ...given }: ToolCache = {},
): Policy['cache'] {
  if (declared === 'never' || off) return 'never';
  return { ...declared, ...camel(given) };
}
