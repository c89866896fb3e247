import { serveStdio, type StdioServerHandle } from '@modelcontextprotocol/server/stdio';
import type { Gate } from '../../core/services/core.ts';
import type { Principal } from '../../core/call/principal.ts';
import { ProblemError } from '../../errors/problem.ts';
import { buildMcpServers } from './server.ts';

/**
 * MCP on standard input and output, both eras. Nothing else may write to standard output.
 * @param secret the key of whoever started the process; looked up for every call, because it may be
 *   revoked while the client stays
 */
export function serveMcpOnStdio(
  gate: Gate,
  secret: string | null,
  onError: (error: Error) => void,
): StdioServerHandle {
  const identify = async (): Promise<Principal> => {
    try {
      return await gate.identify(secret);
    } catch (error) {
      if (error instanceof Error && !(error instanceof ProblemError)) onError(error);
      throw error;
    }
  };
  const newServer = buildMcpServers(gate, { front: 'mcp_stdio', identify, onError });
  return serveStdio(newServer, { onerror: onError });
}
