import { z } from 'zod';

/** Line breaks and other signs that nobody sees, and halves of characters: no part of a name. */
const UNSEEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

export const LABEL_MOST_CHARS = 200;

/** The name of a team, user or feature, in the one spelling in which it is counted (NFC). */
export const Label = z
  .string()
  .normalize('NFC')
  .trim()
  .min(1)
  .max(LABEL_MOST_CHARS)
  .refine((text) => !UNSEEN.test(text), 'Must be without line breaks and control characters');
