import type { AuthInfo, ServerContext } from '@modelcontextprotocol/server';
import type { Principal } from '../../core/call/principal.ts';

/** The SDK carries what stands here from a request to its handler; the secret itself goes no further. */
export const toAuthInfo = (principal: Principal): AuthInfo => ({
  token: '',
  clientId: principal.id,
  scopes: [],
  extra: { principal },
});

/** Names the caller on a request, where the SDK's adapters look for it. */
export const withPrincipal = <Raw extends object>(
  raw: Raw,
  principal: Principal,
): Raw & { auth: AuthInfo } => Object.assign(raw, { auth: toAuthInfo(principal) });

/** Sender of the HTTP request that is handled. */
export function callerOf({ http }: ServerContext): Principal {
  const principal = http?.authInfo?.extra?.['principal'];
  // Never somebody else instead: an unnamed caller is our mistake.
  if (principal === undefined) throw new Error('the request came in without its principal');
  return principal as Principal;
}
