import { serveStdio, type StdioServerHandle } from '@modelcontextprotocol/server/stdio';
import type { Core } from '../../core/services/core.ts';
import type { Principal } from '../../core/call/principal.ts';
import { ProblemError } from '../../errors/problem.ts';
import { buildMcpServers } from './server.ts';

/**
 * MCP on standard input and output, both eras. Nothing else may write to standard output.
 * @param secret the key of whoever started the process; looked up for every call, because it may be
 *   revoked while the client stays
 */
export function serveMcpOnStdio(
  core: Core,
  secret: string | null,
  onError: (error: Error) => void,
): StdioServerHandle {
  const identify = async (): Promise<Principal> => {
    try {
      return await core.identify(secret);
    } catch (error) {
      if (error instanceof Error && !(error instanceof ProblemError)) onError(error);
      throw error;
    }
  };
  const newServer = buildMcpServers(core, { front: 'mcp_stdio', identify, onError });
  return serveStdio(newServer, { onerror: onError });
}
