import { ConnectionReset } from '../errors.ts';
import { MAX_MS, milliseconds } from './fault.ts';
import type { Fault } from './fault.ts';

const COMMON = { group: 'before-body', streamOnly: false } as const;

export const BEFORE_BODY_FAULTS: readonly Fault[] = [
  {
    ...COMMON,
    name: 'slow-headers',
    description: 'The response headers come late; what follows is right.',
    harmless: true,
    params: { ms: milliseconds(2000, 'how late') },
    effects: (param) => ({ headersAfterMs: param('ms') }),
  },
  {
    ...COMMON,
    name: 'hang',
    description: 'The request is accepted and never answered; the connection stays open.',
    harmless: false,
    params: {},
    effects: () => ({ headersAfterMs: Infinity }),
  },
  {
    ...COMMON,
    name: 'reset-before-headers',
    description: 'The connection is reset before any header is sent.',
    harmless: false,
    params: {},
    effects: () => ({ error: new ConnectionReset() }),
  },
  {
    ...COMMON,
    name: 'clock-skew',
    description: 'The date and the reset times in the headers are those of a wrong clock.',
    harmless: true,
    params: {
      ms: { ...milliseconds(3_600_000, 'how far ahead the clock is'), min: -MAX_MS },
    },
    effects: (param) => ({ clockSkewMs: param('ms') }),
  },
];
