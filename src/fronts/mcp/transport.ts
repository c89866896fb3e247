import type { ServerContext } from '@modelcontextprotocol/server';
import type { Front } from '../../core/call/call.ts';
import type { Principal } from '../../core/call/principal.ts';

/** The way in that servers are made for. */
export interface McpTransport {
  front: Front;
  /** Tells who sent each request. @throws ProblemError where nobody is known by the secret */
  identify: (context: ServerContext) => Principal | Promise<Principal>;
  /** Hears errors that are not the caller's fault, and told to nobody else. */
  onError: (error: Error) => void;
}
