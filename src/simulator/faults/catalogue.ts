import { BEFORE_BODY_FAULTS } from './before-body.ts';
import type { Fault } from './fault.ts';
import { FRAMING_FAULTS } from './framing.ts';
import { MID_STREAM_FAULTS } from './mid-stream.ts';
import { PACE_FAULTS } from './pace.ts';
import { REPLY_FAULTS } from './reply.ts';
import { STATUS_FAULTS } from './status.ts';
import { USAGE_FAULTS } from './usage.ts';

/** Every fault there is. Names are stable: scripts and tests hold on to them. */
export const FAULTS: readonly Fault[] = [
  ...STATUS_FAULTS,
  ...BEFORE_BODY_FAULTS,
  ...MID_STREAM_FAULTS,
  ...FRAMING_FAULTS,
  ...USAGE_FAULTS,
  ...PACE_FAULTS,
  ...REPLY_FAULTS,
];

export function findFault(name: string): Fault | undefined {
  return FAULTS.find((fault) => fault.name === name);
}
