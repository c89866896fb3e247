import type { Case } from './case.ts';
import { jsonCases } from './cases/json.ts';
import { mcpCases } from './cases/mcp.ts';
import { patternCases } from './cases/patterns.ts';
import { requestCases } from './cases/requests.ts';
import { toolCases } from './cases/tools.ts';

/** Every kind of input that the search draws from; each file brings its own. */
export const cases = (): Case[] => [
  ...toolCases(),
  ...jsonCases(),
  ...requestCases(),
  ...mcpCases(),
  ...patternCases(),
];
