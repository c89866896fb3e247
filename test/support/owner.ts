import { LOCAL, type Principal } from '../../src/core/call/principal.ts';

/** Sees every call. */
export const OWNER: Principal = { ...LOCAL, isAdmin: true };
