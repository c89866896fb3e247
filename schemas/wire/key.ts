import { z } from 'zod';
import { Label } from './label.ts';

/** A slug, and the name of the principal; it is never used twice, because the ledger refers to it. */
export const KeyName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9_-]{0,39}$/,
    'Must be 1 to 40 of a-z, 0-9, _ and -, a letter or digit first',
  )
  .refine((name) => name !== 'local', 'Is the name of callers without keys')
  .describe('Name of the key: the principal in the ledger');

const label = (what: string) => Label.nullable().default(null).describe(what);
const list = (what: string) =>
  z.array(z.string().min(1).max(200)).min(1).max(100).nullable().default(null).describe(what);

const moment = z.iso.datetime({ offset: true });

/** Fields of a new key. */
export const NewKey = z.strictObject({
  name: KeyName,
  team: label('Team its calls belong to; then no call may name another'),
  user: label('User its calls belong to; then no call may name another'),
  feature: label('Feature its calls belong to; then no call may name another'),
  tools: list('Tools it may call; null: all'),
  models: list('Models it may ask; null: all'),
  admin: z.boolean().default(false).describe('May manage keys and budgets, and see every call'),
  pin_prompts: z
    .boolean()
    .default(false)
    .describe('May say which version of a prompt answers it; admins may anyway'),
  expires_at: moment
    .nullable()
    .default(null)
    .describe('When it stops to work, ISO 8601; null: never'),
});

export const RotateKey = z.strictObject({
  grace_s: z
    .number()
    .int()
    .min(0)
    .max(30 * 24 * 3600)
    .default(0)
    .describe('How long the old secret goes on to work, seconds'),
});

/** A key without its secret, which nobody can read again. */
export const Key = z.object({
  ...NewKey.shape,
  expires_at: z.string().nullable().describe('When it stops to work, ISO 8601, UTC; null: never'),
  prefix: z.string().describe('How its secret begins, to recognise it by'),
  created_at: z.string().describe('ISO 8601, UTC'),
  rotated_at: z.string().nullable().describe('When its secret was last replaced, ISO 8601, UTC'),
  revoked_at: z.string().nullable().describe('When it was revoked, ISO 8601, UTC'),
});

/** A key with its secret: shown once. */
export const MadeKey = z.object({
  key: z.string().describe('The secret. It is shown this once; only a hash of it is kept'),
  ...Key.shape,
});

export const ListKeysResult = z.object({ keys: z.array(Key).describe('Every key, by name') });

export type NewKey = z.output<typeof NewKey>;
export type KeyDraft = z.input<typeof NewKey>;
export type Key = z.infer<typeof Key>;
export type MadeKey = z.infer<typeof MadeKey>;
