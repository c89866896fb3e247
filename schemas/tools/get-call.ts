import { z } from 'zod';
import { CallMeta } from '../wire/call.ts';

export const GetCallInput = z.strictObject({
  id: z
    .string()
    .min(1)
    .max(100)
    .describe('Id of the call: `call.id` of an earlier answer or error'),
});

export const GetCallOutput = CallMeta;
