import type { ServerContext } from '@modelcontextprotocol/server';
import type { Front } from '../../core/call/call.ts';
import type { Principal } from '../../core/call/principal.ts';

/** The way in that servers are made for. */
export interface McpTransport {
  front: Front;
  /** Who sent a request, asked for each. @throws ProblemError where nobody is known by the secret */
  identify: (context: ServerContext) => Principal | Promise<Principal>;
  /** What went wrong, was not the caller's fault, and is told to nobody else. */
  onError: (error: Error) => void;
}
