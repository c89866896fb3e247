import { ProtocolError, ProtocolErrorCode, type ServerContext } from '@modelcontextprotocol/server';
import type { Core } from '../../core/services/core.ts';
import type { Principal } from '../../core/call/principal.ts';
import { toWireProblem, type ProblemError } from '../../errors/problem.ts';
import { toProblem } from '../../errors/to-problem.ts';
import type { McpTransport } from './transport.ts';

/** Does what a request asks for in the name of whoever sent it. @throws ProtocolError */
export type McpRead = <T>(
  context: ServerContext,
  work: (viewer: Principal) => Promise<T>,
) => Promise<T>;

/**
 * For requests that are no calls. What goes wrong with one has no result to stand in: it is an error
 * of the protocol, with the problem as its data. Who is not known is shown nothing.
 */
export function buildMcpRead(
  { baseUrl }: Pick<Core, 'baseUrl'>,
  { identify, onError }: McpTransport,
): McpRead {
  const refusal = (found: ProblemError, code: ProtocolErrorCode): ProtocolError =>
    new ProtocolError(
      found.code === 'internal_error' ? ProtocolErrorCode.InternalError : code,
      found.details.detail,
      toWireProblem(found, { baseUrl, callId: null }),
    );

  const identified = async (context: ServerContext): Promise<Principal> => {
    try {
      return await identify(context);
    } catch (error) {
      // Faults not of the key are logged where it was looked up.
      throw refusal(toProblem(error), ProtocolErrorCode.InvalidRequest);
    }
  };

  return async (context, work) => {
    const viewer = await identified(context);
    try {
      return await work(viewer);
    } catch (error) {
      if (error instanceof ProtocolError) throw error;
      const found = toProblem(error);
      if (found.code === 'internal_error') onError(found);
      throw refusal(found, ProtocolErrorCode.InvalidParams);
    }
  };
}
