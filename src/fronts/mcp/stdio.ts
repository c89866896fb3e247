import { serveStdio, type StdioServerHandle } from '@modelcontextprotocol/server/stdio';
import type { Gate } from '../../call/gate.ts';
import { buildMcpServers } from './server.ts';

/** MCP on standard input and output, both eras. Nothing else may write to standard output. */
export const serveMcpOnStdio = (gate: Gate, onError: (error: Error) => void): StdioServerHandle =>
  serveStdio(buildMcpServers(gate, 'mcp_stdio'), { onerror: onError });
