import type { TimeLimits } from '../core/call/time-limits.ts';
import type { Policy, Tool } from '../core/tool/define-tool.ts';
import type { Config } from './read.ts';

/** Tools as this deployment wants them: its deadlines and time limits over those they declare. */
export function applySettings(tools: readonly Tool[], config: Config): readonly Tool[] {
  return tools.map((tool) => applyTo(tool, config));
}

function applyTo(tool: Tool, config: Config): Tool {
  const settings = config.tools[tool.name] ?? {};
  const { deadline_ms: deadlineMs = tool.policy.deadlineMs, time_limits: own = {} } = settings;
  if (tool.kind === 'function') return { ...tool, policy: { ...tool.policy, deadlineMs } };
  const timeLimits = {
    ...toTimeLimits(config.time_limits),
    ...tool.policy.timeLimits,
    ...toTimeLimits(own),
  };
  const off = config.cache === 'off';
  const cache = off ? 'never' : toCache(tool.policy.cache, settings.cache);
  return { ...tool, policy: { ...tool.policy, deadlineMs, timeLimits, cache } };
}

type ToolCache = NonNullable<Config['tools'][string]['cache']>;

/** What a tool's author says is never kept no setting keeps. */
function toCache(declared: Policy['cache'], given: ToolCache = {}): Policy['cache'] {
  if (declared === 'never' || given.off) return 'never';
  return {
    ...declared,
    ...(given.visibility !== undefined && { visibility: given.visibility }),
    ...(given.ttl_hours !== undefined && { ttlHours: given.ttl_hours }),
    ...(given.similar_ttl_hours !== undefined && { similarTtlHours: given.similar_ttl_hours }),
    ...(given.judge !== undefined && { judge: given.judge }),
    ...(given.tags !== undefined && { tags: given.tags }),
  };
}

const toTimeLimits = (given: Config['time_limits']): Partial<TimeLimits> => ({
  ...(given.connect_ms !== undefined && { connectMs: given.connect_ms }),
  ...(given.first_token_ms !== undefined && { firstTokenMs: given.first_token_ms }),
  ...(given.idle_ms !== undefined && { idleMs: given.idle_ms }),
  ...(given.total_ms !== undefined && { totalMs: given.total_ms }),
});
